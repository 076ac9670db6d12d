"""The article as the pipeline sees it, and reading it from JSON or from fields read elsewhere.

Knows nothing of Kafka, Beam, spaCy or Avro (`pipeline.serialization.articles`).

An article is a JSON object in UTF-8. Fields that are not listed here are ignored, and null
means the same as leaving a field out:

========================  ======================================================================
``id``                    text; required
``body``                  text; required, unless ``status`` is "withdrawn"
``headline``              text
``source``, ``url``       text
``published_at``          ISO 8601 ("2026-11-01T09:30:00Z"; UTC where it names no zone), or
                          milliseconds since 1970 as a number
``language``              a BCP 47 tag; English where missing
``revision``              a whole number from 0, as a number or in quotation marks; 0 where missing
``status``                "usable" (where missing) or "withdrawn"
========================  ======================================================================
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

MAX_FIELD_CHARS = 4_096
"""The longest ``id``, ``source`` or ``url``: they go into every record and its headers."""

MAX_REVISION = 2**63 - 1
"""The largest that an Avro long holds."""

REASONS = (
    "empty",
    "not-utf8",
    "not-json",
    "too-deep",
    "not-an-object",
    "missing-id",
    "missing-body",
    "wrong-type",
    "not-unicode",
    "invalid-published-at",
    "invalid-language",
    "invalid-revision",
    "invalid-status",
    "too-long",
    "not-avro",
    "unknown-schema",
    "schema-mismatch",
    "no-registry",
    "language",
)
"""Every reason for which an article is rejected; "language" only where the user asks for that."""


class ArticleStatus(StrEnum):
    """Whether the wire still stands by an article."""

    USABLE = "usable"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Article:
    """One revision of one news article."""

    id: str
    """The wire's own identifier; the same for every revision of an article."""
    body: str
    """The text below the headline; empty only for a withdrawal."""
    source: str = ""
    """The agency or outlet that published it."""
    url: str | None = None
    headline: str = ""
    published_at: datetime | None = None
    """When it was published: aware, UTC, whole milliseconds; None where the wire does not say."""
    language: str = "en"
    """A BCP 47 tag."""
    revision: int = 0
    """Counts the wire's corrections of the article, from 0."""
    status: ArticleStatus = ArticleStatus.USABLE


class ArticleError(Exception):
    """An article that can't be taken; as text it says what was expected and what was found."""

    def __init__(
        self, stage: str, reason: str, message: str, article_id: str | None = None
    ) -> None:
        """``reason`` is one of `REASONS`; ``article_id`` is None where it could not be read."""
        super().__init__(stage, reason, message, article_id)
        self.stage = stage
        self.reason = reason
        self.message = message
        self.article_id = article_id

    def __str__(self) -> str:
        return self.message


def is_english(language: str) -> bool:
    """Whether a BCP 47 tag stands for a kind of English: "en", "en-GB", "eng"."""
    return re.split("[-_]", language, maxsplit=1)[0].casefold() in {"en", "eng"}


def decode_json(value: bytes, *, max_chars: int = 200_000) -> Article:
    """The article that ``value`` holds as JSON.

    ``max_chars`` limits headline and body together. Raises `ArticleError` (stage "decode") for
    whatever is wrong with ``value``, and nothing else.
    """
    return article_from_fields(_json_object(value), max_chars=max_chars)


def article_from_fields(content: Mapping[str, Any], *, max_chars: int = 200_000) -> Article:
    """The article with these fields, as JSON or Avro has them.

    Beside what JSON knows, ``published_at`` may be a datetime. ``max_chars`` limits headline and
    body together. Raises `ArticleError` (stage "decode") for whatever is wrong with a field.
    """
    fields = _Fields(content)
    headline = fields.text("headline") or ""
    body = fields.text("body") or ""
    if len(headline) + len(body) > max_chars:
        raise fields.error(
            "too-long",
            f"headline and body have {len(headline) + len(body):,} characters; "
            f"at most {max_chars:,} are accepted (--max-article-chars)",
        )
    status = fields.status()
    if not body.strip() and status is not ArticleStatus.WITHDRAWN:
        raise fields.error(
            "missing-body", 'body: expected text, found none; only a "withdrawn" article needs none'
        )
    return Article(
        id=fields.id,
        body=body,
        source=fields.short_text("source") or "",
        url=fields.short_text("url"),
        headline=headline,
        published_at=fields.published_at(),
        language=fields.language(),
        revision=fields.revision(),
        status=status,
    )


