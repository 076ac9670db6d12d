"""A wire of its own for a test: topics on a real broker, articles on it, and what came out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from pipeline.brokers.process import LocalBroker
from pipeline.consumers import current_state
from pipeline.records import Extraction
from pipeline.topics import TopicNames, create_topics, topic_specs
from tests.kafka_helpers import admin_client, committed_offsets, produce, read_all, unique_name
from tests.numbered_articles import numbered_article


@dataclass
class Wire:
    """Topics that no other test uses, and a consumer group."""

    broker: LocalBroker
    prefix: str = field(default_factory=lambda: unique_name("wire"))
    partitions: int = 3

    def __post_init__(self) -> None:
        self.topics = TopicNames(self.prefix)
        self.group_id = self.prefix
        specs = topic_specs(self.topics, partitions=self.partitions, replication_factor=1)
        with admin_client(self.broker.bootstrap_servers) as admin:
            create_topics(admin, specs)

    @property
    def run_arguments(self) -> list[str]:
        """``newswire run`` on this wire."""
        return [
            "run",
            f"--bootstrap-servers={self.broker.bootstrap_servers}",
            f"--input-topic={self.topics.articles}",
            f"--topic-prefix={self.prefix}",
            f"--group-id={self.group_id}",
            "--metrics-address=127.0.0.1:0",
        ]

    def publish(self, *numbers: int) -> None:
        """Puts the numbered articles on the wire."""
        self.publish_to(self.topics.articles, *numbers)

    def publish_to(self, topic: str, *numbers: int) -> None:
        """Puts the numbered articles on another topic."""
        articles = [numbered_article(number) for number in numbers]
        produce(
            self.broker.bootstrap_servers,
            topic,
            [value for _, value in articles],
            keys=[key for key, _ in articles],
        )

    def publish_raw(self, *values: bytes) -> None:
        """Puts these bytes on the wire."""
        produce(self.broker.bootstrap_servers, self.topics.articles, values)

    @property
    def committed(self) -> int:
        """How many articles the group has committed."""
        return sum(committed_offsets(self.broker.bootstrap_servers, self.group_id).values())

    def records(self) -> dict[bytes, list[bytes]]:
        """Every value written under each record id, on all record topics."""
        found: dict[bytes, list[bytes]] = defaultdict(list)
        for message in read_all(self.broker.bootstrap_servers, *self.topics.records):
            found[bytes(message.key)].append(bytes(message.value))
        return found

    def article_ids(self) -> set[str]:
        """The articles that have left a record."""
        return {
            dict(message.headers)["newswire-article-id"].decode()
            for message in read_all(self.broker.bootstrap_servers, *self.topics.records)
        }

    def current_state(self) -> dict[str, Extraction]:
        """What holds of each article, by the topic of extractions."""
        return current_state(read_all(self.broker.bootstrap_servers, self.topics.extractions))

    def dead_letters(self) -> list[dict[str, bytes]]:
        """The headers of every dead letter, with its value under ``value``."""
        return [
            {**dict(message.headers), "value": message.value}
            for message in read_all(self.broker.bootstrap_servers, self.topics.dead_letters)
        ]
