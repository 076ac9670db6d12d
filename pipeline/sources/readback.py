"""Reading a known stretch of topics to its end: what a run has written, for a person to see."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kafka import KafkaConsumer
from kafka.errors import KafkaTimeoutError

from pipeline.kafka_clients import client_settings
from pipeline.kafka_security import Cluster
from pipeline.refusals import Right, needing
from pipeline.sources.offsets import REQUEST_MS, Offsets, end_offsets, partitions_of

if TYPE_CHECKING:
    from kafka.consumer.fetcher import ConsumerRecord

SILENCE_SECONDS = 30.0
"""How long a broker may keep back what it holds before that is an error."""


def ends_of(cluster: Cluster, topics: tuple[str, ...]) -> Offsets:
    """Where the partitions of these topics end now.

    Raises `kafka.errors.KafkaError` where no broker answers.
    """
    with needing(Right.READ, topics), _consumer(cluster) as consumer:
        return end_offsets(consumer, partitions_of(consumer, topics))


def begins_of(cluster: Cluster, topics: tuple[str, ...]) -> Offsets:
    """Where the partitions of these topics begin now.

    Raises `kafka.errors.KafkaError` where no broker answers.
    """
    with needing(Right.READ, topics), _consumer(cluster) as consumer:
        partitions = partitions_of(consumer, topics)
        return dict(consumer.beginning_offsets(partitions, timeout_ms=REQUEST_MS))


def read_between(cluster: Cluster, begins: Offsets, ends: Offsets) -> Iterator[ConsumerRecord]:
    """Every message from ``begins`` up to, and without, ``ends``; by partition, in order.

    Raises `kafka.errors.KafkaError` where the broker does not answer.
    """
    left = {partition for partition, end in ends.items() if end > begins[partition]}
    topics = {partition.topic for partition in left}
    with needing(Right.READ, topics), _consumer(cluster) as consumer:
        consumer.assign(list(left))
        for partition in left:
            consumer.seek(partition, begins[partition])
        deadline = time.monotonic() + SILENCE_SECONDS
        while left:
            for partition, records in consumer.poll(timeout_ms=500).items():
                yield from (record for record in records if record.offset < ends[partition])
                deadline = time.monotonic() + SILENCE_SECONDS
            left = {
                partition for partition in left if consumer.position(partition) < ends[partition]
            }
            if time.monotonic() > deadline:
                raise KafkaTimeoutError(f"no message within {SILENCE_SECONDS:.0f} s")


def _consumer(cluster: Cluster) -> KafkaConsumer:
    return KafkaConsumer(
        **client_settings(cluster, role="read-back"),
        group_id=None,
        enable_auto_commit=False,
        allow_auto_create_topics=False,
        auto_offset_reset="earliest",
    )
