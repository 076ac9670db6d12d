"""``newswire run`` as a user runs it: to the end, stopped, and with articles that are none."""

from __future__ import annotations

import json
import re
import signal
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from kafka import KafkaProducer

from pipeline.articles import Article
from pipeline.brokers.process import LocalBroker
from pipeline.extraction import extract
from pipeline.header_names import HeaderName
from pipeline.kafka_clients import client_settings
from pipeline.kafka_security import Cluster
from pipeline.serialization.avro import decode
from tests.integration.wire import Wire
from tests.kafka_helpers import produce, read_all
from tests.newswire_process import NewswireProcess
from tests.numbered_articles import numbered_article
from tests.sinks.container_samples import read

pytestmark = pytest.mark.integration


def run_to_the_end(wire: Wire, folder: Path, *more: str) -> str:
    with NewswireProcess(folder, *wire.run_arguments, "--until-caught-up", *more) as process:
        assert process.wait() == 0, process.output
        return process.output


def test_a_run_until_caught_up_writes_all_commits_all_and_ends(
    broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(broker)
    wire.publish(*range(12))
    run_to_the_end(wire, tmp_path)
    assert wire.committed == 12
    assert wire.article_ids() == {f"article-{number}" for number in range(12)}

    before = wire.records()
    assert "0 of 0 articles" in run_to_the_end(wire, tmp_path)
    assert wire.records() == before, "what is committed is not read again"


def test_records_are_keyed_by_id_and_say_where_their_article_lies(
    broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(broker)
    wire.publish(7)
    run_to_the_end(wire, tmp_path)
    [article] = read_all(broker.bootstrap_servers, wire.topics.articles)
    messages = read_all(broker.bootstrap_servers, *wire.topics.records)
    assert messages
    for message in messages:
        assert decode(message.value).record_id.encode() == message.key
        assert dict(message.headers) == {
            "newswire-article-id": b"article-7",
            "newswire-topic": wire.topics.articles.encode(),
            "newswire-partition": str(article.partition).encode(),
            "newswire-offset": str(article.offset).encode(),
        }


def test_what_is_no_article_becomes_a_dead_letter_and_the_wire_goes_on(
    broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(broker)
    long_body = json.dumps({"id": "long", "body": "x" * 2_000}).encode()
    produce(
        broker.bootstrap_servers,
        wire.topics.articles,
        [b"\xff\x00", b'{"body": "no id"}', long_body],
        keys=[b"a", b"b", b"c"],
        headers=[("trace", b"42")],
    )
    wire.publish(1)
    run_to_the_end(wire, tmp_path, "--max-article-chars=1000")
    letters = {letter["value"]: letter for letter in wire.dead_letters()}
    assert {value: letter["newswire-reason"] for value, letter in letters.items()} == {
        b"\xff\x00": b"not-utf8",
        b'{"body": "no id"}': b"missing-id",
        long_body: b"too-long",
    }
    assert all(letter["trace"] == b"42" for letter in letters.values())
    assert wire.article_ids() == {"article-1"}
    assert wire.committed == 4


@pytest.mark.parametrize("compression", [None, "zstd"])
def test_a_header_whose_name_is_no_utf_8_stops_nothing_and_is_kept_as_it_came(
    broker: LocalBroker, tmp_path: Path, compression: str | None
) -> None:
    wire = Wire(broker, partitions=1)
    article = numbered_article(1)[1]
    latin = HeaderName(b"caf\xe9".decode("utf-8", "surrogateescape"))
    producer = KafkaProducer(
        **client_settings(Cluster(broker.bootstrap_servers), role="test-producer"),
        compression_type=compression,
        linger_ms=1_000,  # one batch for all
    )
    for value, headers in [
        (b"{", [("größe", b"1"), (latin, b"2")]),
        (article, [(latin, b"3")]),
        (b"[", [("plain", b"4")]),
    ]:
        producer.send(wire.topics.articles, value, headers=headers)
    producer.close()
    run_to_the_end(wire, tmp_path, f"--output-dir={tmp_path / 'files'}")
    assert wire.committed == 3
    assert wire.article_ids() == {"article-1"}
    letters = read_all(broker.bootstrap_servers, wire.topics.dead_letters)
    assert {
        letter.value: [
            (name.encode(), value)
            for name, value in letter.headers
            if not name.startswith("newswire-")
        ]
        for letter in letters
    } == {
        b"{": [("größe".encode(), b"1"), (b"caf\xe9", b"2")],
        b"[": [(b"plain", b"4")],
    }
    [file] = (tmp_path / "files").glob("dead-letters-*.avro")
    names = {header["name"] for letter in read(file) for header in letter["headers"]}
    assert names == {"größe", r"caf\udce9", "plain"}


@pytest.mark.needs("enforces_size_limit")
def test_the_largest_message_that_the_input_takes_fits_among_the_dead_letters(
    broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(broker)
    largest = b"x" * (1_048_588 - 100)
    wire.publish_raw(largest)
    run_to_the_end(wire, tmp_path)
    assert [letter["value"] for letter in wire.dead_letters()] == [largest]


def test_other_languages_and_withdrawals_are_skipped_and_counted(
    broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(broker)
    wire.publish_raw(
        json.dumps({"id": "f", "body": "Paris menace Rome.", "language": "fr"}).encode(),
        json.dumps({"id": "w", "status": "withdrawn"}).encode(),
    )
    run_to_the_end(wire, tmp_path)
    assert (wire.records(), wire.dead_letters(), wire.committed) == ({}, [], 2)


def test_other_languages_become_dead_letters_where_so_asked(
    broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(broker)
    french = json.dumps({"id": "f", "body": "Paris menace Rome.", "language": "fr"}).encode()
    wire.publish_raw(french)
    run_to_the_end(wire, tmp_path, "--other-languages=dead-letter")
    assert [letter["newswire-reason"] for letter in wire.dead_letters()] == [b"language"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_run_with_everything_written_committed(
    broker: LocalBroker, tmp_path: Path, number: signal.Signals
) -> None:
    wire = Wire(broker)
    wire.publish(*range(60))
    with NewswireProcess(tmp_path, *wire.run_arguments, "--max-bundle-records=5") as process:
        process.wait_until(lambda: wire.committed > 0)
        process.process.send_signal(number)
        assert process.wait() == 0, process.output
    committed, written = wire.committed, wire.article_ids()
    assert len(written) == committed, "stopped in order, nothing is written twice later"

    run_to_the_end(wire, tmp_path)
    assert wire.article_ids() == {f"article-{number}" for number in range(60)}
    assert all(len(values) == 1 for values in wire.records().values())


def test_a_run_stopped_before_it_is_caught_up_says_so_by_its_exit_code(
    embedded_broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker)
    wire.publish(*range(60))
    arguments = [*wire.run_arguments, "--until-caught-up", "--max-bundle-records=5"]
    with NewswireProcess(tmp_path, *arguments) as process:
        process.wait_until(lambda: wire.committed > 0)
        process.process.terminate()
        assert process.wait() == 130, process.output
    assert 0 < wire.committed < 60


def test_metrics_count_what_was_written(broker: LocalBroker, tmp_path: Path) -> None:
    wire = Wire(broker)
    wire.publish(1, 2, 3)
    wire.publish_raw(b"{")
    with NewswireProcess(tmp_path, *wire.run_arguments) as process:
        process.wait_until(lambda: wire.committed == 4)
        [address] = re.findall(r"Metrics at (http://\S+)/metrics", process.output)
        assert get(f"{address}/healthz") == (200, "ok\n")
        assert get(f"{address}/readyz") == (200, "ready\n")
        assert get(f"{address}/other")[0] == 404
        metrics = get(f"{address}/metrics")[1]
    assert value(metrics, "newswire_articles_received_total") == 4
    assert value(metrics, "newswire_articles_written_total") == 4
    assert value(metrics, "newswire_end_to_end_seconds_count") == 4
    assert value(metrics, "newswire_extraction_seconds_count") == 3
    assert value(metrics, 'newswire_extractions_total{kind="actor"}') >= 3
    letters = 'newswire_dead_letters_total{reason="not-json",stage="decode"}'
    assert value(metrics, letters) == 1
    assert value(metrics, 'newswire_offset_commits_total{outcome="committed"}') >= 1
    topic = wire.topics.articles
    assert value(metrics, f'newswire_consumer_lag{{partition="0",topic="{topic}"}}') == 0
    assert value(metrics, "newswire_model_load_seconds") > 0
    sent = read_all(broker.bootstrap_servers, topic)
    assert value(metrics, f'newswire_bytes_read_total{{topic="{topic}"}}') == sum(
        len(message.key or b"") + len(message.value) for message in sent
    )
    for output in (*wire.topics.records, wire.topics.dead_letters):
        written = read_all(broker.bootstrap_servers, output)
        assert value(metrics, f'newswire_bytes_written_total{{topic="{output}"}}') == sum(
            len(message.key or b"")
            + len(message.value)
            + sum(len(name.encode()) + len(held) for name, held in message.headers)
            for message in written
        )
    assert value(metrics, "newswire_bundle_articles_sum") == 4
    assert value(metrics, "newswire_bundle_seconds_count") >= 1
    assert value(metrics, "newswire_failure_ratio") == 0


def test_the_series_of_every_partition_and_topic_are_there_before_anything_is_read(
    embedded_broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker)
    with NewswireProcess(tmp_path, *wire.run_arguments) as process:
        process.wait_for_output("Running on")  # the topics have been looked at
        [address] = re.findall(r"Metrics at (http://\S+)/metrics", process.output)
        metrics = get(f"{address}/metrics")[1]
    read, written = "newswire_bytes_read_total", "newswire_bytes_written_total"
    assert value(metrics, f'{read}{{topic="{wire.topics.articles}"}}') == 0
    for topic in wire.topics.outputs:
        assert value(metrics, f'{written}{{topic="{topic}"}}') == 0
    for partition in range(wire.partitions):
        labels = f'{{partition="{partition}",topic="{wire.topics.articles}"}}'
        assert value(metrics, f"newswire_consumer_lag{labels}") == 0
        assert value(metrics, f"newswire_committed_offset{labels}") == 0
        assert value(metrics, f"newswire_watermark_timestamp_seconds{labels}") >= 0


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def value(metrics: str, series: str) -> float:
    [found] = re.findall(rf"^{re.escape(series)} (\S+)$", metrics, re.MULTILINE)
    return float(found)


def test_a_missing_topic_ends_the_run_with_what_to_do(
    embedded_broker: LocalBroker, tmp_path: Path
) -> None:
    arguments = [f"--bootstrap-servers={embedded_broker.bootstrap_servers}", "--topic-prefix=none"]
    with NewswireProcess(tmp_path, "run", *arguments, "--metrics-address=:0") as process:
        assert process.wait() == 1
    assert "none.actors" in process.output
    assert "newswire topics create" in process.output


def test_two_runs_over_the_same_articles_write_the_same_bytes(
    embedded_broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker)
    wire.publish(*range(6))
    run_to_the_end(wire, tmp_path)
    run_to_the_end(wire, tmp_path, f"--group-id={wire.group_id}.again")
    records = wire.records()
    assert records
    assert all(len(values) == 2 and len(set(values)) == 1 for values in records.values())


def test_numbered_articles_each_name_an_actor_of_their_own() -> None:
    # What the accounts of these tests rest on: 400 articles, as many ministers, all found.
    bodies = [json.loads(numbered_article(number)[1])["body"] for number in range(400)]
    ministers = [re.findall(r"minister (\S+ \S+) warned", body)[0] for body in bodies]
    assert len(set(ministers)) == 400
    for number in range(0, 400, 21):  # each first and each last name at least once
        found = extract(Article(id=str(number), body=bodies[number]))
        assert ministers[number] in {actor.name for actor in found.actors}
