"""Which topics a pattern names, now: topics may come and go while the pipeline runs."""

from __future__ import annotations

import re
import time
from collections.abc import Collection

from kafka import KafkaAdminClient, TopicPartition

from pipeline.kafka_clients import client_settings
from pipeline.kafka_security import Cluster

INTERNAL_PREFIX = "_"
"""Begins the names of topics that hold a system's own state: ``__consumer_offsets``,
``_schemas``. No pattern means them; ``--input-topic`` can name one."""


def matches(topic: str, pattern: str, excluded: Collection[str]) -> bool:
    """Whether ``pattern`` matches the whole name of a topic that may be read.

    What the pipeline itself writes (``excluded``) never matches, nor does an internal topic.
    """
    if topic in excluded or topic.startswith(INTERNAL_PREFIX):
        return False
    return re.fullmatch(pattern, topic) is not None


def matching_topics(cluster: Cluster, pattern: str, excluded: Collection[str]) -> set[str]:
    """The names of the topics that match now.

    Raises `kafka.errors.KafkaError` where the broker does not answer.
    """
    asked = MatchingTopics(cluster, pattern, excluded)
    try:
        return {partition.topic for partition in asked.partitions()}
    finally:
        asked.close()


class MatchingTopics:
    """The partitions of all topics that match; asks the broker anew after ``max_age_seconds``.

    The admin client and not the consumer is asked: the consumer would wait without end for a
    broker that is away.
    """

    def __init__(
        self,
        cluster: Cluster,
        pattern: str,
        excluded: Collection[str],
        *,
        max_age_seconds: float = 0.0,
    ) -> None:
        self._cluster = cluster
        self._pattern = pattern
        self._excluded = frozenset(excluded)
        self._max_age = max_age_seconds
        self._admin: KafkaAdminClient | None = None
        self._found: list[TopicPartition] = []
        self._asked_at = -float("inf")

    def partitions(self) -> list[TopicPartition]:
        """Every partition of every matching topic, sorted.

        Raises `kafka.errors.KafkaError` where the broker does not answer.
        """
        if time.monotonic() - self._asked_at > self._max_age:
            self._found = self._ask()
            self._asked_at = time.monotonic()
        return self._found

    def close(self) -> None:
        """Ends the connection and forgets what was found; a later question makes a new one."""
        admin, self._admin = self._admin, None
        self._asked_at = -float("inf")
        if admin is not None:
            admin.close()

    def _ask(self) -> list[TopicPartition]:
        if self._admin is None:
            self._admin = KafkaAdminClient(**client_settings(self._cluster, role="topics"))
        return sorted(
            TopicPartition(topic["name"], partition["partition_index"])
            for topic in self._admin.describe_topics()
            if not topic["is_internal"] and matches(topic["name"], self._pattern, self._excluded)
            for partition in topic["partitions"]
        )
