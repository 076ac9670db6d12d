"""The schemas as a contract: documented, self-contained, open to later additions."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro
import pytest

from pipeline import records
from pipeline.serialization.avro import schemas
from pipeline.serialization.values import to_value
from tests.record_samples import ACTOR, DENIAL, THREAT

FILES = sorted((Path(__file__).parents[2] / "schemas").glob("*.avsc"))
every_schema = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object of the schema: types and fields."""
    if isinstance(schema, dict):
        yield schema
        schema = list(schema.values())
    if isinstance(schema, list):
        for inner in schema:
            yield from parts(inner)


def enums(schema: Any) -> Iterator[dict[str, Any]]:
    return (part for part in parts(schema) if part.get("type") == "enum")


@every_schema
def test_every_type_and_field_is_documented(file: Path) -> None:
    named = [part for part in parts(json.loads(file.read_text())) if "name" in part]
    assert len(named) > 10
    for part in named:
        assert part["doc"].strip().endswith("."), part["name"]


@every_schema
def test_every_nullable_field_defaults_to_null(file: Path) -> None:
    nullable = [
        part
        for part in parts(json.loads(file.read_text()))
        if "name" in part and isinstance(part["type"], list)
    ]
    assert nullable
    for field in nullable:
        assert field["type"][0] == "null"
        assert "default" in field and field["default"] is None, field["name"]


@every_schema
def test_a_schema_is_complete_in_its_own_file(file: Path) -> None:
    fastavro.parse_schema(json.loads(file.read_text()))


@every_schema
def test_enums_have_the_values_of_the_records_and_a_default_for_later_ones(file: Path) -> None:
    found = list(enums(json.loads(file.read_text())))
    assert found
    for enum in found:
        values = [member.value for member in getattr(records, enum["name"])]
        assert enum["symbols"] == [*values, "UNKNOWN"]
        assert enum["default"] == "UNKNOWN"


def test_types_of_one_name_are_the_same_in_every_file() -> None:
    seen: dict[str, dict[str, Any]] = {}
    for file in FILES:
        for part in parts(json.loads(file.read_text())):
            if "fields" in part or "symbols" in part:
                assert seen.setdefault(part["name"], part) == part
    assert {"ActorRef", "Span", "Mention", "ActorType"} <= set(seen)


@pytest.mark.parametrize("record", [ACTOR, THREAT, DENIAL], ids=lambda r: type(r).__name__)
def test_a_schema_has_the_fields_of_its_record(record: records.Record) -> None:
    definition = schemas()[type(record)].definition
    own = {field.name for field in dataclasses.fields(record)} - {"provenance"}
    common = {field.name for field in dataclasses.fields(records.Provenance)}
    assert {field["name"] for field in definition["fields"]} == {"record_id"} | own | common


def test_an_older_reader_sees_a_value_added_later_as_unknown() -> None:
    older = schemas()[records.Threat].definition
    newer = json.loads(json.dumps(older))
    [modality] = [enum for enum in enums(newer) if enum["name"] == "Modality"]
    modality["symbols"].append("RETRACTED")
    stream = BytesIO()
    value = {**to_value(THREAT), "modality": "RETRACTED"}
    fastavro.schemaless_writer(stream, fastavro.parse_schema(newer), value)
    stream.seek(0)
    found = fastavro.schemaless_reader(
        stream, fastavro.parse_schema(newer), fastavro.parse_schema(older)
    )
    assert found["modality"] == "UNKNOWN"
