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
from pipeline.records import Extraction
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
    assert len(named) >= 10
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
    assert found or file.stem in {"dead_letter", "article"}, "their text is what others say"
    for enum in found:
        values = [member.value for member in getattr(records, enum["name"])]
        assert enum["symbols"] == [*values, "UNKNOWN"]
        assert enum["default"] == "UNKNOWN"


def spelled_out(part: Any, types: dict[str, Any]) -> Any:
    """The part with every name of a type replaced by what it stands for."""
    if isinstance(part, str):
        return spelled_out(types[part], types) if part in types else part
    if isinstance(part, list):
        return [spelled_out(inner, types) for inner in part]
    keys = part.keys() - {"namespace"}
    schemas_in = {"type", "items", "fields"}
    return {key: spelled_out(part[key], types) if key in schemas_in else part[key] for key in keys}


def test_types_of_one_name_are_the_same_in_every_file() -> None:
    seen: dict[str, Any] = {}
    for file in FILES:
        found = [part for part in parts(json.loads(file.read_text())) if "name" in part]
        types = {part["name"]: part for part in found if "fields" in part or "symbols" in part}
        for name, definition in types.items():
            # Only the first place of a type in a file defines it; the others name it.
            whole = spelled_out(definition, types)
            assert seen.setdefault(name, whole) == whole
    assert {"ActorRef", "Span", "Mention", "ActorType", "Threat", "Extraction"} <= set(seen)


def test_an_extraction_has_the_fields_that_all_records_have_and_the_records_of_each_kind() -> None:
    fields = {field["name"]: field for field in schemas()[Extraction].definition["fields"]}
    common = {field.name for field in dataclasses.fields(records.Provenance)}
    assert fields.keys() == common | {"status", "actors", "threats", "denials"}
    kinds = [fields[kind]["type"]["items"]["name"] for kind in ("actors", "threats", "denials")]
    assert kinds == ["Actor", "Threat", "Denial"]


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
