"""A dead letter as a Kafka message: the original key, value and headers, and why it failed.

What the failure adds stands in headers whose names begin with ``newswire-``:

- ``newswire-topic``, ``-partition``, ``-offset``, ``-timestamp``: where the original lies
  (timestamp in milliseconds since 1970),
- ``newswire-stage``, ``-reason``, ``-error-class``, ``-error-message``: what went wrong,
- ``newswire-failed-at``: when, in ISO 8601.

A letter that its topic would refuse is represented there by a stub without a value, with

- ``newswire-original-size``, ``-sha256``: of the original's value, in bytes and in hexadecimal,
- ``newswire-stored-at``: the file that holds the letter whole; missing where none does.

An original that was sent again has a header ``newswire-retries``, which its letter then has too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipeline.messages import DeadLetter, Headers, OutputMessage
from pipeline.serialization.dead_letters import utf8

PREFIX = "newswire-"

FAILURE_HEADERS = tuple(
    PREFIX + name
    for name in (
        "topic",
        "partition",
        "offset",
        "timestamp",
        "stage",
        "reason",
        "error-class",
        "error-message",
        "failed-at",
    )
)
"""The headers that every letter has behind the original's own, in this order."""

STUB_HEADERS = tuple(PREFIX + name for name in ("original-size", "sha256", "stored-at"))
"""Those of a stub behind these; the last only where a file holds the letter."""

RETRIES_HEADER = f"{PREFIX}retries"
"""A header of the original: how often it has been sent again (`newswire dead-letters replay`)."""

MAX_ERROR_BYTES = 16 * 1024
"""Of an error's message; keeps what we add within the topic's allowance of 64 KiB."""


def dead_letter_message(letter: DeadLetter, topic: str, failed_at: datetime) -> OutputMessage:
    """The message to write to ``topic`` for ``letter``; ``failed_at`` is aware."""
    original = letter.message
    headers = (*original.headers, *_added(letter, failed_at))
    return OutputMessage(topic, original.key, original.value, headers)


def dead_letter_stubs(
    letter: DeadLetter, topic: str, failed_at: datetime, stored_at: Path | None
) -> Iterator[OutputMessage]:
    """The messages that can stand for ``letter`` where it is too large, the fullest first.

    ``stored_at`` is where it lies whole. What the stubs leave out: the value; then the
    original's headers too; then its key.
    """
    original = letter.message
    value = original.value or b""
    added = [str(len(value)), hashlib.sha256(value).hexdigest()]
    if stored_at is not None:
        added.append(str(stored_at))
    headers = (*_added(letter, failed_at), *_headers(STUB_HEADERS[: len(added)], added))
    yield OutputMessage(topic, original.key, None, (*original.headers, *headers))
    yield OutputMessage(topic, original.key, None, headers)
    yield OutputMessage(topic, None, None, headers)


def _added(letter: DeadLetter, failed_at: datetime) -> Headers:
    original, failure = letter.message, letter.failure
    added = [
        original.topic,
        str(original.partition),
        str(original.offset),
        str(original.timestamp_ms),
        failure.stage,
        failure.reason,
        failure.error_class,
        failure.message,
        failed_at.astimezone(UTC).isoformat(timespec="milliseconds"),
    ]
    return _headers(FAILURE_HEADERS, added)


def _headers(names: Sequence[str], texts: Sequence[str]) -> Headers:
    return tuple((name, _encode(text)) for name, text in zip(names, texts, strict=True))


def _encode(text: str) -> bytes:
    # A cut may fall inside a character; what is left of it is dropped.
    return utf8(text)[:MAX_ERROR_BYTES].decode("utf-8", "ignore").encode()
