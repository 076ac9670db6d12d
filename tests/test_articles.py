"""Reading articles from JSON: what is taken, what is rejected, and with which reason."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.articles import (
    MAX_FIELD_CHARS,
    REASONS,
    Article,
    ArticleError,
    ArticleStatus,
    decode_json,
    is_english,
)


def encoded(**fields: object) -> bytes:
    return json.dumps({"id": "a1", "body": "Text.", **fields}).encode()


def rejection(value: bytes, **settings: int) -> ArticleError:
    with pytest.raises(ArticleError) as caught:
        decode_json(value, **settings)
    assert caught.value.stage == "decode"
    assert caught.value.reason in REASONS
    return caught.value


def test_an_article_with_every_field_is_read_whole() -> None:
    article = decode_json(
        encoded(
            source="Northern Wire",
            url="https://example.org/a1",
            headline="Talks fail",
            published_at="2026-11-01T10:30:00.123+01:00",
            language="en-GB",
            revision=2,
            status="usable",
            desk="foreign",
        )
    )
    assert article == Article(
        id="a1",
        body="Text.",
        source="Northern Wire",
        url="https://example.org/a1",
        headline="Talks fail",
        published_at=datetime(2026, 11, 1, 9, 30, 0, 123_000, tzinfo=UTC),
        language="en-GB",
        revision=2,
        status=ArticleStatus.USABLE,
    )


def test_id_and_body_alone_make_an_english_usable_first_revision() -> None:
    article = decode_json(encoded())
    assert (article.language, article.revision, article.status) == ("en", 0, ArticleStatus.USABLE)
    assert (article.published_at, article.url, article.headline) == (None, None, "")


def test_null_means_the_same_as_a_missing_field() -> None:
    names = ("source", "url", "headline", "published_at", "language", "revision", "status")
    assert decode_json(encoded(**dict.fromkeys(names))) == decode_json(encoded())


def test_a_byte_order_mark_before_the_json_is_ignored() -> None:
    assert decode_json(b"\xef\xbb\xbf" + encoded()).id == "a1"


def test_a_withdrawal_needs_no_body() -> None:
    article = decode_json(b'{"id": "a1", "status": "withdrawn", "revision": 3}')
    assert article.status is ArticleStatus.WITHDRAWN
    assert article.body == ""


@pytest.mark.parametrize(
    ("given_time", "expected"),
    [
        ("2026-11-01T09:30:00Z", datetime(2026, 11, 1, 9, 30, tzinfo=UTC)),
        ("2026-11-01t09:30:00z", datetime(2026, 11, 1, 9, 30, tzinfo=UTC)),
        ("2026-11-01T09:30:00-05:00", datetime(2026, 11, 1, 14, 30, tzinfo=UTC)),
        ("20261101T093000+0530", datetime(2026, 11, 1, 4, tzinfo=UTC)),
        ("2026-11-01T09:30:00", datetime(2026, 11, 1, 9, 30, tzinfo=UTC)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T09:30:00.1239999Z", datetime(2026, 11, 1, 9, 30, 0, 123_000, tzinfo=UTC)),
        (1_793_525_400_123, datetime(2026, 11, 1, 9, 30, 0, 123_000, tzinfo=UTC)),
        (1_793_525_400_000.0, datetime(2026, 11, 1, 9, 30, tzinfo=UTC)),
        (-1, datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_into_utc_and_whole_milliseconds(
    given_time: object, expected: datetime
) -> None:
    assert decode_json(encoded(published_at=given_time)).published_at == expected


@pytest.mark.parametrize(
    "given_time",
    ["yesterday", "", "2026-13-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-01:00",
     10**30, -(10**17), 1e300],
)  # fmt: skip
def test_a_time_that_cannot_be_is_rejected(given_time: object) -> None:
    assert rejection(encoded(published_at=given_time)).reason == "invalid-published-at"


@pytest.mark.parametrize(("given_revision", "expected"), [(7, 7), ("7", 7), (7.0, 7), ("007", 7)])
def test_a_whole_revision_is_taken_as_number_or_text(given_revision: object, expected: int) -> None:
    assert decode_json(encoded(revision=given_revision)).revision == expected


@pytest.mark.parametrize("given_revision", [-1, "-1", "1.5", "", "x", 2**63, "9" * 5000, "٣"])
def test_a_revision_that_does_not_count_is_rejected(given_revision: object) -> None:
    assert rejection(encoded(revision=given_revision)).reason == "invalid-revision"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "empty"),
        (b"\xff\xfe", "not-utf8"),
        (b"{", "not-json"),
        (b"Some plain text.", "not-json"),
        (b'{"id": "a1", "body": "x", "n": ' + b"9" * 5000 + b"}", "not-json"),
        (b"[" * 100_000, "too-deep"),
        (b'{"id": "a1", "body": "x", "n": ' + b'{"a":' * 100_000, "too-deep"),
        (b"[]", "not-an-object"),
        (b"null", "not-an-object"),
        (b'"text"', "not-an-object"),
        (b'{"body": "x"}', "missing-id"),
        (b'{"id": null, "body": "x"}', "missing-id"),
        (b'{"id": " ", "body": "x"}', "missing-id"),
        (b'{"id": 42, "body": "x"}', "wrong-type"),
        (b'{"id": "a1"}', "missing-body"),
        (b'{"id": "a1", "headline": "Only this", "body": " \\n"}', "missing-body"),
        (b'{"id": "a1", "body": ["x"]}', "wrong-type"),
        (b'{"id": "a1", "body": "\\ud800"}', "not-unicode"),
        (b'{"id": "\\udfff", "body": "x"}', "not-unicode"),
        (encoded(headline=3), "wrong-type"),
        (encoded(published_at=True), "wrong-type"),
        (encoded(published_at=1.5), "wrong-type"),
        (encoded(published_at=float("nan")), "wrong-type"),
        (encoded(revision=True), "wrong-type"),
        (encoded(revision=float("inf")), "wrong-type"),
        (encoded(language="English"), "invalid-language"),
        (encoded(language="en GB"), "invalid-language"),
        (encoded(status="cancelled"), "invalid-status"),
        (encoded(source="x" * (MAX_FIELD_CHARS + 1)), "too-long"),
        (encoded(id="x" * (MAX_FIELD_CHARS + 1)), "too-long"),
    ],
)
def test_what_is_no_article_is_rejected_with_its_reason(value: bytes, reason: str) -> None:
    assert rejection(value).reason == reason


def test_headline_and_body_together_are_limited() -> None:
    at_limit = encoded(headline="12345", body="12345")
    assert decode_json(at_limit, max_chars=10).headline == "12345"
    error = rejection(at_limit, max_chars=9)
    assert error.reason == "too-long"
    assert "10 characters; at most 9" in str(error)


def test_a_rejection_names_the_article_once_its_id_is_known() -> None:
    assert rejection(encoded(status="x")).article_id == "a1"
    assert rejection(b'{"body": "x"}').article_id is None


def test_a_rejection_says_what_was_expected_and_found() -> None:
    assert str(rejection(encoded(status="spiked"))) == (
        'status: expected "usable" or "withdrawn", found "spiked"'
    )


def test_a_rejection_shows_no_control_characters() -> None:
    assert "\x1b" not in str(rejection(encoded(status="\x1b[2J")))


def test_a_rejection_survives_pickling() -> None:
    error = rejection(encoded(status="x"))
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.reason, copy.article_id) == (str(error), error.reason, "a1")


@pytest.mark.parametrize("tag", ["en", "EN", "en-GB", "en_US", "eng", "en-Latn-US"])
def test_kinds_of_english_are_english(tag: str) -> None:
    assert is_english(decode_json(encoded(language=tag)).language)


@pytest.mark.parametrize("tag", ["de", "enm", "fr-CA", "x-en", "und"])
def test_other_languages_are_not_english(tag: str) -> None:
    assert not is_english(decode_json(encoded(language=tag)).language)


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=20)  # lone surrogates among them
    | st.sampled_from(["withdrawn", "en", "2026-11-01", "7"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = [
    "id",
    "source",
    "url",
    "headline",
    "body",
    "published_at",
    "language",
    "revision",
    "status",
]
ANY_ARTICLE = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), ANY_JSON)


@given(
    st.binary()
    | ANY_JSON.map(lambda value: json.dumps(value).encode())
    | ANY_ARTICLE.map(lambda value: json.dumps(value).encode())
    | ANY_ARTICLE.map(lambda value: json.dumps({"id": "a1", "body": "x", **value}).encode())
)
def test_any_bytes_are_an_article_or_rejected(value: bytes) -> None:
    try:
        article = decode_json(value)
    except ArticleError as error:
        assert error.reason in REASONS
        str(error).encode()
    else:
        assert article.id.strip()
        assert article.body.strip() or article.status is ArticleStatus.WITHDRAWN
        f"{article.headline}{article.body}{article.source}{article.url}".encode()
        assert article.published_at is None or article.published_at.tzinfo is UTC
