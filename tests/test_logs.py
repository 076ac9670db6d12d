"""What is logged can't look like what is not."""

from __future__ import annotations

import logging
import sys

from pipeline.logs import FORMAT, UnforgeableFormatter

FORGED = "2026-11-25 04:00:00,000 ERROR all is lost"
HOSTILE = f"a\n{FORGED}\r{FORGED}\x85{FORGED}\u2028\x1b[2J\u202e"


def formatted(record: logging.LogRecord) -> list[str]:
    return UnforgeableFormatter(FORMAT.format(process="")).format(record).split("\n")


def record(message: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("x", logging.INFO, "", 1, message, arguments, None)


def test_a_message_can_t_begin_a_line_of_the_log_or_steer_a_terminal() -> None:
    first, *others = formatted(record("article %s", HOSTILE))
    assert "INFO article a" in first
    assert others and all(line.startswith("    ") for line in others)
    assert all(character.isprintable() for line in others for character in line)


def test_neither_can_an_error_that_quotes_the_wire() -> None:
    failed = record("it failed")
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        failed.exc_info = sys.exc_info()
    lines = formatted(failed)
    assert [line for line in lines if line.startswith("2026-11-25 04:00")] == []
    assert sum(FORGED in line for line in lines) == 1, "what was forged is there, and is indented"
    assert "\x1b" not in "".join(lines)
