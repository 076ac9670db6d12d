"""Where the partitions of topics begin and end, and how far a consumer group has come."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kafka import KafkaConsumer

from pipeline.kafka_clients import client_settings
from pipeline.kafka_security import Cluster
from pipeline.sources.offsets import committed_offsets, end_offsets, first_offsets, partitions_of


@dataclass(frozen=True, slots=True)
class PartitionOffsets:
    """One partition."""

    topic: str
    partition: int
    earliest: int
    """The offset of the oldest message that is left."""
    end: int
    """The offset behind the last message."""
    committed: int | None
    """The next offset that the group will read; None where it has committed nothing."""

    @property
    def lag(self) -> int | None:
        """How many offsets the group has before it; None where it has committed nothing."""
        return None if self.committed is None else max(self.end - self.committed, 0)


def partition_offsets(
    cluster: Cluster, topics: Collection[str], group_id: str, read: Collection[str]
) -> Sequence[PartitionOffsets]:
    """Every partition of the topics, in order; of those ``read`` also where the group is.

    Raises `kafka.errors.KafkaError` where the broker does not answer.
    """
    consumer = KafkaConsumer(
        **client_settings(cluster, role="topics"),
        group_id=group_id,
        enable_auto_commit=False,
        allow_auto_create_topics=False,
    )
    try:
        partitions = partitions_of(consumer, sorted(topics))
        ends = end_offsets(consumer, partitions)
        first = first_offsets(consumer, partitions)
        committed = committed_offsets(consumer, [each for each in partitions if each.topic in read])
    finally:
        consumer.close(autocommit=False)
    return [
        PartitionOffsets(each.topic, each.partition, first[each], ends[each], committed.get(each))
        for each in partitions
    ]
