"""Where partitions end, and where reading them is to begin."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError, UnknownTopicOrPartitionError

REQUEST_MS = 5_000
"""How long one request about offsets may take."""

Offsets = dict[TopicPartition, int]


@dataclass(frozen=True, slots=True)
class Start:
    """Where reading begins in a partition that the group has committed nothing for."""

    at: str = "earliest"
    """"earliest", "latest" or "time"."""
    timestamp_ms: int | None = None
    """For "time": the first message of this time or later, in milliseconds since 1970."""


EARLIEST = Start()


def partitions_of(consumer: KafkaConsumer, topics: Iterable[str]) -> list[TopicPartition]:
    """The partitions of these topics, in the topics' order; none of a topic that is not there."""
    return [
        TopicPartition(topic, number)
        for topic in topics
        for number in sorted(consumer.partitions_for_topic(topic) or ())
    ]


def committed_offsets(
    consumer: KafkaConsumer, partitions: list[TopicPartition]
) -> dict[TopicPartition, int | None]:
    """What the consumer's group has committed for each partition; None where nothing.

    Raises `kafka.errors.KafkaError` where the broker does not answer.
    """
    return {
        partition: consumer.committed(partition, timeout_ms=REQUEST_MS) for partition in partitions
    }


def resume_offsets(
    consumer: KafkaConsumer, partitions: list[TopicPartition]
) -> dict[TopicPartition, int | None]:
    """Where the consumer's group goes on in each partition; None where it has not begun.

    That is what it has committed, or the first message where the topic was made anew since. May
    move the consumer. Raises `kafka.errors.KafkaError` where the broker does not answer.
    """
    committed = committed_offsets(consumer, partitions)
    known = {partition: offset for partition, offset in committed.items() if offset is not None}
    return committed | first_offsets(consumer, beyond_the_ends(consumer, known))


def beyond_the_ends(consumer: KafkaConsumer, offsets: Mapping[TopicPartition, int]) -> Offsets:
    """The offsets that lie beyond the end of their partitions, whose topics were made anew.

    May move the consumer. Raises `kafka.errors.KafkaError` where the broker does not answer, or a
    topic is gone.
    """
    listed = _listed(consumer.end_offsets, offsets)
    beyond = [partition for partition, offset in offsets.items() if offset > listed[partition]]
    ends = end_offsets(consumer, beyond) if beyond else {}
    return {
        partition: offsets[partition]
        for partition in beyond
        if offsets[partition] > ends[partition]
    }


def first_offsets(consumer: KafkaConsumer, partitions: Collection[TopicPartition]) -> Offsets:
    """The offset of the first message that each partition still holds.

    Raises `kafka.errors.KafkaError` where the broker does not answer, or a topic is gone.
    """
    return _listed(consumer.beginning_offsets, partitions)


def _listed(ask: Callable[..., Offsets], partitions: Collection[TopicPartition]) -> Offsets:
    try:
        return dict(ask(list(partitions), timeout_ms=REQUEST_MS))
    except KeyError as error:
        # kafka-python's way to say that the broker does not know the partition.
        raise UnknownTopicOrPartitionError(f"{error} does not exist, or no longer") from error


def start_offsets(
    consumer: KafkaConsumer, partitions: list[TopicPartition], start: Start
) -> Offsets:
    """The offset that each partition is to be read from by ``start``; may move the consumer.

    Raises `kafka.errors.KafkaError` where the broker does not answer.
    """
    if not partitions:
        return {}
    if start.at == "earliest":
        return first_offsets(consumer, partitions)
    ends = end_offsets(consumer, partitions)
    if start.at == "latest":
        return ends
    wished = dict.fromkeys(partitions, start.timestamp_ms)
    found = consumer.offsets_for_times(wished, timeout_ms=REQUEST_MS)
    return {
        partition: found[partition].offset if found.get(partition) else ends[partition]
        for partition in partitions
    }


def end_offsets(consumer: KafkaConsumer, partitions: list[TopicPartition]) -> Offsets:
    """The offset behind the last message of each partition; assigns and moves the consumer.

    Raises `kafka.errors.KafkaError` where the broker does not answer.
    """
    # Tansu lists the first offset of the last batch as if it were the last one's (measured).
    # What a fetch says of the high watermark is right everywhere: so fetch the last message.
    first = first_offsets(consumer, partitions)
    listed = _listed(consumer.end_offsets, partitions)
    consumer.assign(partitions)
    for partition in partitions:
        consumer.seek(partition, max(listed[partition] - 1, first[partition]))
    deadline = time.monotonic() + REQUEST_MS / 1_000
    while any(consumer.highwater(partition) is None for partition in partitions):
        if time.monotonic() > deadline:
            raise KafkaTimeoutError(f"no answer about the ends within {REQUEST_MS} ms")
        consumer.poll(timeout_ms=100)
    return {partition: consumer.highwater(partition) for partition in partitions}
