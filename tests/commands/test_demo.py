"""``make run``, as a user runs it."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from pipeline.brokers.embedded import EmbeddedBroker
from tests.kafka_helpers import read_all
from tests.newswire_process import NewswireProcess
from tests.numbered_articles import numbered_article
from tests.samples import SAMPLE, untrue_lines
from tests.shown_lines import ROOT

pytestmark = pytest.mark.integration


def embedded_brokers_of(process_id: int) -> list[str]:
    found = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(process_id)], capture_output=True, text=True
    )
    return [line for line in found.stdout.splitlines() if "tansu" in line]


def make_run(*variables: str) -> str:
    """What it prints, on both streams; it must succeed."""
    done = subprocess.run(
        ["make", "--no-print-directory", "run", *variables],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_bundled_feed_ends_in_a_table_and_the_counts() -> None:
    output = make_run()
    assert "articles," in output.splitlines()[-1]
    assert "a second" in output.splitlines()[-1]
    # As the README shows it.
    shown = {name: sample for name, _, sample in SAMPLE.findall((ROOT / "README.md").read_text())}
    assert untrue_lines(shown["make-run"], output) == [], 'stale: run "make docs-samples"'


def test_your_own_articles_are_read_from_a_file_bad_ones_included(tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_bytes(numbered_article(5)[1] + b"\nno article\n")
    output = make_run(f"ARTICLES={feed}")
    assert "2 messages" in output
    assert "1 not-json" in output


def test_a_broker_of_your_own_is_used_and_keeps_the_records() -> None:
    with EmbeddedBroker() as broker:
        output = make_run(f"BOOTSTRAP_SERVERS={broker.bootstrap_servers}")
        assert "embedded" not in output
        assert read_all(broker.bootstrap_servers, "newswire.threats")


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
