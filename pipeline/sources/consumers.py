"""The process's Kafka consumers, one a split, lent to whichever reader goes on reading it.

Runners make readers anew all the time and do not close them (measured), so a reader owns no
connection: it borrows the split's consumer, which stays where the last reader stopped and
seeks only where a reader stands elsewhere.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from kafka import KafkaConsumer, TopicPartition, codec
from kafka.errors import KafkaError, UnknownTopicOrPartitionError

from pipeline import metrics
from pipeline.kafka_clients import client_settings
from pipeline.messages import SourceMessage
from pipeline.outages import OUTAGES, Result, patiently
from pipeline.refusals import Right
from pipeline.sources.commits import COMMITTERS
from pipeline.sources.offsets import (
    REQUEST_MS,
    Offsets,
    beyond_the_ends,
    first_offsets,
    resume_offsets,
)
from pipeline.sources.topic_patterns import MatchingTopics

if TYPE_CHECKING:
    from kafka.consumer.fetcher import ConsumerRecord

    from pipeline.sources.kafka import KafkaReader, SplitSettings

_LOGGER = logging.getLogger(__name__)

HOUSEKEEPING_SECONDS = 3.0
"""How often an idle consumer makes sure that the broker is there, and looks at its ends."""

PARTITIONS_SECONDS = 3.0
"""How often it is looked for partitions that are new, busy or idle."""

PARTITIONS_MAX_AGE_MS = 10_000
"""How old a view of the partitions of a topic, and of the topics under a pattern, may get."""

MAX_BATCH_BYTES = 64 * 1024 * 1024
"""The largest batch once decompressed. Java's producers leave its size out of their zstd
frames, and kafka-python then takes one MiB for the largest: beyond, reading would stick."""

IDLE_SECONDS = 60.0
"""A consumer that no reader has asked for this long is closed."""


class SplitConsumer:
    """One consumer over a set of partitions, with what it has fetched and not yet handed out.

    All methods may be called from any thread; readers take turns.
    """

    def __init__(self, settings: SplitSettings) -> None:
        self._settings = settings
        self._lock = threading.RLock()
        self._consumer: KafkaConsumer | None = None
        self._holder: KafkaReader | None = None
        self._fetched: deque[ConsumerRecord] = deque()
        self._offsets: dict[TopicPartition, int] = {}
        self._topic_ids: dict[str, UUID] = {}
        self._ends: dict[TopicPartition, int] = {}
        self._committer = COMMITTERS.get((settings.cluster, settings.group_id))
        self._outage = OUTAGES.get((f"The Kafka broker at {settings.cluster}", settings))
        self._housekeeping_due = 0.0
        self._partitions_due = time.monotonic() + PARTITIONS_SECONDS
        self._matching: MatchingTopics | None = None
        if settings.topic_pattern is not None:
            self._matching = MatchingTopics(
                settings.cluster,
                settings.topic_pattern,
                settings.excluded_topics,
                max_age_seconds=PARTITIONS_MAX_AGE_MS / 1_000,
            )
        self.last_used = time.monotonic()

    def take(self, reader: KafkaReader, *, wait_seconds: float) -> SourceMessage | None:
        """The next message after ``reader.offsets``, which are moved past it.

        Waits for one for ``wait_seconds`` at most; None where none came. Raises
        `pipeline.outages.Unavailable` where no broker answers within the settings' retry time.
        """
        with self._lock:
            self.last_used = time.monotonic()
            self._lend_to(reader)
            if not self._fetched:
                self._patiently(lambda: self._fetch(wait_seconds))
            message = self._hand_out()
            # As a whole: a topic under the pattern may be gone.
            reader.offsets = dict(self._offsets)
            return message

    def is_at_end(self, partition: TopicPartition) -> bool:
        """Whether all that the broker was last known to hold has been handed out."""
        end = self._ends.get(partition)
        return end is not None and self._offsets.get(partition, -1) >= end

    def begin(self, start: Callable[[KafkaConsumer, list[TopicPartition]], Offsets]) -> Offsets:
        """The offsets to begin from, for all partitions: those of ``start(consumer, partitions)``.

        Where these are gone, or the topic was made anew, it is the first message that is left.

        Raises `pipeline.outages.Unavailable` as `take` does.
        """
        with self._lock:
            self._patiently(lambda: self._seek(start(self._connected(), self._partitions())))
            return dict(self._offsets)

    def close(self) -> None:
        """Ends the connection; a reader that still wants the split makes a new one."""
        with self._lock:
            consumer, self._consumer = self._consumer, None
            self._holder = None
            self._fetched.clear()
            if self._matching is not None:
                self._matching.close()
            if consumer is not None:
                consumer.close(autocommit=False, timeout_ms=1_000)

    def _patiently(self, operation: Callable[[], Result]) -> Result:
        return patiently(
            operation,
            seconds=self._settings.bundle_retry_seconds,
            outage=self._outage,
            on_error=lambda error: self.close(),
            right=Right.READ,
        )

    def _connected(self) -> KafkaConsumer:
        if self._consumer is None:
            codec.ZSTD_MAX_OUTPUT_SIZE = MAX_BATCH_BYTES
            self._consumer = KafkaConsumer(
                **client_settings(self._settings.cluster, role="source")
                | {"metadata_max_age_ms": PARTITIONS_MAX_AGE_MS},
                # Only to look up what the group has committed; it never joins the group.
                group_id=self._settings.group_id,
                enable_auto_commit=False,
                allow_auto_create_topics=False,
                # Every position is set by a seek. This holds only for an offset that is gone
                # (retention, a topic made anew), where reading on from the oldest message
                # that is left loses least.
                auto_offset_reset="earliest",
            )
        return self._consumer

    def _partitions(self) -> list[TopicPartition]:
        """The partitions that belong to this split now."""
        consumer = self._connected()
        found = []
        for topic in self._settings.topics:
            ids = consumer.partitions_for_topic(topic)
            if not ids:
                raise UnknownTopicOrPartitionError(
                    f"topic {topic} does not exist; `newswire topics create` makes it"
                )
            found += [TopicPartition(topic, id_) for id_ in sorted(ids)]
        if self._matching is not None:
            found += self._matching.partitions()
        # A topic may be named and match as well.
        return [partition for partition in dict.fromkeys(found) if self._settings.owns(partition)]

    def _lend_to(self, reader: KafkaReader) -> None:
        if self._holder is reader and self._consumer is not None:
            return
        if self._consumer is None or self._offsets != reader.offsets:
            self._patiently(lambda: self._seek(reader.offsets))
        self._holder = reader

    def _seek(self, offsets: Mapping[TopicPartition, int]) -> None:
        consumer = self._connected()
        self._fetched.clear()
        self._offsets = self._without_gone(offsets)
        if not self._offsets:
            return
        first = first_offsets(consumer, self._offsets)
        beyond = beyond_the_ends(consumer, self._offsets)
        anew = self._made_anew(consumer)
        self._topic_ids |= anew
        consumer.assign(list(self._offsets))
        for partition, offset in dict(self._offsets).items():
            is_anew = partition in beyond or partition.topic in anew
            if offset < first[partition] or (is_anew and offset > first[partition]):
                self._note_lost(partition, offset, first[partition])
            consumer.seek(partition, self._offsets[partition])

    def _made_anew(self, consumer: KafkaConsumer) -> dict[str, UUID]:
        """Topics that are others by now than those in which we stand, and their new ids.

        kafka-python goes on in such a one at the offset where it was in the old one, or at its end,
        and passes over all before that (measured).
        """
        anew = {}
        for topic in {partition.topic for partition in self._offsets}:
            now = consumer._cluster.topic_id(topic)
            if now is not None and self._topic_ids.setdefault(topic, now) != now:
                anew[topic] = now
        return anew

    def _note_if_lost(self, consumer: KafkaConsumer, partition: TopicPartition, to: int) -> None:
        """Tells what was deleted before it was read, where reading goes on at ``to``."""
        expected = self._offsets[partition]
        if to <= expected:
            return
        # Most jumps pass over what holds no message: transaction markers, what was compacted.
        first = first_offsets(consumer, [partition])[partition]
        if first > expected:
            self._note_lost(partition, expected, first)

    def _note_lost(self, partition: TopicPartition, expected: int, found: int) -> None:
        _LOGGER.error(
            "Reading %s[%d] was to go on at offset %d and goes on at %d: %s.",
            *partition,
            expected,
            found,
            "the messages between were deleted before they were read (retention)"
            if found > expected
            else "the topic was made anew",
        )
        metrics.MESSAGES_LOST.inc(max(found - expected, 0))
        self._offsets[partition] = found
        if found < expected:
            # Else what is read of the new topic would look as if it had long been committed.
            self._committer.starts_from({partition: None})

    def _fetch(self, wait_seconds: float) -> None:
        if self._consumer is None:  # lost in an outage
            self._seek(dict(self._offsets))
        consumer = self._connected()
        if time.monotonic() >= self._partitions_due:
            # Also while messages keep coming; none is fetched and not handed out at this point.
            self._follow_topics()
            self._partitions_due = time.monotonic() + PARTITIONS_SECONDS
        polled = {}
        if self._offsets:
            polled = consumer.poll(timeout_ms=int(wait_seconds * 1_000))
        else:  # more splits than partitions, or no topic yet that matches
            time.sleep(wait_seconds)
        if self._made_anew(consumer):
            self._seek(dict(self._offsets))
            polled = {}
        for partition, records in polled.items():
            self._note_if_lost(consumer, partition, records[0].offset)
        for records in polled.values():
            self._fetched.extend(records)
        if not polled and time.monotonic() >= self._housekeeping_due:
            # An empty poll looks the same whether nothing was written or nobody is there.
            first_offsets(consumer, self._offsets)
            self._housekeeping_due = time.monotonic() + HOUSEKEEPING_SECONDS
        for partition in self._offsets:
            highwater = consumer.highwater(partition)
            if highwater is not None:
                self._ends[partition] = highwater
                self._note_progress(partition)

    def _without_gone(self, offsets: Mapping[TopicPartition, int]) -> Offsets:
        """``offsets`` without the topics under the pattern that were deleted meanwhile."""
        if self._matching is None:
            return dict(offsets)
        there = {*self._settings.topics, *(tp.topic for tp in self._matching.partitions())}
        for topic in sorted({partition.topic for partition in offsets} - there):
            _LOGGER.warning("Topic %s is gone; it is read no longer.", topic)
        return {
            partition: offset for partition, offset in offsets.items() if partition.topic in there
        }

    def _follow_topics(self) -> None:
        """Begins with the partitions that are new, and lets go of deleted topics."""
        kept = self._without_gone(self._offsets)
        new = [tp for tp in self._partitions() if tp not in kept]
        if not new and len(kept) == len(self._offsets):
            return
        consumer = self._connected()
        first = first_offsets(consumer, new) if new else {}
        resumed = resume_offsets(consumer, new)
        self._committer.starts_from(resumed)
        consumer.assign([*kept, *new])
        for partition in new:
            # From its beginning, whatever --auto-offset-reset says: what was written before
            # we noticed the partition is part of the wire. The group may know it already,
            # where its topic was gone for a while.
            kept[partition] = max(resumed[partition] or 0, first[partition])
            _LOGGER.info("Reading the new partition %s[%d].", *partition)
        for partition, offset in kept.items():
            consumer.seek(partition, offset)
        self._offsets = kept

    def _hand_out(self) -> SourceMessage | None:
        while self._fetched:
            record = self._fetched.popleft()
            partition = TopicPartition(record.topic, record.partition)
            if record.offset < self._offsets[partition]:
                self._note_lost(partition, self._offsets[partition], record.offset)
            stop = self._settings.stop_offset(partition)
            if stop is not None and record.offset >= stop:
                # Beyond what this run is to read.
                self._offsets[partition] = max(self._offsets[partition], stop)
                continue
            self._offsets[partition] = record.offset + 1
            self._note_progress(partition)
            return _message(record)
        self._patiently(self._skip_gaps)
        return None

    def _skip_gaps(self) -> None:
        """Moves offsets past what holds no message: transaction markers, compacted ones."""
        if self._consumer is None:
            return
        for partition in list(self._offsets):
            position = self._consumer.position(partition, timeout_ms=REQUEST_MS)
            if position is None:
                continue
            stop = self._settings.stop_offset(partition)
            reached = position if stop is None else min(position, stop)
            self._note_if_lost(self._consumer, partition, reached)
            self._offsets[partition] = max(self._offsets[partition], reached)
            self._note_progress(partition)

    def _note_progress(self, partition: TopicPartition) -> None:
        lag = max(self._ends.get(partition, 0) - self._offsets[partition], 0)
        metrics.consumer_lag(partition.topic, partition.partition).set(lag)


def _message(record: ConsumerRecord) -> SourceMessage:
    return SourceMessage(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp_ms=record.timestamp,
        key=_bytes(record.key),
        value=_bytes(record.value),
        headers=tuple((name, _bytes(value) or b"") for name, value in record.headers),
    )


def _bytes(value: bytes | memoryview | None) -> bytes | None:
    # Uncompressed batches are handed out as views into the fetch's buffer.
    return None if value is None else bytes(value)


class _Pool:
    """The process's split consumers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_split: dict[SplitSettings, SplitConsumer] = {}

    def borrow(self, settings: SplitSettings) -> SplitConsumer:
        """The consumer of this split, made if need be; closes those long unused."""
        with self._lock:
            now = time.monotonic()
            idle = [
                key
                for key, consumer in self._by_split.items()
                if key != settings and now - consumer.last_used > IDLE_SECONDS
            ]
            stale = [self._by_split.pop(key) for key in idle]
            if settings not in self._by_split:
                self._by_split[settings] = SplitConsumer(settings)
            borrowed = self._by_split[settings]
            borrowed.last_used = now
            metrics.MAP_ENTRIES.labels("consumers").set(len(self._by_split))
        _close(stale)
        return borrowed

    def close_all(self) -> None:
        """Closes every consumer, at the end of a run or before it is submitted again."""
        with self._lock:
            consumers = list(self._by_split.values())
            self._by_split.clear()
            metrics.MAP_ENTRIES.labels("consumers").set(0)
        _close(consumers)


def _close(consumers: Iterable[SplitConsumer]) -> None:
    for consumer in consumers:
        try:
            consumer.close()
        except KafkaError as error:
            _LOGGER.debug("Closing a consumer: %s", error)


CONSUMERS = _Pool()
