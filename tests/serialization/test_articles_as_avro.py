"""Articles in whatever form a message has: told by how it begins, and any bytes are safe."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.articles import REASONS, Article, ArticleError, ArticleStatus
from pipeline.outages import Unavailable
from pipeline.serialization.articles import article_schema, decode_article, encode_article
from pipeline.serialization.framing import REASONS as AVRO_REASONS
from pipeline.serialization.framing import AvroError
from pipeline.serialization.writer_schemas import parse_writer_schema

FINGERPRINT = article_schema().fingerprint
TIMES = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
TEXT = st.text(max_size=50)
ARTICLES = st.builds(
    Article,
    id=TEXT.filter(str.strip),
    body=TEXT.filter(str.strip),
    source=TEXT,
    url=st.none() | TEXT,
    headline=TEXT,
    published_at=st.none()
    | TIMES.map(lambda t: t.replace(microsecond=t.microsecond // 1_000 * 1_000)),
    language=st.sampled_from(["en", "en-GB", "de"]),
    revision=st.integers(0, 2**63 - 1),
    status=st.sampled_from(ArticleStatus),
)


def schema(*fields: dict[str, Any], name: str = "newswire.Article") -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields)}


def field(name: str, kind: Any = "string") -> dict[str, Any]:
    return {"name": name, "type": kind}


def framed(writer: dict[str, Any], fields: dict[str, Any]) -> bytes:
    stream = BytesIO(b"\x00\x00\x00\x00\x07")
    stream.seek(5)
    fastavro.schemaless_writer(stream, fastavro.parse_schema(writer), fields)
    return stream.getvalue()


def decode(writer: dict[str, Any], fields: dict[str, Any]) -> Article:
    parsed = parse_writer_schema(json.dumps(writer))
    return decode_article(framed(writer, fields), writer_of={7: parsed}.__getitem__)


def reason_of(value: bytes, **options: Any) -> str:
    with pytest.raises(ArticleError) as error:
        decode_article(value, **options)
    assert error.value.stage == "decode"
    return error.value.reason


@given(ARTICLES)
def test_an_article_comes_back_as_it_was_in_both_framings(article: Article) -> None:
    single = encode_article(article)
    assert single[:2] == b"\xc3\x01"
    assert decode_article(single) == article
    confluent = encode_article(article, 7)
    assert confluent[:5] == b"\x00\x00\x00\x00\x07"
    assert decode_article(confluent, writer_of=lambda schema_id: article_schema().parsed) == article


@pytest.mark.parametrize("before", [b"", b" \r\n\t", b"\xef\xbb\xbf"])
def test_json_is_read_beside_avro(before: bytes) -> None:
    assert decode_article(before + b'{"id": "a", "body": "One."}') == Article("a", "One.")


def test_another_version_of_the_schema_is_resolved_to_ours() -> None:
    writer = schema(
        field("byline"), field("body"), field("id"), field("revision", "int"),
        field("published_at", {"type": "long", "logicalType": "timestamp-micros"}),
    )  # fmt: skip
    published = datetime(2026, 11, 2, 13, 42, 0, 123_456, tzinfo=UTC)
    fields = {"byline": "x", "body": "One.", "id": "a", "revision": 3, "published_at": published}
    expected = Article("a", "One.", revision=3, published_at=published.replace(microsecond=123_000))
    assert decode(writer, fields) == expected


def test_fields_of_avro_are_checked_as_those_of_json_are() -> None:
    assert reason_of(encode_article(Article(" ", "One."))) == "missing-id"
    assert reason_of(encode_article(Article("a", ""))) == "missing-body"
    assert reason_of(encode_article(Article("a", "One.", revision=-1))) == "invalid-revision"
    assert reason_of(encode_article(Article("a", "One.", language="?"))) == "invalid-language"
    assert reason_of(encode_article(Article("a", "x" * 11)), max_chars=10) == "too-long"


def test_a_schema_that_cannot_be_resolved_is_named() -> None:
    for writer, fields in [
        (schema(field("id", "int"), field("body")), {"id": 1, "body": "x"}),
        (schema(field("body")), {"body": "x"}),
        (schema(field("id"), name="wire.Story"), {"id": "a"}),
    ]:
        with pytest.raises(ArticleError, match=r"newswire\.Article") as error:
            decode(writer, fields)
        assert error.value.reason == "schema-mismatch"


def test_what_is_unknown_has_its_reason() -> None:
    def unknown(schema_id: int) -> Any:
        raise AvroError("unknown-schema", f"no schema {schema_id}")

    assert reason_of(b"\xc3\x01" + bytes(8)) == "unknown-schema"
    assert reason_of(b"\x00\x00\x00\x00\x07a") == "no-registry"
    assert reason_of(b"\x00\x00\x00\x00\x07a", writer_of=unknown) == "unknown-schema"
    assert reason_of(b"\x00\x00") == "not-avro"
    assert reason_of(b"\xc3\x01") == "not-avro"
    assert set(AVRO_REASONS) <= set(REASONS)


def test_a_registry_that_is_away_is_no_fault_of_the_article() -> None:
    def away(schema_id: int) -> Any:
        raise Unavailable("away")

    with pytest.raises(Unavailable):
        decode_article(b"\x00\x00\x00\x00\x07a", writer_of=away)


@given(st.sampled_from([b"", b"\xc3\x01", b"\xc3\x01" + FINGERPRINT, b"\x00"]), st.binary())
def test_any_bytes_are_an_article_or_rejected(begin: bytes, rest: bytes) -> None:
    with contextlib.suppress(ArticleError):
        decode_article(begin + rest, writer_of=lambda schema_id: article_schema().parsed)


@given(ARTICLES, st.data())
def test_a_damaged_article_is_an_article_or_rejected(article: Article, data: st.DataObject) -> None:
    value = bytearray(encode_article(article))
    for _ in range(data.draw(st.integers(1, 3))):
        value[data.draw(st.integers(0, len(value) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ArticleError):
        decode_article(bytes(value[: data.draw(st.integers(0, len(value)))]))


TYPES = st.recursive(
    st.sampled_from(["null", "boolean", "int", "long", "float", "double", "bytes", "string"]),
    lambda inner: (
        inner.map(lambda items: {"type": "array", "items": items})
        | inner.map(lambda values: {"type": "map", "values": values})
        | st.sampled_from(["timestamp-millis", "timestamp-micros", "time-micros"]).map(
            lambda logical: {"type": "long", "logicalType": logical}
        )
    ),
    max_leaves=4,
)


@given(st.lists(TYPES, max_size=4), st.binary(max_size=200))
def test_any_bytes_by_any_schema_of_a_registry_are_an_article_or_rejected(
    types: list[Any], body: bytes
) -> None:
    extra = [field(f"x{number}", kind) for number, kind in enumerate(types)]
    try:
        parsed = parse_writer_schema(json.dumps(schema(*extra, field("id"), field("body"))))
    except AvroError as error:
        assert "take no bytes" in str(error)
        return
    with contextlib.suppress(ArticleError):
        decode_article(b"\x00\x00\x00\x00\x07" + body, writer_of=lambda schema_id: parsed)


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (schema(field("next", ["null", "newswire.Article"])), "Article is within itself"),
        (schema(field("all", {"type": "array", "items": "newswire.Article"})), "within itself"),
        (schema(field("x", {"type": "array", "items": "null"})), "take no bytes"),
        (
            schema(field("x", {"type": "array", "items": {**schema(), "name": "Empty"}})),
            "take no bytes",
        ),
        ({"type": "record"}, "no Avro schema"),
        ("nonsense", "no Avro schema"),
    ],
)
def test_a_schema_that_would_be_dangerous_to_read_by_is_refused(
    definition: Any, message: str
) -> None:
    with pytest.raises(AvroError, match=message):
        parse_writer_schema(json.dumps(definition))


def test_our_own_schemas_are_not_dangerous() -> None:
    from pipeline.serialization.schemas import all_schemas

    assert len(all_schemas()) >= 5
    for each in all_schemas():
        assert parse_writer_schema(each.text)["name"] == each.name
