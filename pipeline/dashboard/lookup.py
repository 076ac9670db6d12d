"""One record's whole article as a page, from the topic that it came in on."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError

from pipeline.articles import Article, ArticleError
from pipeline.dashboard.entries import Entry, Place
from pipeline.dashboard.feed import Feed
from pipeline.kafka_clients import client_settings, explain
from pipeline.kafka_security import Cluster
from pipeline.outages import Misconfigured, Unavailable
from pipeline.pages.page import page
from pipeline.pages.views import article_view
from pipeline.records import Denial, Extraction, Field, Threat
from pipeline.serialization.articles import decode_article
from pipeline.serialization.avro import decode
from pipeline.serialization.framing import AvroError, WriterSchemas
from pipeline.sources.offsets import end_offsets, first_offsets

if TYPE_CHECKING:
    from kafka.consumer.fetcher import ConsumerRecord

_LOGGER = logging.getLogger(__name__)

FETCH_SECONDS = 10.0
MAX_CHARS = 10_000_000
"""The pipeline's own limit may be any; what it has read can be shown."""


class NotThere(Exception):
    """There is nothing to show; the message says why, for a person."""


class Lookup:
    """Finds articles; one at a time, from any thread."""

    def __init__(self, cluster: Cluster, feed: Feed, writer_of: WriterSchemas | None) -> None:
        self._cluster = cluster
        self._feed = feed
        self._writer_of = writer_of
        self._lock = threading.Lock()

    def article_page(self, record_id: str) -> str:
        """The page of the article that the record was found in; raises `NotThere`."""
        entry = self._feed.get(record_id)
        if entry is None:
            raise NotThere("This record is held no longer: newer ones have taken its place.")
        if entry.source is None:
            raise NotThere("The record's message does not say where its article lies.")
        try:
            with self._lock:
                return page([article_view(1, self._article(entry, entry.source), self._all(entry))])
        except KafkaError as error:
            raise NotThere(f"Kafka does not give it: {explain(error, self._cluster)}") from error
        except (Unavailable, Misconfigured) as error:
            raise NotThere(str(error)) from error

    def _article(self, entry: Entry, source: Place) -> Article:
        message = self._message(source)
        if message is None:
            raise NotThere(
                f"{source.topic} no longer has it: a topic keeps articles for a time only. The "
                "record and its evidence stay."
            )
        try:
            article = decode_article(
                bytes(message.value or b""), max_chars=MAX_CHARS, writer_of=self._writer_of
            )
        except ArticleError as error:
            raise NotThere(f"What lies there can't be read: {error}") from error
        texts = {Field.HEADLINE: article.headline, Field.BODY: article.body}
        if article.id != entry.record.provenance.article_id or any(
            texts.get(span.field, "")[span.start : span.end] != span.text
            for span in entry.record.evidence
        ):
            # A topic that was made anew has other messages at the same offsets.
            raise NotThere(f"{source.topic} has another article in its place.")
        return article

    def _all(self, entry: Entry) -> Extraction:
        """All that was found in the article, or as much of it as the feed holds."""
        provenance = entry.record.provenance
        place = self._feed.extraction(provenance.article_id, provenance.revision)
        message = self._message(place) if place else None
        if message is not None and message.value is not None:
            try:
                found = decode(bytes(message.value), self._writer_of)
            except AvroError as error:
                _LOGGER.warning("What is found of an article can't be read: %s", error)
                found = None
            if isinstance(found, Extraction) and found.provenance == provenance:
                return found
        held = [
            each.record
            for each in self._feed.of_article(provenance.article_id, provenance.revision)
        ]
        return Extraction(
            provenance,
            threats=tuple(record for record in held if isinstance(record, Threat)),
            denials=tuple(record for record in held if isinstance(record, Denial)),
        )

    def _message(self, place: Place) -> ConsumerRecord | None:
        """The message at this place; None where it is gone."""
        partition = TopicPartition(place.topic, place.partition)
        consumer = KafkaConsumer(
            **client_settings(self._cluster, role="dashboard-lookup"),
            group_id=None,
            enable_auto_commit=False,
            allow_auto_create_topics=False,
            auto_offset_reset="earliest",
        )
        try:
            if place.partition not in (consumer.partitions_for_topic(place.topic) or ()):
                return None
            first = first_offsets(consumer, [partition])[partition]
            end = end_offsets(consumer, [partition])[partition]
            if not first <= place.offset < end:
                return None
            consumer.seek(partition, place.offset)
            deadline = time.monotonic() + FETCH_SECONDS
            while time.monotonic() < deadline:
                for message in consumer.poll(timeout_ms=500, max_records=1).get(partition, ()):
                    return message if message.offset == place.offset else None
                if consumer.position(partition) > place.offset:
                    return None
            raise KafkaTimeoutError(f"no message within {FETCH_SECONDS:.0f} s")
        finally:
            consumer.close(autocommit=False, timeout_ms=1_000)
