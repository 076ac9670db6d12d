"""``newswire topics create`` against real brokers."""

from __future__ import annotations

from typing import Any

import pytest
import tenacity
from click.testing import CliRunner, Result
from kafka.admin import ConfigResource, ConfigResourceType

from pipeline.brokers.apache import ApacheKafka
from pipeline.brokers.process import LocalBroker, free_port
from pipeline.commands.topics import topics
from pipeline.commands.topics_text import advice
from pipeline.topic_state import PARTITIONS, Difference
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
    row = next(line for line in result.output.splitlines() if f"{prefix}.articles" in line)
    assert row.split()[1:4] == ["exists", "2", "1"], "as it is, and not as it was wished"
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
def test_topics_that_are_as_wished_differ_in_nothing(broker: LocalBroker) -> None:
    servers, prefix = broker.bootstrap_servers, unique_name("same")
    create(*place(servers, prefix))
    again = create(*place(servers, prefix))
    assert again.output.count("exists") == len(KINDS)
    assert "differ" not in again.output


@pytest.mark.apache
@pytest.mark.integration
def test_what_differs_is_shown_with_the_commands_that_end_it(apache_broker: ApacheKafka) -> None:
    servers, prefix = apache_broker.bootstrap_servers, unique_name("differs")
    topic = create_topic(
        servers,
        f"{prefix}.articles",
        partitions=2,
        configs={
            "retention.ms": "3600000",
            "cleanup.policy": "compact",
            "max.message.bytes": "5000000",
        },
    )
    result = create(*place(servers, prefix), "--replication-factor=1")
    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.output.splitlines() if line.startswith(topic)]
    assert [topic, "partitions", "4", "2"] in rows
    assert [topic, "cleanup.policy", "delete", "compact"] in rows
    assert [topic, "max.message.bytes", "1,048,588", "5,000,000"] in rows
    [retention] = [row for row in rows if row[1] == "retention.ms"]
    assert " ".join(retention[2:]).startswith("7 days")
    assert f"--alter --topic {topic} --partitions 4" in result.output
    config_command = (
        f"kafka-configs.sh --bootstrap-server {servers} --alter --entity-type topics "
        f"--entity-name {topic} --add-config cleanup.policy=delete,retention.ms=604800000,"
        "max.message.bytes=1048588"
    )
    assert config_command in result.output

    # What is advised is what ends the difference.
    with admin_client(servers) as admin:
        wished = {
            "cleanup.policy": "delete",
            "retention.ms": "604800000",
            "max.message.bytes": "1048588",
        }
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, wished)])
        admin.create_partitions({topic: 4})
        admin.wait_for_topics([topic])

    # The broker hears of it from its controller, some time after that has taken it.
    for attempt in tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(AssertionError),
        wait=tenacity.wait_fixed(0.2),
        stop=tenacity.stop_after_delay(30),
        reraise=True,
    ):
        with attempt:
            again = create(*place(servers, prefix), "--replication-factor=1").output
            assert f"--entity-name {topic} " not in again
            assert f"--topic {topic} " not in again


def difference(kind: str, setting: str, wished: str, found: str) -> Difference:
    return Difference(f"wire.{kind}", setting, wished, found)


def test_partitions_beyond_those_wished_are_left() -> None:
    [line] = advice([difference("articles", PARTITIONS, "4", "8")], "kafka:9092")
    assert "do no harm" in line


def test_nobody_is_told_to_add_partitions_to_the_topic_of_current_values() -> None:
    [line] = advice([difference("extractions", PARTITIONS, "8", "4")], "kafka:9092")
    assert "--partitions" not in line
    assert "old values" in line


def test_values_with_commas_are_kept_together_in_the_command() -> None:
    [line] = advice(
        [difference("articles", "cleanup.policy", "compact,delete", "delete")], "kafka:9092"
    )
    assert line.endswith("--add-config cleanup.policy=[compact,delete]")


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
