"""``newswire run --output-dir``: what is on the topics is in the files, and a full disk is waited
for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kafka import KafkaProducer

from pipeline.brokers.embedded import EmbeddedBroker
from pipeline.brokers.process import LocalBroker
from pipeline.kafka_clients import client_settings
from pipeline.kafka_security import Cluster
from pipeline.serialization.framing import HEADER_BYTES
from tests.integration.output_folder import articles_in, records_in, unfinished_in, values_in
from tests.integration.wire import Wire
from tests.newswire_process import NewswireProcess
from tests.small_disks import SmallDisk

pytestmark = pytest.mark.integration

THREAT = "Turkey has threatened to expel the Greek ambassador unless Athens withdraws its frigates."


def run_to_the_end(wire: Wire, folder: Path, *more: str) -> str:
    with NewswireProcess(folder, *wire.run_arguments, "--until-caught-up", *more) as process:
        assert process.wait() == 0, process.output
        return process.output


def test_files_hold_the_very_records_of_the_topics(broker: LocalBroker, tmp_path: Path) -> None:
    wire, folder = Wire(broker), tmp_path / "records"
    wire.publish(*range(12))
    wire.publish_raw(b"{")
    run_to_the_end(wire, tmp_path, f"--output-dir={folder}")
    topics = {
        key.decode(): [value[HEADER_BYTES:] for value in values]
        for key, values in wire.records().items()
    }
    assert topics
    assert records_in(folder) == topics
    assert unfinished_in(folder) == []
    [letter] = values_in(folder, "dead-letters")
    assert (letter["value"], letter["reason"]) == (b"{", "not-json")
    assert len(wire.dead_letters()) == 1


def test_the_code_in_the_documentation_reads_the_files(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    page = Path(__file__).parents[2] / "docs" / "files.md"
    [code] = re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    wire = Wire(embedded_broker)
    wire.publish_raw(json.dumps({"id": "t", "body": THREAT}).encode())
    run_to_the_end(wire, tmp_path, f"--output-dir={tmp_path / 'records'}", "--no-kafka-output")
    command = [sys.executable, "-c", code]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    [threat] = values_in(tmp_path / "records", "threats")
    assert shown.stdout == f"{threat['threatener']['name']} | {threat['action']}\n"


def test_files_can_be_all_the_output_and_need_no_output_topics(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    wire, folder = Wire(embedded_broker), tmp_path / "records"
    wire.publish(*range(5))
    arguments = [f"--output-dir={folder}", "--no-kafka-output", "--topic-prefix=not.there"]
    run_to_the_end(wire, tmp_path, *arguments, "--codec=zstandard")
    assert articles_in(folder) == {f"article-{number}" for number in range(5)}
    assert (wire.records(), wire.committed) == ({}, 5)


def test_files_of_a_run_that_goes_on_are_published_when_their_time_has_come(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    wire, folder = Wire(embedded_broker), tmp_path / "records"
    wire.publish(*range(5))
    arguments = [*wire.run_arguments, f"--output-dir={folder}", "--roll-time=1s"]
    with NewswireProcess(tmp_path, *arguments) as process:
        process.wait_until(lambda: folder.exists() and len(articles_in(folder)) == 5)
        process.wait_until(lambda: unfinished_in(folder) == [])


def test_nothing_to_write_to_and_a_folder_that_is_a_file_are_told_before_anything_runs(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker)
    with NewswireProcess(tmp_path, *wire.run_arguments, "--no-kafka-output") as process:
        assert process.wait() == 2
    assert "--output-dir" in process.output

    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "records"
    with NewswireProcess(tmp_path, *wire.run_arguments, f"--output-dir={folder}") as process:
        assert process.wait() == 1
    assert f"{folder} can't be written to" in process.output
    assert "Traceback" not in process.output


@pytest.mark.slow
def test_a_full_disk_is_waited_for_commits_nothing_and_loses_nothing(
    embedded_broker: EmbeddedBroker, tmp_path: Path, small_disk: SmallDisk
) -> None:
    wire, folder = Wire(embedded_broker), small_disk.folder / "records"
    first, then = range(20), range(20, 220)
    wire.publish(*first)
    arguments = [f"--output-dir={folder}", "--codec=null", "--max-bundle-records=10"]
    with NewswireProcess(tmp_path, *wire.run_arguments, *arguments) as process:
        pid = process.process.pid
        process.wait_until(lambda: wire.committed == len(first))
        small_disk.fill(pid)
        wire.publish(*then)
        process.wait_for_output("is submitted again")
        stuck = wire.committed
        time.sleep(3)
        assert wire.committed == stuck < len(first) + len(then)
        assert small_disk.says in process.output
        small_disk.free(pid)
        process.wait_until(lambda: wire.committed == len(first) + len(then), seconds=120)
        process.process.terminate()
        assert process.wait() == 0, process.output
    assert "Traceback" not in process.output
    assert articles_in(folder) == {f"article-{number}" for number in [*first, *then]}
    assert all(len(set(values)) == 1 for values in records_in(folder).values())
    assert unfinished_in(folder) == []


@pytest.mark.needs("enforces_size_limit")
def test_an_article_that_only_its_compression_let_in_is_kept_whole(
    broker: LocalBroker, tmp_path: Path
) -> None:
    wire, folder = Wire(broker), tmp_path / "letters"
    huge = json.dumps({"id": "huge", "body": "x" * 3_000_000}).encode()
    settings = client_settings(Cluster(broker.bootstrap_servers), role="test-producer")
    producer = KafkaProducer(**settings, compression_type="gzip", max_request_size=2 * len(huge))
    producer.send(wire.topics.articles, huge, key=b"huge").get(30)
    producer.close()
    wire.publish(1)
    run_to_the_end(wire, tmp_path, f"--dead-letter-dir={folder}")
    [stub] = wire.dead_letters()
    assert (stub["value"], stub["newswire-reason"]) == (None, b"too-long")
    [letter] = values_in(folder, "dead-letter")
    assert letter["value"] == huge
    assert stub["newswire-stored-at"].startswith(str(folder).encode())
    assert wire.article_ids() == {"article-1"}
    assert wire.committed == 2
