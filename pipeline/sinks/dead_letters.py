"""A dead letter as a Kafka message: the original key, value and headers, and why it failed.

What the failure adds stands in headers whose names begin with ``newswire-``:

- ``newswire-topic``, ``-partition``, ``-offset``, ``-timestamp``: where the original lies
  (timestamp in milliseconds since 1970),
- ``newswire-stage``, ``-reason``, ``-error-class``, ``-error-message``: what went wrong,
- ``newswire-failed-at``: when, in ISO 8601.
"""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.messages import DeadLetter, OutputMessage

PREFIX = "newswire-"

MAX_ERROR_BYTES = 16 * 1024
"""Of an error's message; keeps what we add within the topic's allowance of 64 KiB."""


def dead_letter_message(letter: DeadLetter, topic: str, failed_at: datetime) -> OutputMessage:
    """The message to write to ``topic`` for ``letter``; ``failed_at`` is aware."""
    original, failure = letter.message, letter.failure
    added = {
        "topic": original.topic,
        "partition": str(original.partition),
        "offset": str(original.offset),
        "timestamp": str(original.timestamp_ms),
        "stage": failure.stage,
        "reason": failure.reason,
        "error-class": failure.error_class,
        "error-message": failure.message,
        "failed-at": failed_at.astimezone(UTC).isoformat(timespec="milliseconds"),
    }
    return OutputMessage(
        topic,
        original.key,
        original.value,
        (*original.headers, *((PREFIX + name, _encode(text)) for name, text in added.items())),
    )


def _encode(text: str) -> bytes:
    encoded = text.encode("utf-8", "backslashreplace")
    # A cut may fall inside a character; what is left of it is dropped.
    return encoded[:MAX_ERROR_BYTES].decode("utf-8", "ignore").encode()
