"""A schema may follow a release only if nobody who reads the topic is left behind."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro
import pytest
from fastavro.utils import generate_many
from hypothesis import given
from hypothesis import strategies as st

from pipeline.serialization.compatibility import compare_folders, find_breaks, load

SCHEMAS = Path(__file__).parents[2] / "schemas"
THREAT = load(SCHEMAS / "threat.avsc")

Schema = Any


def field(schema: Schema, name: str) -> dict[str, Any]:
    return next(member for member in schema["fields"] if member["name"] == name)


def without(schema: Schema, name: str) -> None:
    schema["fields"] = [member for member in schema["fields"] if member["name"] != name]


def changed(change: Callable[[Schema], object]) -> Schema:
    schema = copy.deepcopy(THREAT)
    change(schema)
    fastavro.parse_schema(copy.deepcopy(schema))
    return schema


def added(**attributes: object) -> Callable[[Schema], object]:
    return lambda schema: schema["fields"].append({"name": "urgency", **attributes})


def set_type(name: str, new: object) -> Callable[[Schema], object]:
    return lambda schema: field(schema, name).update(type=new)


def rename(old: str, new: str, **attributes: object) -> Callable[[Schema], object]:
    return lambda schema: field(schema, old).update(name=new, **attributes)


def modality(schema: Schema) -> dict[str, Any]:
    return field(schema, "modality")["type"]


BROKEN: dict[str, tuple[Callable[[Schema], object], str, str, bool]] = {
    "a field without a default": (
        added(type="string"),
        "Threat.urgency: the field was added without a default",
        'give it a default: "type": ["null", …]',
        True,
    ),
    "a removed field": (
        lambda schema: without(schema, "action"),
        "Threat.action: the field was removed",
        "put it back",
        False,
    ),
    "a renamed field with an alias": (
        rename("action", "deed", aliases=["action"]),
        "Threat.action: the field was renamed to deed",
        "add deed beside it, with a default",
        False,
    ),
    "another type": (
        set_type("confidence", "string"),
        "Threat.confidence: the type was a double and is now a string",
        "leave the type as it was",
        True,
    ),
    "a narrower type": (
        set_type("revision", "int"),
        "Threat.revision: the type was a long and is now an int",
        "add a field of the new type with a default beside it",
        True,
    ),
    "no longer null": (
        lambda schema: (
            set_type("condition", "string")(schema),
            field(schema, "condition").pop("default"),
        ),
        "Threat.condition: it may no longer be null",
        'put null back into "type": […]',
        True,
    ),
    "a removed symbol": (
        lambda schema: modality(schema).update(symbols=["ASSERTED", "UNKNOWN"]),
        "Threat.modality: the enum Modality no longer has ALLEGED",
        "put ALLEGED back",
        False,
    ),
    "an enum without its default": (
        lambda schema: modality(schema).pop("default"),
        "Threat.modality: the enum Modality no longer has the default UNKNOWN",
        'put back "default": "UNKNOWN"',
        False,
    ),
    "a renamed type": (
        lambda schema: schema.update(name="Menace"),
        "Threat: the type newswire.Threat is now called newswire.Menace",
        '"aliases": ["newswire.Threat"]',
        True,
    ),
    "another namespace": (
        lambda schema: schema.update(namespace="wire"),
        "Threat: the type newswire.Threat is now called wire.Threat",
        "name it newswire.Threat again",
        False,  # fastavro compares names without their namespaces; Java does not
    ),
    "another meaning": (
        set_type("published_at", ["null", {"type": "long", "logicalType": "timestamp-micros"}]),
        "Threat.published_at: it was timestamp-millis (long) and is now timestamp-micros (long)",
        "add a field of the new type",
        False,
    ),
    "a field without a default deep inside": (
        lambda schema: field(schema, "threatener")["type"]["fields"].append(
            {"name": "party", "type": "string"}
        ),
        "Threat.threatener.party: the field was added without a default",
        "give it a default",
        True,
    ),
    "another type in a list": (
        lambda schema: field(schema, "evidence")["type"]["items"]["fields"][1].update(
            type="string"
        ),
        "Threat.evidence[].start: the type was an int and is now a string",
        "leave the type as it was",
        True,
    ),
    "one instead of a list": (
        set_type("targets", "ActorRef"),
        "Threat.targets: the type was an array and is now the record ActorRef",
        "leave the type as it was",
        True,
    ),
}


def reads(old: Schema, new: Schema, datum: object) -> bool:
    """Whether Avro's rules, as fastavro has them, let a reader with ``new`` read ``old``'s."""
    stream = BytesIO()
    writer = fastavro.parse_schema(copy.deepcopy(old))
    fastavro.schemaless_writer(stream, writer, datum)
    stream.seek(0)
    try:
        fastavro.schemaless_reader(stream, writer, fastavro.parse_schema(copy.deepcopy(new)))
    except UnicodeDecodeError:
        return True  # bytes may be read as a string; that these are no text is no fault of theirs
    except (fastavro.read.SchemaResolutionError, ValueError, TypeError):
        return False
    return True


@pytest.mark.parametrize(("change", "what", "remedy", "unreadable"), BROKEN.values(), ids=BROKEN)
def test_a_broken_change_is_told_with_its_field_the_reason_and_what_to_do(
    change: Callable[[Schema], object], what: str, remedy: str, unreadable: bool
) -> None:
    new = changed(change)
    [found] = find_breaks(THREAT, new)
    assert str(found).startswith(what)
    assert "\n  Why: " in str(found)
    assert remedy in found.remedy
    # What the reader itself refuses, and what slips past it, is as the table has it.
    data = generate_many(fastavro.parse_schema(copy.deepcopy(THREAT)), 50)
    assert all(reads(THREAT, new, datum) for datum in data) is not unreadable


def test_a_removed_symbol_of_an_enum_without_default_can_t_be_read_at_all() -> None:
    old = {"type": "enum", "name": "E", "symbols": ["A", "B"]}
    new = {"type": "enum", "name": "E", "symbols": ["A"]}
    [found] = find_breaks(old, new)
    assert found.why == "a record already written with B can't be read"
    assert not reads(old, new, "B")


ALLOWED: dict[str, Callable[[Schema], object]] = {
    "nothing": lambda schema: None,
    "another doc": lambda schema: schema.update(doc="Something else."),
    "a field with a default": added(type=["null", "string"], default=None),
    "a wider type": set_type("revision", "double"),
    "a field that may now be null": set_type("action", ["null", "string"]),
    "a new symbol": lambda schema: modality(schema)["symbols"].append("RETRACTED"),
    "fields in another order": lambda schema: schema["fields"].insert(0, schema["fields"].pop(1)),
    "a type renamed with an alias": lambda schema: schema.update(name="Menace", aliases=["Threat"]),
}


@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED)
def test_what_a_reader_and_its_consumers_can_live_with_is_no_break(
    change: Callable[[Schema], object],
) -> None:
    new = changed(change)
    assert find_breaks(THREAT, new) == []
    for datum in generate_many(fastavro.parse_schema(copy.deepcopy(THREAT)), 20):
        assert reads(THREAT, new, datum)


PRIMITIVES = st.sampled_from(
    ["null", "boolean", "int", "long", "float", "double", "string", "bytes"]
)
ENUMS = st.builds(
    lambda symbols, default: {
        "type": "enum",
        "name": "E",
        "symbols": symbols,
        **({"default": symbols[0]} if default else {}),
    },
    st.lists(st.sampled_from("ABC"), min_size=1, unique=True),
    st.booleans(),
)
FIXED = st.builds(lambda size: {"type": "fixed", "name": "F", "size": size}, st.integers(1, 2))
TYPES = st.recursive(
    PRIMITIVES,
    lambda inner: st.one_of(
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.builds(lambda values: {"type": "map", "values": values}, inner),
    ),
    max_leaves=3,
)
UNIONS = st.lists(PRIMITIVES, min_size=1, max_size=3, unique=True)
FIELD_TYPES = TYPES | UNIONS | ENUMS | FIXED


@st.composite
def any_records(draw: st.DrawFn) -> Schema:
    fields = []
    for name in draw(st.lists(st.sampled_from("abc"), unique=True)):
        nullable = draw(st.booleans())
        # Named types at most once: the second would have to be a name.
        kind = draw(FIELD_TYPES if name == "a" else TYPES | UNIONS)
        if nullable and not isinstance(kind, list) and kind != "null":
            fields.append({"name": name, "type": ["null", kind], "default": None})
        else:
            fields.append({"name": name, "type": kind})
    return {"type": "record", "name": "R", "fields": fields}


@given(any_records(), any_records())
def test_where_no_break_is_found_a_reader_reads_whatever_was_written(
    old: Schema, new: Schema
) -> None:
    if not find_breaks(old, new):
        for datum in generate_many(fastavro.parse_schema(copy.deepcopy(old)), 3):
            assert reads(old, new, datum)


@given(any_records())
def test_a_schema_may_follow_itself(schema: Schema) -> None:
    assert find_breaks(schema, schema) == []


def test_every_release_counts_and_a_schema_may_not_disappear(tmp_path: Path) -> None:
    def release(version: str, **schemas: Schema) -> None:
        (tmp_path / "released" / version).mkdir(parents=True)
        for name, schema in schemas.items():
            path = tmp_path / "released" / version / f"{name}.avsc"
            path.write_text(json.dumps(schema))

    record = {"type": "record", "name": "A", "fields": []}
    release("0.1.0", a=record | {"fields": [{"name": "x", "type": "int"}]}, b=record)
    release("0.2.0", a=record)
    (tmp_path / "a.avsc").write_text(json.dumps(record))
    found = compare_folders(tmp_path / "released", tmp_path)
    assert [(one.release, one.file, one.found.where) for one in found] == [
        ("0.1.0", "a.avsc", "A.x"),
        ("0.1.0", "b.avsc", "b.avsc"),
    ]


def test_what_is_no_schema_is_named(tmp_path: Path) -> None:
    (tmp_path / "released" / "1").mkdir(parents=True)
    (tmp_path / "threat.avsc").write_text('{"type": "record"}')
    with pytest.raises(ValueError, match=r"threat\.avsc holds no Avro schema"):
        compare_folders(tmp_path / "released", tmp_path)


def test_the_schemas_of_now_may_follow_every_release() -> None:
    assert compare_folders(SCHEMAS / "released", SCHEMAS) == []
