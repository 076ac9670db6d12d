"""Single-object encoding, held against an implementation of Avro's specification of our own."""

from __future__ import annotations

import contextlib
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro
import pytest
from fastavro.schema import fingerprint
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Record
from pipeline.serialization.avro import decode, encode, schemas
from pipeline.serialization.framing import HEADER_BYTES, AvroError
from tests.record_samples import ACTOR, DENIAL, RECORDS, THREAT

SCHEMA_FILES = sorted((Path(__file__).parents[2] / "schemas").glob("*.avsc"))
ALL = [ACTOR, THREAT, DENIAL]


def crc_64_avro(data: bytes) -> int:
    """The Rabin fingerprint, bit by bit from its definition in the specification."""
    empty = 0xC15D213AA4D7A795
    value = empty
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (empty if value & 1 else 0)
    return value


def canonical_form(schema: Any, namespace: str = "") -> str:
    """The Parsing Canonical Form, by the specification's rules."""
    if isinstance(schema, str):
        primitives = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}
        known = schema in primitives or "." in schema or not namespace
        return f'"{schema}"' if known else f'"{namespace}.{schema}"'
    if isinstance(schema, list):
        return "[" + ",".join(canonical_form(branch, namespace) for branch in schema) + "]"
    kind = schema["type"]
    if kind == "array":
        return '{"type":"array","items":' + canonical_form(schema["items"], namespace) + "}"
    if kind not in {"record", "enum"}:
        return canonical_form(kind, namespace)
    namespace = schema.get("namespace", namespace)
    head = f'{{"name":"{namespace}.{schema["name"]}","type":"{kind}",'
    if kind == "enum":
        return head + '"symbols":' + json.dumps(schema["symbols"], separators=(",", ":")) + "}"
    fields = ",".join(
        f'{{"name":"{field["name"]}","type":{canonical_form(field["type"], namespace)}}}'
        for field in schema["fields"]
    )
    return head + f'"fields":[{fields}]}}'


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [('"null"', 7_195_948_357_588_979_594), ('"int"', 0x7275D51A3F395C8F)],
)
def test_the_reference_fingerprint_has_the_published_values(canonical: str, expected: int) -> None:
    assert crc_64_avro(canonical.encode()) == expected
    assert bytes.fromhex(fingerprint(canonical, "CRC-64-AVRO")) == expected.to_bytes(8, "little")


@pytest.mark.parametrize("record", ALL, ids=lambda record: type(record).__name__)
def test_a_value_begins_with_marker_and_little_endian_fingerprint(record: Record) -> None:
    name = f"{type(record).__name__.lower()}.avsc"
    [file] = [file for file in SCHEMA_FILES if file.name == name]
    expected = crc_64_avro(canonical_form(json.loads(file.read_text())).encode())
    assert encode(record)[:HEADER_BYTES] == b"\xc3\x01" + expected.to_bytes(8, "little")


@pytest.mark.parametrize("record", ALL, ids=lambda record: type(record).__name__)
def test_a_consumer_with_the_schema_file_alone_reads_the_body(record: Record) -> None:
    name = f"{type(record).__name__.lower()}.avsc"
    [file] = [file for file in SCHEMA_FILES if file.name == name]
    schema = fastavro.parse_schema(json.loads(file.read_text()))
    found = fastavro.schemaless_reader(BytesIO(encode(record)[HEADER_BYTES:]), schema, None)
    assert found["record_id"] == record.record_id
    assert found["article_id"] == "nw-17"
    assert found["published_at"] == record.provenance.published_at


@given(RECORDS)
def test_every_record_comes_back_as_it_was(record: Record) -> None:
    assert decode(encode(record)) == record


@given(RECORDS)
def test_the_same_record_always_gives_the_same_bytes(record: Record) -> None:
    assert encode(record) == encode(decode(encode(record)))


@pytest.mark.parametrize("record", ALL, ids=lambda record: type(record).__name__)
def test_a_value_cut_anywhere_is_an_error(record: Record) -> None:
    value = encode(record)
    for end in range(len(value)):
        with pytest.raises(AvroError):
            decode(value[:end])


def test_bytes_after_a_record_are_an_error() -> None:
    with pytest.raises(AvroError, match="3 bytes after it"):
        decode(encode(THREAT) + b"abc")


def test_an_unknown_fingerprint_is_named_beside_the_known_ones() -> None:
    value = encode(THREAT)
    with pytest.raises(AvroError, match=r"fingerprint 0102030405060708 .*newswire\.Threat"):
        decode(value[:2] + bytes(range(1, 9)) + value[HEADER_BYTES:])


def test_a_value_in_another_encoding_is_shown_as_bytes() -> None:
    with pytest.raises(AvroError, match=r"single-object encoding .* found 5 bytes: 7b 22"):
        decode(b'{"a":')


@given(st.sampled_from(sorted(schema.fingerprint for schema in schemas().values())), st.binary())
def test_any_bytes_behind_a_known_fingerprint_are_a_record_or_an_error(
    known: bytes, body: bytes
) -> None:
    with contextlib.suppress(AvroError):
        decode(b"\xc3\x01" + known + body)


@given(RECORDS, st.data())
def test_a_damaged_byte_is_never_another_exception(record: Record, data: st.DataObject) -> None:
    value = bytearray(encode(record))
    place = data.draw(st.integers(0, len(value) - 1))
    value[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(AvroError):
        decode(bytes(value))
