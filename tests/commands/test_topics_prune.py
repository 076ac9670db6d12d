"""``newswire topics prune`` on real brokers: what goes, what stays, and who is asked."""

from __future__ import annotations

import time
from typing import Any

import pytest
from click.testing import CliRunner, Result
from kafka import KafkaProducer

from pipeline import pruning
from pipeline.brokers.process import LocalBroker
from pipeline.commands.topics import topics as topics_command
from pipeline.consumers import current_state
from pipeline.kafka_clients import client_settings
from pipeline.kafka_security import Cluster
from pipeline.messages import SourceMessage
from pipeline.records import Extraction, Provenance
from pipeline.serialization.messages import output_messages
from pipeline.topics import TopicNames, create_topics, topic_specs
from tests.kafka_helpers import admin_client, read_all, unique_name

pytestmark = pytest.mark.integration

DAY_MS = 24 * 60 * 60 * 1_000
ORIGIN = SourceMessage("articles", 0, 0, 0, None, None)


class Topic:
    """A topic of extractions with articles of different ages on it."""

    def __init__(self, broker: LocalBroker) -> None:
        self.servers = broker.bootstrap_servers
        self.names = TopicNames(unique_name("prune"))
        with admin_client(self.servers) as admin:
            create_topics(admin, topic_specs(self.names, partitions=2, replication_factor=1))

    def write(
        self, article_id: str, revision: int, *, days_ago: float, withdrawn: bool = False
    ) -> None:
        """Puts an extraction on the topic as a worker did so many days ago."""
        provenance = Provenance(article_id, revision, "", None, "0.1.0", "model")
        found = Extraction(provenance, skipped="withdrawn" if withdrawn else None)
        [output] = output_messages(ORIGIN, found, self.names)
        producer = KafkaProducer(**client_settings(Cluster(self.servers), role="test"))
        try:
            producer.send(
                output.topic,
                key=output.key,
                value=output.value,
                headers=list(output.headers),
                timestamp_ms=int(time.time() * 1_000 - days_ago * DAY_MS),
            ).get(30)
        finally:
            producer.close()

    def prune(self, *arguments: str) -> Result:
        place = [f"--bootstrap-servers={self.servers}", f"--topic-prefix={self.names.prefix}"]
        return CliRunner().invoke(
            topics_command, ["prune", *place, *arguments], env={"COLUMNS": "200"}
        )

    def messages(self) -> list[Any]:
        return read_all(self.servers, self.names.extractions)

    def articles(self) -> dict[str, int]:
        state = current_state(self.messages())
        return {article_id: found.provenance.revision for article_id, found in state.items()}


@pytest.fixture
def topic(broker: LocalBroker) -> Topic:
    made = Topic(broker)
    made.write("usable-old", 0, days_ago=100)
    made.write("withdrawn-old", 0, days_ago=60)
    made.write("withdrawn-old", 1, days_ago=50, withdrawn=True)
    made.write("withdrawn-new", 1, days_ago=1, withdrawn=True)
    made.write("stands-again", 1, days_ago=50, withdrawn=True)
    made.write("stands-again", 2, days_ago=49)
    return made


def test_withdrawn_articles_of_long_ago_get_a_tombstone_in_their_partition(topic: Topic) -> None:
    result = topic.prune("--withdrawn-before=30d", "--yes")
    assert result.exit_code == 0, result.output
    assert "4 articles, 2 of them withdrawn" in result.output
    assert "withdrawn-old" in result.output
    assert result.output.endswith("1 pruned.\n")
    assert topic.articles() == {"usable-old": 0, "withdrawn-new": 1, "stands-again": 2}
    [tombstone] = [message for message in topic.messages() if message.value is None]
    partitions = {m.partition for m in topic.messages() if m.key == b"withdrawn-old"}
    assert (tombstone.key, partitions) == (b"withdrawn-old", {tombstone.partition})
    assert dict(tombstone.headers) == {"newswire-status": b"PRUNED"}


def test_old_articles_go_whatever_their_status(topic: Topic) -> None:
    assert topic.prune("--older-than=45d", "--yes").exit_code == 0
    assert topic.articles() == {"withdrawn-new": 1}
    again = topic.prune("--older-than=45d", "--yes")
    assert again.output.endswith("1 articles, 1 of them withdrawn.\nNothing to prune.\n")


def test_a_dry_run_shows_all_and_writes_nothing(topic: Topic) -> None:
    before = topic.messages()
    result = topic.prune("--withdrawn-before=30d", "--older-than=90d", "--dry-run")
    assert result.exit_code == 0
    assert "usable-old" in result.output
    assert "withdrawn-old" in result.output
    assert "2 would be pruned; nothing was written" in result.output
    assert len(topic.messages()) == len(before)


def test_what_is_written_while_it_prunes_stays(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = pruning.Limits(written_before_ms=time.time() * 1_000 - 45 * DAY_MS)
    found = pruning.survey(Cluster(topic.servers), topic.names.extractions, limits)
    assert {article.article_id for article in found.chosen} == {
        "usable-old",
        "withdrawn-old",
        "stands-again",
    }
    topic.write("usable-old", 5, days_ago=0)
    send_tombstones = pruning._send_tombstones

    def after_a_worker(*arguments: Any) -> Any:
        # Between the last look and the tombstone: a moment too short to be met otherwise.
        topic.write("stands-again", 7, days_ago=0)
        return send_tombstones(*arguments)

    monkeypatch.setattr(pruning, "_send_tombstones", after_a_worker)
    done = pruning.prune(Cluster(topic.servers), topic.names.extractions, found)
    assert done == pruning.Pruned(pruned=1, kept=2)
    assert topic.articles() == {"usable-old": 5, "stands-again": 7, "withdrawn-new": 1}


def test_nobody_to_ask_is_an_error_and_nothing_is_written(topic: Topic) -> None:
    result = topic.prune("--older-than=45d")
    assert result.exit_code == 1
    assert "--yes" in result.output
    assert all(message.value is not None for message in topic.messages())


def test_what_to_prune_must_be_said(embedded_broker: LocalBroker) -> None:
    result = Topic(embedded_broker).prune()
    assert result.exit_code == 2
    assert "--withdrawn-before 30d" in result.output


def test_a_missing_topic_is_an_error(embedded_broker: LocalBroker) -> None:
    place = [f"--bootstrap-servers={embedded_broker.bootstrap_servers}", "--topic-prefix=none"]
    result = CliRunner().invoke(topics_command, ["prune", *place, "--older-than=1d"])
    assert result.exit_code == 1
    assert "there is no topic none.extractions" in result.output
