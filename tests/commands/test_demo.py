"""What ``make run`` runs, as a user runs it."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from pipeline.brokers.embedded import EmbeddedBroker
from tests.newswire_process import NewswireProcess
from tests.numbered_articles import numbered_article

pytestmark = pytest.mark.integration


def embedded_brokers_of(process_id: int) -> list[str]:
    found = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(process_id)], capture_output=True, text=True
    )
    return [line for line in found.stdout.splitlines() if "tansu" in line]


def test_the_bundled_feed_ends_in_a_table_and_the_counts(tmp_path: Path) -> None:
    with NewswireProcess(tmp_path, "demo") as process:
        assert process.wait() == 0, process.output
    assert "Threats" in process.output
    assert "Denials" in process.output
    assert "newswire.actors" in process.output
    assert "articles," in process.output.splitlines()[-1]
    assert "a second" in process.output.splitlines()[-1]


def test_your_own_articles_are_read_from_a_file_bad_ones_included(tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_bytes(numbered_article(5)[1] + b"\nno article\n")
    with NewswireProcess(tmp_path, "demo", f"--articles={feed}") as process:
        assert process.wait() == 0, process.output
    assert "2 messages" in process.output
    assert "1 not-json" in process.output


def test_a_broker_of_your_own_is_used_and_keeps_the_records(tmp_path: Path) -> None:
    with (
        EmbeddedBroker() as broker,
        NewswireProcess(
            tmp_path, "demo", f"--bootstrap-servers={broker.bootstrap_servers}"
        ) as process,
    ):
        assert process.wait() == 0, process.output
        assert "embedded" not in process.output


def test_ctrl_c_ends_the_demo_and_its_broker(tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_bytes(b"\n".join(numbered_article(number)[1] for number in range(2_000)))
    with NewswireProcess(tmp_path, "demo", f"--articles={feed}") as process:
        process.wait_for_output("Running")
        [broker] = embedded_brokers_of(process.process.pid)
        process.process.send_signal(signal.SIGINT)
        assert process.wait() == 130, process.output
    assert "Traceback" not in process.output
    assert not Path(f"/proc/{broker.split()[0]}").exists()


def test_the_file_is_named_where_it_is_missing(tmp_path: Path) -> None:
    with NewswireProcess(tmp_path, "demo", "--articles=missing.jsonl") as process:
        assert process.wait() == 2
    assert "missing.jsonl" in process.output
