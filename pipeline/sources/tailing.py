"""Reading topics for a person to look at: no group, nothing committed, nothing kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kafka import KafkaConsumer, TopicPartition

from pipeline.errors import CommandError
from pipeline.kafka_clients import client_settings, hidden
from pipeline.kafka_security import Cluster
from pipeline.refusals import Right, needing
from pipeline.sources.offsets import REQUEST_MS, end_offsets, partitions_of

if TYPE_CHECKING:
    from kafka.consumer.fetcher import ConsumerRecord

POLL_MS = 500


def messages(
    cluster: Cluster, topics: list[str], *, from_beginning: bool, follow: bool
) -> Iterator[list[ConsumerRecord]]:
    """The topics' messages as they come, in batches, each in the order of writing.

    Ends where the topics ended at the start, unless ``follow``. Raises `CommandError` where a
    topic is missing, and `kafka.errors.KafkaError` where no broker answers.
    """
    consumer = KafkaConsumer(
        **client_settings(cluster, role="tail"),
        enable_auto_commit=False,
        allow_auto_create_topics=False,
        auto_offset_reset="earliest",
    )
    try:
        with needing(Right.READ, topics):
            partitions = _partitions(consumer, topics, cluster)
            ends = end_offsets(consumer, partitions)
            begins = ends
            if from_beginning:
                begins = dict(consumer.beginning_offsets(partitions, timeout_ms=REQUEST_MS))
            for partition in partitions:
                consumer.seek(partition, begins[partition])
            while follow or any(consumer.position(tp) < ends[tp] for tp in partitions):
                polled = consumer.poll(timeout_ms=POLL_MS)
                batch = [
                    message
                    for partition, found in polled.items()
                    for message in found
                    # What was written since the start is for those who follow.
                    if follow or message.offset < ends[partition]
                ]
                if batch:
                    yield sorted(batch, key=lambda message: message.timestamp)
    finally:
        consumer.close(autocommit=False, timeout_ms=1_000)


def _partitions(
    consumer: KafkaConsumer, topics: list[str], cluster: Cluster
) -> list[TopicPartition]:
    there = set(consumer.topics())
    missing = [topic for topic in topics if topic not in there]
    if missing:
        raise CommandError(
            f"there is no topic {', '.join(missing)} at {cluster}. `newswire topics "
            f"create` makes the topics; --topic-prefix names others.{hidden(cluster)}"
        )
    return partitions_of(consumer, topics)