def _json_object(value: bytes) -> dict[str, Any]:
    if not value:
        raise ArticleError("decode", "empty", "expected an article as JSON, found no bytes")
    try:
        # Some producers put a byte order mark before UTF-8; it means nothing.
        text = value.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ArticleError(
            "decode",
            "not-utf8",
            f"expected UTF-8, found byte 0x{value[error.start]:02x} at offset {error.start}",
        ) from error
    try:
        content = json.loads(text)
    except RecursionError as error:
        raise ArticleError(
            "decode", "too-deep", "expected an article, found JSON nested too deeply to be read"
        ) from error
    except ValueError as error:
        # Beside broken syntax: a number of more digits than Python is willing to read.
        raise ArticleError("decode", "not-json", f"expected JSON: {error}") from error
    if not isinstance(content, dict):
        raise ArticleError(
            "decode", "not-an-object", f"expected a JSON object, found {_kind(content)}"
        )
    return content


class _Fields:
    """The fields of one article, each checked when it is asked for."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content
        self._known_id: str | None = None
        article_id = self.short_text("id")
        if article_id is None or not article_id.strip():
            raise self.error("missing-id", "id: expected text that is not empty, found none")
        self.id = self._known_id = article_id

    def error(self, reason: str, message: str) -> ArticleError:
        return ArticleError("decode", reason, message, self._known_id)

    def text(self, name: str) -> str | None:
        value = self._content.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self._wrong_type(name, "text", value)
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise self.error(
                "not-unicode",
                f"{name}: expected Unicode text, found half a surrogate pair "
                f"(U+{ord(value[error.start]):04X}) at character {error.start}",
            ) from error
        return value

    def short_text(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None and len(value) > MAX_FIELD_CHARS:
            raise self.error(
                "too-long",
                f"{name}: expected at most {MAX_FIELD_CHARS:,} characters, found {len(value):,}",
            )
        return value

    def published_at(self) -> datetime | None:
        value = self._content.get("published_at")
        if value is None:
            return None
        try:
            if isinstance(value, str):
                return _from_iso(value)
            if isinstance(value, datetime):
                return _whole_milliseconds(value)
            milliseconds = _whole_number(value)
            if milliseconds is None:
                raise self._wrong_type("published_at", "text or whole milliseconds", value)
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
        except (ValueError, OverflowError) as error:
            raise self.error(
                "invalid-published-at",
                "published_at: expected a time of the years 1 to 9999 as in "
                f'"2026-11-01T09:30:00Z" or milliseconds since 1970, found {_shown(value)}',
            ) from error

    def language(self) -> str:
        tag = (self.short_text("language") or "").strip()
        # What begins with more than three letters is registered for no language: "English"
        # would else be taken for a foreign one and skipped.
        if tag and not re.fullmatch(r"(?:[A-Za-z]{2,3}|[xXiI])(?:[-_][A-Za-z0-9]{1,8})*", tag):
            raise self.error(
                "invalid-language",
                f'language: expected a BCP 47 tag as in "en" or "en-GB", found {_shown(tag)}',
            )
        return tag or "en"

    def revision(self) -> int:
        value = self._content.get("revision")
        if value is None:
            return 0
        if isinstance(value, str):
            # Nineteen digits hold the largest; without a bound int() refuses in its own way.
            number = int(value) if re.fullmatch("[0-9]{1,19}", value) else -1
        else:
            whole = _whole_number(value)
            if whole is None:
                raise self._wrong_type("revision", "a whole number", value)
            number = whole
        if not 0 <= number <= MAX_REVISION:
            raise self.error(
                "invalid-revision",
                f"revision: expected a whole number from 0 to {MAX_REVISION}, "
                f"found {_shown(value)}",
            )
        return number

    def status(self) -> ArticleStatus:
        text = self.text("status")
        if text is None:
            return ArticleStatus.USABLE
        try:
            return ArticleStatus(text.strip().casefold())
        except ValueError as error:
            raise self.error(
                "invalid-status",
                f'status: expected "usable" or "withdrawn", found {_shown(text)}',
            ) from error

    def _wrong_type(self, name: str, expected: str, value: object) -> ArticleError:
        return self.error(
            "wrong-type", f"{name}: expected {expected}, found {_kind(value)}: {_shown(value)}"
        )


def _from_iso(text: str) -> datetime:
    return _whole_milliseconds(datetime.fromisoformat(text.strip().upper()))


def _whole_milliseconds(time: datetime) -> datetime:
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return time.replace(microsecond=time.microsecond // 1_000 * 1_000)


def _whole_number(value: object) -> int | None:
    """The number, if it is one without a fraction; 1.0 counts, for some producers write it so."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "an object"


def _shown(value: object) -> str:
    """The value as JSON in ASCII, cut short: fit for a log line, a header and a terminal."""
    try:
        shown = json.dumps(value)
    except (RecursionError, ValueError):
        return "something too large to show"
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
