"""Taking articles out of the topic of extractions, by tombstones.

A tombstone is a null value: compaction removes it and all before it that has the same key.
Nothing else here writes one: a withdrawal is a value. What an article is, its messages'
headers say, so that no value is decoded here, in whatever framing it is.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kafka import KafkaProducer
from kafka.producer.future import FutureRecordMetadata

from pipeline.errors import CommandError
from pipeline.kafka_clients import client_settings, hidden
from pipeline.kafka_security import Cluster
from pipeline.records import ExtractionStatus
from pipeline.refusals import Right, needing
from pipeline.serialization.messages import REVISION_HEADER, STATUS_HEADER
from pipeline.sources.offsets import Offsets
from pipeline.sources.readback import begins_of, ends_of, read_between

if TYPE_CHECKING:
    from kafka.consumer.fetcher import ConsumerRecord

ACKNOWLEDGEMENT_SECONDS = 30.0

PRUNED = "PRUNED"
"""The status in a tombstone's headers."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is to be pruned: articles last written before these times, in ms since 1970."""

    withdrawn_before_ms: float | None = None
    """Of the withdrawn ones."""
    written_before_ms: float | None = None
    """Of all."""


@dataclass(slots=True)
class ArticleOnTopic:
    """What the topic has of one article."""

    key: bytes
    revision: int = -1
    """The highest."""
    status: str = ""
    """Of the last message with that revision."""
    written_ms: int = 0
    """When anything of it was last written, in milliseconds since 1970."""
    alive: set[int] = field(default_factory=set)
    """The partitions in which its last message is a value; more than one only where partitions
    were added to the topic."""

    @property
    def article_id(self) -> str:
        """The key as text."""
        return self.key.decode("utf-8", "replace")

    def take(self, message: ConsumerRecord) -> None:
        """Takes in the next message of its key."""
        self.written_ms = max(self.written_ms, message.timestamp)
        if message.value is None:
            self.alive.discard(message.partition)
            if not self.alive:
                self.revision = -1
            return
        self.alive.add(message.partition)
        headers = dict(message.headers)
        revision = int(headers.get(REVISION_HEADER, b"0"))
        if revision >= self.revision:
            self.revision = revision
            self.status = headers.get(STATUS_HEADER, b"").decode()

    def is_beyond(self, limits: Limits) -> bool:
        """Whether it is to be pruned."""
        before = [limits.written_before_ms]
        if self.status == ExtractionStatus.WITHDRAWN:
            before.append(limits.withdrawn_before_ms)
        return any(limit is not None and self.written_ms < limit for limit in before)


@dataclass(frozen=True, slots=True)
class Survey:
    """What the topic held when it was looked through."""

    ends: Offsets
    articles: int
    withdrawn: int
    chosen: tuple[ArticleOnTopic, ...]
    """Those to be pruned, the longest unwritten first."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What has become of the chosen articles."""

    pruned: int
    kept: int
    """Written anew since they were chosen, and so left on the topic or put back."""


def articles_on(
    cluster: Cluster, topic: str, keys: Container[bytes] | None = None
) -> tuple[Offsets, dict[bytes, ArticleOnTopic]]:
    """Reads a whole topic of extractions: where it ended, and what it has of each article.

    ``keys`` are those of the articles that are asked for; None for all. Raises `CommandError`
    where there is no such topic, and `kafka.errors.KafkaError` where the broker does not answer.
    """
    begins, ends = begins_of(cluster, (topic,)), ends_of(cluster, (topic,))
    if not ends:
        raise CommandError(
            f"there is no topic {topic} at {cluster}; --topic-prefix names another."
            f"{hidden(cluster)}"
        )
    found: dict[bytes, ArticleOnTopic] = {}
    for message in read_between(cluster, begins, ends):
        if message.key is not None and (keys is None or bytes(message.key) in keys):
            key = bytes(message.key)
            found.setdefault(key, ArticleOnTopic(key)).take(message)
    return ends, found


def survey(cluster: Cluster, topic: str, limits: Limits) -> Survey:
    """Reads the whole topic and chooses what is beyond the limits; writes nothing.

    Raises `CommandError` where there is no such topic, and `kafka.errors.KafkaError` where the
    broker does not answer.
    """
    ends, found = articles_on(cluster, topic)
    alive = [article for article in found.values() if article.alive]
    chosen = [article for article in alive if article.is_beyond(limits)]
    return Survey(
        ends=ends,
        articles=len(alive),
        withdrawn=sum(article.status == ExtractionStatus.WITHDRAWN for article in alive),
        chosen=tuple(sorted(chosen, key=lambda article: article.written_ms)),
    )


def prune(cluster: Cluster, topic: str, found: Survey) -> Pruned:
    """Writes a tombstone for every chosen article, and waits until all are acknowledged.

    A worker may be writing meanwhile. What came since the survey is left alone; what came
    between the last look and the tombstone is written again behind it.
    Raises `kafka.errors.KafkaError` where the broker does not answer or refuses.
    """
    ends = ends_of(cluster, (topic,))
    anew = {bytes(m.key) for m in read_between(cluster, found.ends, ends) if m.key}
    chosen = [article for article in found.chosen if article.key not in anew]
    producer = KafkaProducer(
        **client_settings(cluster, role="prune"),
        acks="all",
        enable_idempotence=True,
        allow_auto_create_topics=False,
    )
    try:
        with needing(Right.WRITE, (topic,)):
            tombstones = _send_tombstones(producer, topic, chosen)
        later = read_between(cluster, ends, ends_of(cluster, (topic,)))
        covered = _covered(later, tombstones)
        _acknowledged(
            producer,
            [
                producer.send(
                    topic,
                    key=message.key,
                    value=message.value,
                    headers=list(message.headers),
                    partition=message.partition,
                )
                for message in covered
            ],
        )
    finally:
        producer.close(timeout=ACKNOWLEDGEMENT_SECONDS)
    back = {message.key for message in covered}
    pruned = len(chosen) - len(back)
    return Pruned(pruned, len(found.chosen) - pruned)


def _send_tombstones(
    producer: KafkaProducer, topic: str, articles: Iterable[ArticleOnTopic]
) -> dict[tuple[int, bytes], int]:
    """The offset of the tombstone of each partition and key."""
    places = [
        (partition, article.key) for article in articles for partition in sorted(article.alive)
    ]
    sent = [
        producer.send(
            topic,
            key=key,
            value=None,
            headers=[(STATUS_HEADER, PRUNED.encode())],
            partition=partition,
        )
        for partition, key in places
    ]
    return dict(zip(places, _acknowledged(producer, sent), strict=True))


def _acknowledged(producer: KafkaProducer, sent: list[FutureRecordMetadata]) -> list[int]:
    producer.flush(ACKNOWLEDGEMENT_SECONDS)
    return [future.get(timeout=ACKNOWLEDGEMENT_SECONDS).offset for future in sent]


def _covered(
    messages: Iterable[ConsumerRecord], tombstones: dict[tuple[int, bytes], int]
) -> list[ConsumerRecord]:
    """The last value of each key that a tombstone came down on unseen."""
    covered: dict[tuple[int, bytes], ConsumerRecord] = {}
    for message in messages:
        place = (message.partition, bytes(message.key or b""))
        if place not in tombstones or message.value is None:
            continue
        if message.offset < tombstones[place]:
            covered[place] = message
        else:
            covered.pop(place, None)
    return list(covered.values())
