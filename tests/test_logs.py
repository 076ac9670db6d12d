"""What a log line is, what is left out of it, and how a running process is made to say more."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import logs
from pipeline.events import log_written
from pipeline.logs import MOST_REPEATS, REPEAT_SECONDS, JsonLines, Repeats
from pipeline.messages import DeadLetter, Failure, SourceMessage

MESSAGE = SourceMessage("wire", 2, 4711, 0, b"a1", b'{"body": "Nobody may see this."}')
LETTER = DeadLetter(
    MESSAGE, Failure("decode", "missing-body", "ArticleError", "not in the log: this"), "a1"
)


@pytest.fixture
def said() -> Iterator[list[logging.LogRecord]]:
    """What the logger of single articles is given."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]
    logger = logging.getLogger("pipeline.events")
    logger.addHandler(handler)
    yield records
    logger.removeHandler(handler)


def test_a_dead_letter_is_one_line_with_its_article_and_place_and_none_of_its_text(said) -> None:
    log_written(LETTER)
    (record,) = said
    line = JsonLines("worker 1").format(record)
    told = json.loads(line)
    assert "\n" not in line
    assert told["event"] == "dead-letter" and told["article"] == "a1"
    assert (told["topic"], told["partition"], told["offset"]) == ("wire", 2, 4711)
    assert (told["stage"], told["reason"]) == ("decode", "missing-body")
    assert (told["level"], told["process"]) == ("WARNING", "worker 1")
    assert "Nobody" not in line and "not in the log" not in line


def test_an_articles_id_can_neither_break_a_line_of_json_nor_fill_the_log(said) -> None:
    log_written(DeadLetter(MESSAGE, LETTER.failure, "x\n\u2028\x1b[31m" * 1_000))
    line = JsonLines("").format(said[0])
    assert line.isascii() and len(line.splitlines()) == 1
    assert len(json.loads(line)["article"]) <= 200


def test_repeats_are_limited_and_what_was_left_out_is_told() -> None:
    now = 0.0
    passes = Repeats(lambda: now).filter

    def record(level: int = logging.WARNING, message: str = "Away: %s") -> logging.LogRecord:
        return logging.LogRecord("pipeline.x", level, "", 0, message, ("why",), None)

    assert [passes(record()) for _ in range(MOST_REPEATS + 5)].count(True) == MOST_REPEATS
    assert passes(record(message="Another thing: %s"))
    assert passes(record(level=logging.DEBUG)), "who asks for more gets it"
    now = REPEAT_SECONDS
    after = record()
    assert passes(after)
    assert after.getMessage() == "Away: why (and 5 more like this before)"


SCRIPT = """
import logging, signal, sys
from pipeline import logs
logs.configure("WARNING", "worker 0", "json")
logs.heed_signals(lambda number: print("passed on", flush=True))
logger = logging.getLogger("pipeline.any")
for line in sys.stdin:
    logger.debug("at %s", line.strip())
    print("done", flush=True)
"""


def test_signals_make_a_running_process_talkative_and_quiet_again() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout and process.stderr

    def log(text: str) -> None:
        process.stdin.write(text + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "done\n"

    def tell(number: int) -> None:
        os.kill(process.pid, number)
        assert process.stdout.readline() == "passed on\n"

    log("first")
    tell(signal.SIGUSR1)
    log("second")
    tell(signal.SIGUSR2)
    log("third")
    _, errors = process.communicate(timeout=30)
    assert [json.loads(line)["message"] for line in errors.splitlines()] == ["at second"]


@pytest.mark.integration
def test_a_pool_goes_on_when_it_is_asked_to_say_more(tmp_path: Path) -> None:
    from tests.newswire_process import NewswireProcess

    arguments = ["--port", "0", "--metrics-address", "127.0.0.1:0", "--log-format", "json"]
    with NewswireProcess(tmp_path, "worker", *arguments) as pool:
        pool.wait_for_output("Ready: runners find workers")
        for number in (signal.SIGUSR1, signal.SIGUSR2):
            pool.process.send_signal(number)
        pool.process.send_signal(signal.SIGTERM)
        assert pool.wait() == 0
        assert {json.loads(line)["process"] for line in pool.output.splitlines()} == {
            "pool",
            "door",
        }


def test_text_and_json_are_chosen_by_the_form(capsys: pytest.CaptureFixture[str]) -> None:
    root, ours = logging.getLogger(), logging.getLogger(logs.OURS)
    before, level, own = root.handlers[:], root.level, ours.level
    try:
        for form, begin in (("text", "20"), ("json", "{")):
            logs.configure("INFO", form=form)
            ours.info("hello")
            assert capsys.readouterr().err.startswith(begin)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        ours.setLevel(own)


FAILING = """
import sys, threading
from pipeline import logs
logs.configure("WARNING", form=sys.argv[1])
def fail():
    raise ValueError("an id\\n2026-11-25 04:00:00,000 ERROR forged\\x1b[2J")
thread = threading.Thread(target=fail)
thread.start()
thread.join()
fail()
"""


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_nobody_foresaw_forges_no_line_of_the_log(form: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAILING, form], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    begun = [line for line in done.stderr.splitlines() if not line.startswith(logs.CONTINUED)]
    assert len(begun) == 2 and "Thread" in begun[0] and "nobody foresaw" in begun[1]
    assert "\x1b" not in done.stderr and "ValueError" in done.stderr
    if form == "json":
        assert all("ValueError" in json.loads(line)["traceback"] for line in begun)
