"""Schemas that others wrote with: parsed, and refused where reading by them could harm us.

The reader is C and trusts the schema. A record within itself lets a megabyte of input recurse
until the process dies; an array of things that take no bytes lets ten bytes stand for 2**60 of
them. Articles and records need neither, so a schema with one is not used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastavro import parse_schema

from pipeline.serialization.framing import AvroError, shortened

_PRIMITIVES = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}
_NAMED = {"record", "error", "enum", "fixed"}


def parse_writer_schema(text: str, references: Mapping[str, str] | None = None) -> Any:
    """The schema as fastavro wants it.

    ``references`` are schemas that it refers to, by name, those referred to first. Raises
    `AvroError` ("schema-mismatch") where one is no Avro schema, or would be dangerous to read by.
    """
    named: dict[str, Any] = {}
    try:
        for reference in (references or {}).values():
            parse_schema(json.loads(reference), named_schemas=named)
        parsed = parse_schema(json.loads(text), named_schemas=named)
    except Exception as error:
        raise AvroError("schema-mismatch", f"no Avro schema: {shortened(error)}") from error
    try:
        _Check(named).smallest(parsed)
    except RecursionError as error:
        raise AvroError("schema-mismatch", "a schema nested too deeply to be used") from error
    return parsed


class _Check:
    """Walks through a schema once; gives how few bytes a value of each type may take."""

    def __init__(self, named: Mapping[str, Any]) -> None:
        self._named = named
        self._smallest: dict[str, int | None] = {}

    def smallest(self, schema: Any) -> int:
        if isinstance(schema, list):
            for branch in schema:
                self.smallest(branch)
            return 1
        if isinstance(schema, str):
            if schema in _PRIMITIVES:
                return 0 if schema == "null" else 1
            return self._named_type(schema, self._named[schema])
        if schema["type"] in _NAMED:
            return self._named_type(schema["name"], schema)
        if schema["type"] == "array":
            if self.smallest(schema["items"]) == 0:
                raise AvroError(
                    "schema-mismatch", "a schema with an array of items that take no bytes"
                )
            return 1
        if schema["type"] == "map":
            self.smallest(schema["values"])
            return 1
        return self.smallest(schema["type"])

    def _named_type(self, name: str, schema: Mapping[str, Any]) -> int:
        if name in self._smallest:
            known = self._smallest[name]
            if known is None:
                raise AvroError("schema-mismatch", f"a schema where {name} is within itself")
            return known
        self._smallest[name] = None  # under way
        if schema["type"] == "enum":
            size = 1
        elif schema["type"] == "fixed":
            size = int(schema["size"])
        else:
            size = sum(self.smallest(field["type"]) for field in schema["fields"])
        self._smallest[name] = size
        return size
