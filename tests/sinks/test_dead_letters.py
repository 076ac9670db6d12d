from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline.messages import DeadLetter, Failure, SourceMessage
from pipeline.sinks.dead_letters import MAX_ERROR_BYTES, dead_letter_message, dead_letter_stubs
from pipeline.sinks.kafka import size_in_bytes
from pipeline.topics import DEAD_LETTER_ALLOWANCE_BYTES

MESSAGE = SourceMessage(
    topic="articles",
    partition=3,
    offset=17,
    timestamp_ms=1_700_000_000_123,
    key=b"\x00key",
    value=b"\xff not json",
    headers=(("trace", b"\x01"), ("trace", b"\x02")),
)
FAILED_AT = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def letter(text: str = "expected JSON", message: SourceMessage = MESSAGE) -> DeadLetter:
    return DeadLetter(message, Failure("decode", "not-json", "ArticleError", text))


def test_the_original_comes_whole_and_first() -> None:
    written = dead_letter_message(letter(), "dead", FAILED_AT)
    assert (written.topic, written.key, written.value) == ("dead", MESSAGE.key, MESSAGE.value)
    assert written.headers[:2] == MESSAGE.headers


def test_headers_say_where_it_lay_and_what_went_wrong() -> None:
    written = dead_letter_message(letter(), "dead", FAILED_AT)
    assert dict(written.headers[2:]) == {
        "newswire-topic": b"articles",
        "newswire-partition": b"3",
        "newswire-offset": b"17",
        "newswire-timestamp": b"1700000000123",
        "newswire-stage": b"decode",
        "newswire-reason": b"not-json",
        "newswire-error-class": b"ArticleError",
        "newswire-error-message": b"expected JSON",
        "newswire-failed-at": b"2026-11-01T12:00:00.000+00:00",
    }


def test_a_long_error_is_cut_between_characters() -> None:
    written = dead_letter_message(letter("x" + "é" * 100_000), "dead", FAILED_AT)
    message = dict(written.headers)["newswire-error-message"]
    assert MAX_ERROR_BYTES - 2 < len(message) <= MAX_ERROR_BYTES
    assert message.decode().startswith("xé")


def test_an_error_that_is_no_unicode_text_can_be_written() -> None:
    written = dead_letter_message(letter("bad \ud800 text"), "dead", FAILED_AT)
    assert dict(written.headers)["newswire-error-message"] == b"bad \\ud800 text"


def test_what_a_failure_adds_stays_within_the_topics_allowance() -> None:
    longest = letter("é" * 1_000_000)
    added = size_in_bytes(dead_letter_message(longest, "dead", FAILED_AT)) - size_in_bytes(
        dead_letter_message(letter(""), "dead", FAILED_AT)
    )
    assert added < DEAD_LETTER_ALLOWANCE_BYTES / 2


def test_a_stub_says_what_was_left_out_and_where_it_lies() -> None:
    stub = next(dead_letter_stubs(letter(), "dead", FAILED_AT, Path("/letters/one.avro")))
    assert (stub.topic, stub.key, stub.value) == ("dead", MESSAGE.key, None)
    assert stub.headers[:2] == MESSAGE.headers
    added = dict(stub.headers[2:])
    assert added["newswire-original-size"] == b"10"
    assert added["newswire-sha256"] == hashlib.sha256(b"\xff not json").hexdigest().encode()
    assert added["newswire-stored-at"] == b"/letters/one.avro"
    assert added["newswire-reason"] == b"not-json"
    assert added["newswire-offset"] == b"17"


def test_a_stub_of_what_is_stored_nowhere_names_no_file() -> None:
    stub = next(dead_letter_stubs(letter(), "dead", FAILED_AT, None))
    assert "newswire-stored-at" not in dict(stub.headers)
    assert dict(stub.headers)["newswire-original-size"] == b"10"


def test_where_headers_or_key_are_what_is_too_large_a_stub_leaves_them_out() -> None:
    large = replace(MESSAGE, key=b"k" * 10_000, headers=(("trace", b"h" * 20_000),))
    sizes = [
        size_in_bytes(stub)
        for stub in dead_letter_stubs(letter(message=large), "dead", FAILED_AT, None)
    ]
    assert sizes[0] > 30_000 > sizes[1] > 10_000 > sizes[2]
