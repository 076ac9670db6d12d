"""Follows the output topics into the feed: no group, nothing committed, through any outage."""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from pipeline.dashboard.entries import Entry, Place, entry
from pipeline.dashboard.feed import Feed, Note
from pipeline.errors import CommandError
from pipeline.kafka_clients import client_settings, explain, hidden
from pipeline.kafka_security import Cluster
from pipeline.outages import Misconfigured, OutageLog, Unavailable
from pipeline.records import Denial, ExtractionStatus, Threat
from pipeline.serialization.avro import decode
from pipeline.serialization.framing import AvroError, WriterSchemas, is_framed
from pipeline.serialization.messages import REVISION_HEADER, STATUS_HEADER
from pipeline.sources.offsets import Offsets, end_offsets, first_offsets, partitions_of
from pipeline.topics import TopicNames

if TYPE_CHECKING:
    from kafka.consumer.fetcher import ConsumerRecord

_LOGGER = logging.getLogger(__name__)

POLL_MS = 300
BACKOFF_SECONDS = 2.0
LOOK_AROUND_SECONDS = 3.0
"""How often an idle reader makes sure that the broker is there, and looks for new partitions."""

HISTORY_SECONDS = 60.0
"""How long what was there at the start may take to come before the page shows what it has."""


class Reader:
    """Fills a feed from a thread of its own."""

    def __init__(
        self, cluster: Cluster, topics: TopicNames, feed: Feed, writer_of: WriterSchemas | None
    ) -> None:
        """Raises `CommandError` where a topic is missing, `KafkaError` where no broker answers."""
        self._cluster = cluster
        self._feed = feed
        self._writer_of = writer_of
        self._lanes = {topics.threats: "t", topics.denials: "d"}
        self._extractions = topics.extractions
        self._topics = [topics.threats, topics.denials, topics.extractions]
        self._outage = OutageLog(f"The Kafka broker at {cluster}")
        self._positions: Offsets = {}
        self._ends: Offsets = {}
        self._stopping = threading.Event()
        self._consumer: KafkaConsumer | None = None
        self._thread = threading.Thread(target=self._run, name="dashboard-reader", daemon=True)
        there = set(self._connected().topics())
        missing = [topic for topic in self._topics if topic not in there]
        if missing:
            self._close()
            raise CommandError(
                f"there is no topic {', '.join(missing)} at {cluster}. `newswire topics create` "
                f"makes the topics; --topic-prefix names others.{hidden(cluster)}"
            )

    def start(self, history: int) -> None:
        """Begins with the newest ``history`` records, and goes on from there.

        Raises `KafkaError` where the broker does not answer.
        """
        consumer = self._connected()
        partitions = partitions_of(consumer, self._topics)
        ends = end_offsets(consumer, partitions)
        first = first_offsets(consumer, partitions)
        begins = {tp: max(first[tp], ends[tp] - history) for tp in partitions}
        self._begin(begins)
        self._seek()
        self._ends = ends
        self._thread.start()

    def close(self) -> None:
        """Ends reading."""
        self._stopping.set()
        self._thread.join(10)
        self._close()

    def _connected(self) -> KafkaConsumer:
        if self._consumer is None:
            self._consumer = KafkaConsumer(
                **client_settings(self._cluster, role="dashboard"),
                group_id=None,
                enable_auto_commit=False,
                allow_auto_create_topics=False,
                auto_offset_reset="earliest",
            )
        return self._consumer

    def _close(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            with suppress(KafkaError):
                consumer.close(autocommit=False, timeout_ms=1_000)

    def _begin(self, begins: Offsets) -> None:
        self._positions |= begins
        for partition, offset in begins.items():
            if partition.topic in self._lanes:
                self._feed.begin(self._lane(partition), offset)

    def _seek(self) -> None:
        consumer = self._connected()
        consumer.assign(list(self._positions))
        for partition, offset in self._positions.items():
            consumer.seek(partition, offset)

    def _run(self) -> None:
        self._safely(self._read_history)
        self._feed.ready.set()
        self._feed.wake()
        while not self._stopping.is_set():
            self._safely(self._follow)

    def _safely(self, step: Callable[[], None]) -> None:
        """Whatever goes wrong is told on the page, and tried again from where it was."""
        try:
            step()
        except (KafkaError, Unavailable, Misconfigured) as error:
            why = explain(error, self._cluster) if isinstance(error, KafkaError) else str(error)
            self._trouble(why)
        except Exception:
            _LOGGER.exception("Reading for the live page failed; trying again.")
            self._trouble("an error, see the log")

    def _trouble(self, why: str) -> None:
        self._outage.away(why)
        self._feed.away = why
        self._close()
        self._stopping.wait(BACKOFF_SECONDS)

    def _read_history(self) -> None:
        """What was there at the start: in the order of writing, across partitions."""
        found: dict[TopicPartition, list[Entry]] = {}
        read: Offsets = {}
        deadline = time.monotonic() + HISTORY_SECONDS
        consumer = self._connected()
        while not self._stopping.is_set() and time.monotonic() < deadline:
            if all(consumer.position(tp) >= end for tp, end in self._ends.items()):
                break
            for partition, messages in consumer.poll(timeout_ms=POLL_MS).items():
                found.setdefault(partition, []).extend(self._entries(messages))
                read[partition] = messages[-1].offset + 1
        # A partition's own order stays, whatever its producers' clocks say.
        self._feed.add(heapq.merge(*found.values(), key=lambda entry: entry.at))
        self._positions |= read

    def _follow(self) -> None:
        if self._consumer is None:
            self._seek()
            self._look_around()
        due = time.monotonic() + LOOK_AROUND_SECONDS
        while not self._stopping.is_set():
            polled = self._connected().poll(timeout_ms=POLL_MS)
            for partition, messages in polled.items():
                self._feed.add(self._entries(messages))
                self._positions[partition] = messages[-1].offset + 1
            if time.monotonic() >= due:
                self._look_around()
                due = time.monotonic() + LOOK_AROUND_SECONDS

    def _look_around(self) -> None:
        consumer = self._connected()
        # An empty poll looks the same whether nothing was written or nobody is there.
        first_offsets(consumer, self._positions)
        self._outage.back()
        self._feed.away = None
        new = [tp for tp in partitions_of(consumer, self._topics) if tp not in self._positions]
        if new:
            self._begin(first_offsets(consumer, new))
            self._seek()

    def _entries(self, messages: Iterable[ConsumerRecord]) -> list[Entry]:
        entries = []
        for message in messages:
            if message.topic == self._extractions:
                self._note(message)
                continue
            record = self._record(message)
            if record is not None:
                partition = TopicPartition(message.topic, message.partition)
                entries.append(entry(message, record, self._lane(partition)))
        return entries

    def _record(self, message: ConsumerRecord) -> Threat | Denial | None:
        value = bytes(message.value or b"")
        place = f"{message.topic}[{message.partition}]@{message.offset}"
        if not is_framed(value):
            _LOGGER.warning("What is at %s is no record; it is passed over.", place)
            return None
        try:
            record = decode(value, self._writer_of)
        except AvroError as error:
            _LOGGER.warning("What is at %s can't be read: %s", place, error)
            return None
        return record if isinstance(record, Threat | Denial) else None

    def _note(self, message: ConsumerRecord) -> None:
        """By the headers alone: the value is read when somebody opens the article."""
        headers = dict(message.headers)
        if message.key is None or message.value is None or REVISION_HEADER not in headers:
            return
        with suppress(ValueError, TypeError):
            self._feed.note(
                Note(
                    article=bytes(message.key).decode(),
                    revision=int(headers[REVISION_HEADER]),
                    withdrawn=headers.get(STATUS_HEADER)
                    == ExtractionStatus.WITHDRAWN.value.encode(),
                ),
                Place(message.topic, message.partition, message.offset),
            )

    def _lane(self, partition: TopicPartition) -> str:
        return f"{self._lanes[partition.topic]}{partition.partition}"
