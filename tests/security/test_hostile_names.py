"""Article ids that look like paths, lines of a log, or orders to a terminal."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from pipeline.brokers.embedded import EmbeddedBroker
from tests.integration.wire import Wire
from tests.newswire_process import NEWSWIRE, NewswireProcess

FORGED = "2026-11-25 04:00:00,000 ERROR forged"
ID = f"../../../../escaped/\n{FORGED}\r\x1b[2J\u202e\0"


def article(body: object = "Iran threatened to close the strait.") -> bytes:
    return json.dumps({"id": ID, "body": body}).encode()


@pytest.mark.integration
def test_no_article_forges_a_line_of_the_log_or_leaves_the_output_folder(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker)
    wire.publish_raw(article(), article(7), b"\x1b[2J\n" + FORGED.encode())
    records = tmp_path / "a" / "b" / "c" / "records"
    arguments = [*wire.run_arguments, f"--output-dir={records}", "--until-caught-up"]
    with NewswireProcess(tmp_path, *arguments, "--log-level=DEBUG") as process:
        assert process.wait() == 0, process.output
        written = process.log.read_bytes().decode("utf-8", "replace")
    assert wire.committed == 3
    assert "\x1b" not in written and "\u202e" not in written
    assert not any(line.startswith(FORGED) for line in written.splitlines())
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path != process.log]
    assert files and all(path.is_relative_to(records) for path in files)
    assert all(path.name.isprintable() and "escaped" not in path.name for path in files)
    for command in (["tail"], ["tail", "dead-letters"], ["dead-letters", "list"]):
        shown = subprocess.run(
            [
                NEWSWIRE,
                *command,
                f"--bootstrap-servers={embedded_broker.bootstrap_servers}",
                f"--topic-prefix={wire.prefix}",
            ],
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert shown.returncode == 0, shown.stderr
        assert "\x1b" not in shown.stdout + shown.stderr
        assert "\u202e" not in shown.stdout and not shown.stdout.startswith(FORGED)


@pytest.mark.parametrize("form", ["table", "jsonl", "json"])
def test_extract_shows_nothing_that_steers_a_terminal(tmp_path: Path, form: str) -> None:
    file = tmp_path / "a\x1b[2J.jsonl"
    file.write_bytes(article() + b"\n" + article(7) + b"\n")
    shown = subprocess.run(
        [NEWSWIRE, "extract", str(file), f"--format={form}", "--explain"],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert "rejected" in shown.stderr
    for character in "\x1b\u202e\0":
        assert character not in shown.stdout + shown.stderr
    assert not any(line.startswith(FORGED) for line in (shown.stdout + shown.stderr).splitlines())


def test_an_error_can_t_steer_a_terminal() -> None:
    refused = subprocess.run(
        [NEWSWIRE, "schemas", "compare", "/nonexistent\x1b[2J\u202e", "/nonexistent"],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert refused.returncode != 0
    assert "\x1b" not in refused.stderr and "\u202e" not in refused.stderr
