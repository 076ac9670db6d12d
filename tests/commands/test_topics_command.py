"""``newswire topics create`` against real brokers."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner, Result
from kafka.admin import ConfigResource, ConfigResourceType

from pipeline.brokers.apache import ApacheKafka
from pipeline.brokers.process import LocalBroker, free_port
from pipeline.commands.topics import topics
from pipeline.topics import DEAD_LETTER_ALLOWANCE_BYTES, DEFAULT_MAX_MESSAGE_BYTES
from tests.kafka_helpers import admin_client, create_topic, unique_name

KINDS = ("articles", "actors", "threats", "denials", "extractions", "dead-letters")


def create(*arguments: str, env: dict[str, str] | None = None) -> Result:
    # Wide, or the table breaks long names over lines.
    return CliRunner().invoke(topics, ["create", *arguments], env={"COLUMNS": "200", **(env or {})})


def place(servers: str, prefix: str) -> list[str]:
    """The options that keep a test to topics of its own."""
    articles = f"{prefix}.articles"
    return [f"--bootstrap-servers={servers}", f"--topic-prefix={prefix}", "--input-topic", articles]


def partitions(servers: str, prefix: str) -> dict[str, int]:
    with admin_client(servers) as admin:
        found = admin.describe_topics([f"{prefix}.{kind}" for kind in KINDS])
    return {topic["name"].removeprefix(f"{prefix}."): len(topic["partitions"]) for topic in found}


def settings(servers: str, topic: str) -> dict[str, Any]:
    with admin_client(servers) as admin:
        wish = ConfigResource(ConfigResourceType.TOPIC, topic)
        found = admin.describe_configs([wish], config_filter="all")["topic"][topic]
    return {name: setting["value"] for name, setting in found.items()}


@pytest.mark.integration
def test_every_topic_is_made_with_four_partitions_but_the_dead_letters(broker: LocalBroker) -> None:
    prefix = unique_name("made")
    result = create(*place(broker.bootstrap_servers, prefix))
    assert result.exit_code == 0, result.output
    assert result.output.count("created") == len(KINDS)
    assert partitions(broker.bootstrap_servers, prefix) == {
        "articles": 4,
        "actors": 4,
        "threats": 4,
        "denials": 4,
        "extractions": 4,
        "dead-letters": 1,
    }


@pytest.mark.integration
def test_a_topic_that_exists_is_left_as_it_is_and_said(broker: LocalBroker) -> None:
    servers, prefix = broker.bootstrap_servers, unique_name("again")
    create_topic(servers, f"{prefix}.articles", partitions=2)
    result = create(*place(servers, prefix), "--partitions=3")
    assert result.exit_code == 0, result.output
    (row,) = [line for line in result.output.splitlines() if f"{prefix}.articles" in line]
    assert row.split()[1:] == ["exists"]
    assert partitions(servers, prefix)["articles"] == 2
    assert partitions(servers, prefix)["threats"] == 3
    again = create(*place(servers, prefix))
    assert again.exit_code == 0
    assert again.output.count("exists") == len(KINDS)


@pytest.mark.apache
@pytest.mark.integration
def test_the_broker_has_the_sizes_and_retentions_that_were_asked_for(
    apache_broker: ApacheKafka,
) -> None:
    servers, prefix = apache_broker.bootstrap_servers, unique_name("settings")
    retention = ["--articles-retention=12h", "--records-retention=forever"]
    result = create(*place(servers, prefix), *retention)
    assert result.exit_code == 0, result.output
    articles = settings(servers, f"{prefix}.articles")
    assert articles["retention.ms"] == str(12 * 60 * 60 * 1000)
    assert articles["max.message.bytes"] == str(DEFAULT_MAX_MESSAGE_BYTES)
    assert articles["cleanup.policy"] == "delete"
    dead = settings(servers, f"{prefix}.dead-letters")
    assert dead["retention.ms"] == "-1"
    largest = DEFAULT_MAX_MESSAGE_BYTES + DEAD_LETTER_ALLOWANCE_BYTES
    assert dead["max.message.bytes"] == str(largest)


@pytest.mark.apache
@pytest.mark.integration
def test_dead_letters_have_room_for_articles_of_a_topic_that_takes_large_ones(
    apache_broker: ApacheKafka,
) -> None:
    servers, prefix = apache_broker.bootstrap_servers, unique_name("large")
    create_topic(servers, f"{prefix}.articles", configs={"max.message.bytes": "5000000"})
    result = create(*place(servers, prefix))
    assert result.exit_code == 0, result.output
    dead = settings(servers, f"{prefix}.dead-letters")
    assert dead["max.message.bytes"] == str(5_000_000 + DEAD_LETTER_ALLOWANCE_BYTES)


@pytest.mark.apache
@pytest.mark.integration
def test_what_the_broker_refuses_is_named_with_its_reason_and_exits_1(
    apache_broker: ApacheKafka,
) -> None:
    result = create(
        *place(apache_broker.bootstrap_servers, unique_name("copies")), "--replication-factor=3"
    )
    assert result.exit_code == 1
    assert "6 of 6 topics could not be made" in result.output
    assert "replication factor" in result.output.lower()
    assert "created" not in result.output


@pytest.mark.integration
def test_servers_and_prefix_also_come_from_the_environment(embedded_broker: LocalBroker) -> None:
    prefix = unique_name("env")
    environment = {
        "NEWSWIRE_BOOTSTRAP_SERVERS": embedded_broker.bootstrap_servers,
        "NEWSWIRE_TOPIC_PREFIX": prefix,
        "NEWSWIRE_INPUT_TOPIC": f"{prefix}.articles,{prefix}.archive",
        "NEWSWIRE_PARTITIONS": "2",
    }
    result = create(env=environment)
    assert result.exit_code == 0, result.output
    assert f"{prefix}.archive" in result.output
    assert partitions(embedded_broker.bootstrap_servers, prefix)["articles"] == 2


def test_no_broker_is_said_with_what_to_do_and_exits_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.kafka_clients.BOOTSTRAP_TIMEOUT_MS", 300)
    nobody = f"127.0.0.1:{free_port()}"
    result = create(f"--bootstrap-servers={nobody}")
    assert result.exit_code == 1
    assert f"no Kafka broker answers at {nobody}" in result.output
    assert "--bootstrap-servers" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["--partitions=0"],
        ["--bootstrap-servers=nonsense"],
        ["--topic-prefix=white space"],
        ["--no-such-option"],
    ],
)
def test_wrong_usage_exits_2_before_any_broker_is_asked(arguments: list[str]) -> None:
    assert create(*arguments).exit_code == 2


def test_the_help_shows_examples_and_variables() -> None:
    result = create("--help")
    assert result.exit_code == 0
    assert "newswire topics create --bootstrap-servers" in result.output
    assert "NEWSWIRE_PARTITIONS" in result.output
