"""A dead letter as an Avro record (``dead_letter.avsc``): the original, and why it failed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pipeline.messages import DeadLetter
from pipeline.serialization.schemas import load_schema


def dead_letter_schema() -> Any:
    """The schema, as fastavro wants it."""
    return load_schema("dead_letter").parsed


def dead_letter_value(letter: DeadLetter, failed_at: datetime) -> dict[str, Any]:
    """What Avro encodes for the letter; ``failed_at`` is aware."""
    original, failure = letter.message, letter.failure
    return {
        "key": original.key,
        "value": original.value,
        "headers": [
            # Not the name's own way to become bytes, which may be no UTF-8.
            {"name": utf8(str(name)).decode(), "value": value}
            for name, value in original.headers
        ],
        "topic": original.topic,
        "partition": original.partition,
        "offset": original.offset,
        "timestamp": original.timestamp_ms,
        "stage": failure.stage,
        "reason": failure.reason,
        "error_class": failure.error_class,
        "message": utf8(failure.message).decode(),
        "failed_at": failed_at.astimezone(UTC),
    }


def utf8(text: str) -> bytes:
    """The text's bytes; what is no Unicode text (lone surrogates) comes as escapes."""
    return text.encode("utf-8", "backslashreplace")
