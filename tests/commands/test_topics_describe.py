"""``newswire topics describe`` against real brokers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from kafka import TopicPartition

from pipeline.brokers.process import LocalBroker, free_port
from pipeline.commands.topics import topics
from pipeline.kafka_security import Cluster
from pipeline.sources.commits import OffsetCommitter
from pipeline.topics import TopicNames
from tests.integration.wire import Wire
from tests.kafka_helpers import create_topic, unique_name


def describe(*arguments: str) -> Result:
    return CliRunner().invoke(topics, ["describe", *arguments], env={"COLUMNS": "200"})


def place(wire: Wire) -> list[str]:
    return [
        f"--bootstrap-servers={wire.broker.bootstrap_servers}",
        f"--topic-prefix={wire.prefix}",
        f"--input-topic={wire.topics.articles}",
        f"--group-id={wire.group_id}",
    ]


def described(wire: Wire, *more: str) -> dict[str, Any]:
    result = describe(*place(wire), "--json", *more)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def commit(wire: Wire, offsets: dict[int, int]) -> None:
    committer = OffsetCommitter(Cluster(wire.broker.bootstrap_servers), wire.group_id)
    topic = wire.topics.articles
    assert committer.commit({TopicPartition(topic, part): at for part, at in offsets.items()})
    committer.close()


@pytest.fixture
def wire(broker: LocalBroker) -> Wire:
    return Wire(broker, prefix=unique_name("described"), partitions=1)


@pytest.mark.integration
def test_every_topic_is_described_with_its_settings(wire: Wire) -> None:
    found = described(wire)
    names = [topic["name"] for topic in found["topics"]]
    assert names == [wire.topics.articles, *wire.topics.outputs]
    articles = found["topics"][0]
    assert (articles["partitions"], articles["replication_factor"]) == (1, 1)
    assert articles["configs"]["retention.ms"] == "604800000"
    extractions = next(each for each in found["topics"] if each["name"].endswith("extractions"))
    assert extractions["configs"]["cleanup.policy"] == "compact"


@pytest.mark.integration
def test_offsets_and_lag_are_those_of_the_group(wire: Wire) -> None:
    wire.publish(*range(7))
    [before] = [each for each in described(wire)["offsets"] if each["topic"].endswith("articles")]
    assert (before["earliest"], before["end"]) == (0, 7)
    assert (before["committed"], before["lag"]) == (None, None)
    commit(wire, {0: 5})
    [after] = [each for each in described(wire)["offsets"] if each["topic"].endswith("articles")]
    assert (after["committed"], after["lag"]) == (5, 2)

    lines = describe(*place(wire)).output.splitlines()
    rows = [line.split() for line in lines if line.startswith(wire.topics.articles)]
    assert rows[0] == [wire.topics.articles, "1", "1", "7", "days", "delete", "1,048,588", "7"]
    assert rows[1] == [wire.topics.articles, "0", "0", "7", "5", "2"]
    output = next(line for line in lines if line.split()[:2] == [wire.topics.threats, "0"])
    assert output.split()[2:] == ["0", "0", "–", "–"]


@pytest.mark.integration
def test_topics_under_a_pattern_are_described_and_output_topics_are_no_input(wire: Wire) -> None:
    servers = wire.broker.bootstrap_servers
    other = create_topic(servers, f"{wire.prefix}.more")
    result = describe(
        f"--bootstrap-servers={servers}",
        f"--topic-prefix={wire.prefix}",
        f"--input-topic-pattern={wire.prefix}[.].*",
        f"--group-id={wire.group_id}",
        "--json",
    )
    assert result.exit_code == 0, result.output
    names = [topic["name"] for topic in json.loads(result.output)["topics"]]
    assert names == [wire.topics.articles, other, *wire.topics.outputs]


@pytest.mark.integration
def test_a_missing_topic_is_shown_as_missing_and_exits_1(embedded_broker: LocalBroker) -> None:
    names = TopicNames(unique_name("nothing"))
    result = describe(
        f"--bootstrap-servers={embedded_broker.bootstrap_servers}",
        f"--topic-prefix={names.prefix}",
        f"--input-topic={names.articles}",
    )
    assert result.exit_code == 1
    assert result.output.count("missing") == 1 + len(names.outputs)
    assert "newswire topics create" in result.output


def test_no_broker_is_said_with_what_to_do_and_exits_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.kafka_clients.BOOTSTRAP_TIMEOUT_MS", 300)
    nobody = f"127.0.0.1:{free_port()}"
    result = describe(f"--bootstrap-servers={nobody}")
    assert result.exit_code == 1
    assert f"no Kafka broker answers at {nobody}" in result.output
