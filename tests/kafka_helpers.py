"""What tests do with a real broker: make topics, send messages, read everything back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import tenacity
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka import errors as kafka_errors

from pipeline.kafka_clients import client_settings
from pipeline.kafka_security import Cluster


def unique_name(base: str) -> str:
    """A name that no other test has: brokers are shared by the whole session."""
    return f"{base}.{uuid.uuid4().hex[:8]}"


def admin_client(bootstrap_servers: str) -> KafkaAdminClient:
    return KafkaAdminClient(**client_settings(Cluster(bootstrap_servers), role="test-admin"))


def create_topic(
    bootstrap_servers: str,
    name: str,
    partitions: int = 1,
    configs: Mapping[str, str] | None = None,
) -> str:
    """Makes the topic, waits until it can be used and gives its name."""
    wish = {"num_partitions": partitions, "replication_factor": 1, "configs": dict(configs or {})}
    with admin_client(bootstrap_servers) as admin:
        admin.create_topics({name: wish})
        admin.wait_for_topics([name])
    return name


def produce(
    bootstrap_servers: str,
    topic: str,
    values: Iterable[bytes],
    *,
    keys: Iterable[bytes] | None = None,
    **attributes: Any,
) -> None:
    """Sends the values and awaits every acknowledgement.

    ``attributes`` go to `KafkaProducer.send`: partition, timestamp_ms, headers.
    """
    producer = KafkaProducer(**client_settings(Cluster(bootstrap_servers), role="test-producer"))
    try:
        key_of = iter(keys) if keys is not None else None
        futures = [
            producer.send(topic, value, key=next(key_of) if key_of else None, **attributes)
            for value in values
        ]
        producer.flush(30)
        for future in futures:
            future.get(30)
    finally:
        producer.close()


def read_all(bootstrap_servers: str, *topics: str) -> list[Any]:
    """Every message that the topics hold now, as kafka-python's ConsumerRecords.

    In order within a partition; partitions come as they come.
    """

    def high_watermark(part: TopicPartition) -> float:
        known: int | None = consumer.highwater(part)
        return float("inf") if known is None else known

    consumer = KafkaConsumer(
        **client_settings(Cluster(bootstrap_servers), role="test-consumer"),
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    try:
        partitions = [
            TopicPartition(topic, partition)
            for topic in topics
            for partition in consumer.partitions_for_topic(topic) or ()
        ]
        consumer.assign(partitions)
        starts, ends = consumer.beginning_offsets(partitions), consumer.end_offsets(partitions)
        consumer.seek_to_beginning(*partitions)
        left = {part for part in partitions if ends[part] > starts[part]}
        messages: list[Any] = []
        while left:
            for batch in consumer.poll(timeout_ms=1_000).values():
                messages += batch
            # Not to `ends`: Tansu's come before the end of the last batch (`Capabilities`).
            left = {part for part in left if consumer.position(part) < high_watermark(part)}
        return messages
    finally:
        consumer.close()


@tenacity.retry(
    # A new broker's first question about a group waits for the topic of offsets to be made.
    retry=tenacity.retry_if_exception_type(kafka_errors.CoordinatorNotAvailableError),
    wait=tenacity.wait_fixed(0.2),
    stop=tenacity.stop_after_delay(20),
)
def committed_offsets(bootstrap_servers: str, group_id: str) -> dict[tuple[str, int], int]:
    """The offsets that a consumer group has committed, by topic and partition."""
    with admin_client(bootstrap_servers) as admin:
        offsets = admin.list_group_offsets(group_id)[group_id]
    return {(part.topic, part.partition): found.offset for part, found in offsets.items()}
