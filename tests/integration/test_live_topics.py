"""``newswire run`` over topics and partitions that come while it runs."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from pipeline.brokers.process import LocalBroker
from tests.integration.wire import Wire
from tests.kafka_helpers import admin_client, committed_offsets, create_topic, produce
from tests.newswire_process import NewswireProcess
from tests.numbered_articles import numbered_article

pytestmark = pytest.mark.integration


def settings_file(wire: Wire, folder: Path, pattern: str) -> str:
    """The wire's settings with a pattern in place of the input topic."""
    settings = {
        "bootstrap-servers": wire.broker.bootstrap_servers,
        "input-topic-pattern": pattern,
        "topic-prefix": wire.prefix,
        "group-id": wire.group_id,
        "metrics-address": "127.0.0.1:0",
    }
    file = folder / "newswire.toml"
    file.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items()))
    return f"--config={file}"


def publish(wire: Wire, topic: str, *numbers: int, partition: int | None = None) -> None:
    articles = [numbered_article(number) for number in numbers]
    produce(
        wire.broker.bootstrap_servers,
        topic,
        [value for _, value in articles],
        keys=[key for key, _ in articles],
        partition=partition,
    )


def ids(*numbers: int) -> set[str]:
    return {f"article-{number}" for number in numbers}


def test_topics_made_while_it_runs_are_read_without_a_restart(
    broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(broker)
    config = settings_file(wire, tmp_path, rf"{wire.prefix}\.live\..*")
    with NewswireProcess(tmp_path, "run", config) as process:
        process.wait_for_output("No topic matches")
        process.wait_for_output("Running on")
        for number, kind in enumerate(("one", "two")):
            topic = create_topic(broker.bootstrap_servers, f"{wire.prefix}.live.{kind}")
            publish(wire, topic, number)
            process.wait_until(lambda count=number + 1: wire.committed == count)
        publish(wire, f"{wire.prefix}.live.one", 2)
        process.wait_until(lambda: wire.committed == 3)
        process.process.send_signal(signal.SIGTERM)
        assert process.wait() == 0, process.output
    assert wire.dead_letters() == []
    assert wire.article_ids() == ids(0, 1, 2)


def test_what_it_writes_itself_is_never_read_although_the_pattern_matches(
    broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(broker)
    wire.publish(*range(4))
    config = settings_file(wire, tmp_path, rf"{wire.prefix}.*")
    for _ in range(2):
        with NewswireProcess(tmp_path, "run", config, "--until-caught-up") as process:
            assert process.wait() == 0, process.output
    assert wire.article_ids() == ids(*range(4))
    assert wire.dead_letters() == []
    committed = committed_offsets(broker.bootstrap_servers, wire.group_id)
    assert {topic for topic, _ in committed} == {wire.topics.articles}


def test_a_run_until_caught_up_ends_where_no_topic_matches(
    embedded_broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker)
    config = settings_file(wire, tmp_path, rf"{wire.prefix}\.none\..*")
    with NewswireProcess(tmp_path, "run", config, "--until-caught-up") as process:
        assert process.wait() == 0, process.output
    assert "No topic matches" in process.output
    assert "0 of 0 articles" in process.output


@pytest.mark.needs("create_partitions")
def test_partitions_added_while_it_runs_are_read_under_steady_traffic(
    broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(broker, partitions=1)
    topic = wire.topics.articles
    publish(wire, topic, 0)
    with NewswireProcess(tmp_path, *wire.run_arguments, "--splits=2") as process:
        process.wait_until(lambda: wire.committed == 1)
        with admin_client(broker.bootstrap_servers) as admin:
            admin.create_partitions({topic: 3})
            admin.wait_for_topics([topic])
        publish(wire, topic, 1, partition=1)
        publish(wire, topic, 2, partition=2)
        number = 2

        def all_partitions_are_read() -> bool:
            nonlocal number
            number += 1
            publish(wire, topic, number, partition=0)
            offsets = committed_offsets(broker.bootstrap_servers, wire.group_id)
            return {(topic, 1), (topic, 2)} <= offsets.keys()

        process.wait_until(all_partitions_are_read)
        process.wait_until(lambda: wire.committed == number + 1)
        process.process.send_signal(signal.SIGTERM)
        assert process.wait() == 0, process.output
    assert wire.article_ids() == ids(*range(number + 1))


def test_an_output_topic_as_input_is_wrong_usage(tmp_path: Path) -> None:
    arguments = ["run", "--topic-prefix=wire", "--input-topic=wire.threats"]
    with NewswireProcess(tmp_path, *arguments) as process:
        assert process.wait() == 2
    assert "wire.threats: what the pipeline writes can't be its input" in process.output
