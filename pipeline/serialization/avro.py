"""Records as Avro bytes, each with the fingerprint of its schema before it.

This is Avro's single-object encoding: two bytes C3 01, the schema's CRC-64-AVRO fingerprint (of
its Parsing Canonical Form) in eight bytes, the lowest first, then the record's binary encoding.
A consumer who has the schemas finds the right one by those ten bytes.

The same record always gives the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any, cast

from fastavro import parse_schema, schemaless_reader, schemaless_writer
from fastavro.schema import fingerprint, to_parsing_canonical_form

from pipeline.records import Actor, Denial, Record, Threat
from pipeline.serialization.values import from_value, to_value

MARKER = b"\xc3\x01"
"""Begins everything in single-object encoding."""

HEADER_BYTES = 10

_FILES: dict[type[Record], str] = {
    Actor: "actor.avsc",
    Threat: "threat.avsc",
    Denial: "denial.avsc",
}


class AvroError(ValueError):
    """Bytes that hold no record in an encoding known here; the message says what was found."""


@dataclass(frozen=True, slots=True)
class RecordSchema:
    """The schema of one class of record."""

    record_class: type[Record]
    definition: dict[str, Any]
    """As the schema's file has it."""
    parsed: Any
    """As fastavro wants it."""
    fingerprint: bytes
    """CRC-64-AVRO of the Parsing Canonical Form, lowest byte first."""

    @property
    def name(self) -> str:
        """The full name: "newswire.Threat"."""
        return f"{self.definition['namespace']}.{self.definition['name']}"


@cache
def schemas() -> dict[type[Record], RecordSchema]:
    """The schema of each class of record."""
    return {record_class: _load(record_class, name) for record_class, name in _FILES.items()}


def _load(record_class: type[Record], file_name: str) -> RecordSchema:
    file = files("pipeline.schemas") / file_name
    definition = json.loads(file.read_text(encoding="utf-8"))
    canonical = to_parsing_canonical_form(definition)
    return RecordSchema(
        record_class=record_class,
        definition=definition,
        parsed=parse_schema(definition),
        # fastavro gives this fingerprint's bytes in the order of the encoding.
        fingerprint=bytes.fromhex(fingerprint(canonical, "CRC-64-AVRO")),
    )


def encode(record: Record) -> bytes:
    """The record in single-object encoding."""
    schema = schemas()[type(record)]
    output = BytesIO()
    output.write(MARKER + schema.fingerprint)
    schemaless_writer(output, schema.parsed, to_value(record), strict=True)
    return output.getvalue()


def decode(value: bytes) -> Record:
    """The record that `encode` made ``value`` of.

    Raises `AvroError` where it is not in single-object encoding, of a schema that is not known
    here, cut off, followed by something else, or otherwise no such record.
    """
    schema = _schema_for(value)
    stream = BytesIO(value)
    stream.seek(HEADER_BYTES)
    try:
        fields = cast(dict[str, Any], schemaless_reader(stream, schema.parsed, None))
        record = from_value(schema.record_class, fields)
    except Exception as error:
        # What fastavro raises on broken input is a matter of where it breaks: EOFError,
        # IndexError, UnicodeDecodeError, OverflowError ...
        raise AvroError(
            f"expected a {schema.name}, found bytes that end too early or are damaged "
            f"({type(error).__name__} within {len(value)} bytes)"
        ) from error
    left = len(value) - stream.tell()
    if left:
        raise AvroError(f"expected a {schema.name} and nothing more, found {left} bytes after it")
    return record


def _schema_for(value: bytes) -> RecordSchema:
    if len(value) < HEADER_BYTES or not value.startswith(MARKER):
        raise AvroError(
            f"expected Avro's single-object encoding (C3 01 and a fingerprint), "
            f"found {len(value)} bytes: {value[:HEADER_BYTES].hex(' ')}"
        )
    found = value[len(MARKER) : HEADER_BYTES]
    schema = _by_fingerprint().get(found)
    if schema is None:
        known = ", ".join(
            f"{schema.fingerprint.hex()} {schema.name}" for schema in _by_fingerprint().values()
        )
        raise AvroError(
            f"no schema here has the fingerprint {found.hex()} (known: {known}); "
            "the record may be of another release"
        )
    return schema


@cache
def _by_fingerprint() -> dict[bytes, RecordSchema]:
    return {schema.fingerprint: schema for schema in schemas().values()}
