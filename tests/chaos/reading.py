"""Reads the wire and the output topics to their ends, into an `Account`."""

from __future__ import annotations

import time

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError

from pipeline.kafka_clients import client_settings
from pipeline.kafka_security import Cluster
from pipeline.records import Extraction, Record
from pipeline.serialization.avro import decode
from pipeline.serialization.framing import HEADER_BYTES
from pipeline.sinks.dead_letters import PREFIX
from pipeline.sources.offsets import partitions_of
from pipeline.topics import TopicNames
from tests.chaos.accounts import Account, Place, RecordKey, Version, digest
from tests.chaos.articles import NUMBER_HEADER, wire_article

READ_SECONDS = 60.0
"""How long it may take to come to the ends."""


class TopicsReader:
    """One consumer over all topics of a run, that goes on where it stopped."""

    def __init__(self, bootstrap_servers: str, topics: TopicNames, account: Account) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._topics = topics
        self._account = account
        self._next: dict[TopicPartition, int] = {}
        self._consumer: KafkaConsumer | None = None

    def read_to_the_ends(self) -> dict[int, int]:
        """Takes in all that the topics hold now; gives the ends of the wire's partitions.

        Raises `kafka.errors.KafkaError` where the broker does not answer.
        """
        consumer = self._connected()
        try:
            ends = consumer.end_offsets(list(self._next), timeout_ms=5_000)
            deadline = time.monotonic() + READ_SECONDS
            while any(self._next[partition] < end for partition, end in ends.items()):
                for partition, messages in consumer.poll(timeout_ms=500).items():
                    for message in messages:
                        self._take(message)
                    self._next[partition] = messages[-1].offset + 1
                if time.monotonic() > deadline:
                    raise KafkaTimeoutError("the ends of the topics were not reached")
        except BaseException:
            self.close()
            raise
        return {
            partition.partition: end
            for partition, end in ends.items()
            if partition.topic == self._topics.articles
        }

    def close(self) -> None:
        """Ends the connection; reading goes on from the same places."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close(autocommit=False, timeout_ms=1_000)

    def _connected(self) -> KafkaConsumer:
        if self._consumer is None:
            consumer = KafkaConsumer(
                **client_settings(Cluster(self._bootstrap_servers), role="chaos-reader"),
                enable_auto_commit=False,
                auto_offset_reset="earliest",
            )
            names = (self._topics.articles, *self._topics.outputs)
            consumer.assign(partitions_of(consumer, names))
            for partition in consumer.assignment():
                consumer.seek(partition, self._next.setdefault(partition, 0))
            self._consumer = consumer
        return self._consumer

    def _take(self, message: object) -> None:
        topic, key, value = message.topic, _bytes(message.key), _bytes(message.value)  # type: ignore[attr-defined]
        headers = [(name, bytes(each)) for name, each in message.headers]  # type: ignore[attr-defined]
        if topic == self._topics.articles:
            place = Place(message.partition, message.offset)  # type: ignore[attr-defined]
            number = int(dict(headers)[NUMBER_HEADER])
            self._account.wire.add(place, number, wire_article(number).expected)
        elif topic == self._topics.dead_letters:
            added = dict(headers)
            place = Place(int(added[f"{PREFIX}partition"]), int(added[f"{PREFIX}offset"]))
            original = [each for each in headers if not each[0].startswith(PREFIX)]
            self._account.topics.add_letter(place, digest(key, value, original))
        else:
            found = decode(value or b"")
            body = (value or b"")[HEADER_BYTES:]
            if isinstance(found, Extraction):
                version = Version(found.provenance.article_id, found.provenance.revision)
                records = frozenset(record_key(record) for record in found.records)
                self._account.topics.add_extraction(version, records, digest(key, body, ()))
            else:
                self._account.topics.add_record(record_key(found), value_digest(body))


def record_key(record: Record) -> RecordKey:
    """How accounts call the record."""
    return RecordKey(type(record).__name__.lower(), record.record_id)


def value_digest(body: bytes) -> bytes:
    """Of a record's Avro body, without what stands before it on a topic."""
    return digest(None, body, ())


def _bytes(value: bytes | memoryview | None) -> bytes | None:
    return None if value is None else bytes(value)
