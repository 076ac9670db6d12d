"""The project's Avro schemas, as the files in ``schemas/`` have them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from fastavro import parse_schema
from fastavro.schema import fingerprint, to_parsing_canonical_form

SUFFIX = ".avsc"


@dataclass(frozen=True, slots=True)
class AvroSchema:
    """One schema of ours."""

    stem: str
    """The file's name without its suffix: "threat"."""
    definition: dict[str, Any]
    """As the file has it."""
    parsed: Any
    """As fastavro wants it."""
    fingerprint: bytes
    """CRC-64-AVRO of the Parsing Canonical Form, lowest byte first."""

    @property
    def name(self) -> str:
        """The full name: "newswire.Threat"."""
        return f"{self.definition['namespace']}.{self.definition['name']}"

    @property
    def text(self) -> str:
        """The schema as JSON without needless space."""
        return json.dumps(self.definition, separators=(",", ":"), ensure_ascii=False)


@cache
def load_schema(stem: str) -> AvroSchema:
    """The schema of the file ``schemas/<stem>.avsc``; raises OSError where there is none."""
    text = (files("pipeline.schemas") / f"{stem}{SUFFIX}").read_text(encoding="utf-8")
    definition = json.loads(text)
    canonical = to_parsing_canonical_form(definition)
    return AvroSchema(
        stem=stem,
        definition=definition,
        parsed=parse_schema(definition),
        # fastavro gives this fingerprint's bytes in the order of single-object encoding.
        fingerprint=bytes.fromhex(fingerprint(canonical, "CRC-64-AVRO")),
    )


@cache
def all_schemas() -> tuple[AvroSchema, ...]:
    """Every schema that there is, by name of file."""
    names = sorted(entry.name for entry in files("pipeline.schemas").iterdir())
    return tuple(load_schema(name.removesuffix(SUFFIX)) for name in names if name.endswith(SUFFIX))
