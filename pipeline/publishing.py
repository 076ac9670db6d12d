"""Sending articles to a topic, as they are or as Avro, keyed by their ids, each acknowledged.

An article of one id always goes to the same partition, so that its revisions keep their order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaError
from kafka.producer.future import FutureRecordMetadata

from pipeline.articles import Article, ArticleError, decode_json
from pipeline.errors import CommandError
from pipeline.kafka_clients import client_settings, explain, hidden
from pipeline.kafka_security import Cluster
from pipeline.messages import OutputMessage
from pipeline.refusals import Right, needing
from pipeline.sinks.kafka import MAX_REQUEST_BYTES, message_limits, size_in_bytes
from pipeline.sources.files import Entry

MAX_UNACKNOWLEDGED = 1_000
"""Articles on their way at once; more make nothing faster."""

ACKNOWLEDGEMENT_SECONDS = 30.0
"""How long an article is tried to be sent before publishing ends with an error."""


@dataclass(slots=True)
class Published:
    """What has become of the articles so far."""

    acknowledged: int = 0
    no_articles: int = 0
    """Of those sent: what the pipeline will make dead letters of."""
    too_large: int = 0
    """Not sent, since the topic would refuse them."""


def publish(
    entries: Iterable[Entry],
    cluster: Cluster,
    topic: str,
    *,
    encode: Callable[[Article], bytes] | None = None,
    on_too_large: Callable[[Entry, int, int], None] = lambda entry, size, limit: None,
    on_progress: Callable[[Published], None] = lambda published: None,
) -> Published:
    """Sends every entry's value and waits until all are acknowledged by all replicas in sync.

    ``encode`` gives what to send instead of the entry's own value. What is no article is sent as
    it is all the same: the pipeline is to judge it. ``on_too_large`` is
    called with an entry that the topic would refuse, its size and the limit in bytes. Raises
    `CommandError` where the topic or the broker is not there or refuses.
    """
    published = Published()
    try:
        limit = _limit(cluster, topic)
        producer = KafkaProducer(
            **client_settings(cluster, role="publish"),
            acks="all",
            enable_idempotence=True,
            allow_auto_create_topics=False,
            max_request_size=MAX_REQUEST_BYTES,
            max_block_ms=int(ACKNOWLEDGEMENT_SECONDS * 1_000),
            delivery_timeout_ms=int(ACKNOWLEDGEMENT_SECONDS * 1_000),
            # A file is sent in few large batches; nobody waits for a single article.
            linger_ms=20,
            batch_size=256 * 1024,
        )
        try:
            with needing(Right.WRITE, (topic,)):
                sent: deque[FutureRecordMetadata] = deque()
                for entry in entries:
                    message = _message(entry, topic, encode, published)
                    size = size_in_bytes(message)
                    if size > limit:
                        published.too_large += 1
                        on_too_large(entry, size, limit)
                        continue
                    sent.append(producer.send(topic, key=message.key, value=message.value))
                    if len(sent) >= MAX_UNACKNOWLEDGED:
                        _acknowledged(sent, published)
                        on_progress(published)
                producer.flush(ACKNOWLEDGEMENT_SECONDS)
                while sent:
                    _acknowledged(sent, published)
                on_progress(published)
        finally:
            # All is acknowledged, or we have failed: there is nothing more to wait for.
            producer.flush = lambda timeout=None: None
            producer.close(timeout=0)
    except KafkaError as error:
        raise CommandError(
            f"{explain(error, cluster)}\n{published.acknowledged:,} articles were "
            "acknowledged. Publishing them again does no harm: the same article gives the same "
            "records."
        ) from error
    return published


def _limit(cluster: Cluster, topic: str) -> int:
    admin = KafkaAdminClient(**client_settings(cluster, role="publish-topics"))
    try:
        missing = topic not in admin.list_topics()
    finally:
        admin.close()
    if missing:
        raise CommandError(
            f"there is no topic {topic} at {cluster}. `newswire topics create` makes "
            f"it; --topic names another.{hidden(cluster, 'WRITE on it')}"
        )
    return message_limits(cluster, [topic]).get(topic, MAX_REQUEST_BYTES)


def _message(
    entry: Entry, topic: str, encode: Callable[[Article], bytes] | None, published: Published
) -> OutputMessage:
    try:
        # As long as may be: how long is too long, the pipeline's own settings say.
        article = decode_json(entry.value, max_chars=len(entry.value))
    except ArticleError as error:
        published.no_articles += 1
        key = error.article_id.encode() if error.article_id else None
        return OutputMessage(topic, key, entry.value)
    value = encode(article) if encode else entry.value
    return OutputMessage(topic, article.id.encode(), value)


def _acknowledged(sent: deque[FutureRecordMetadata], published: Published) -> None:
    sent.popleft().get(timeout=ACKNOWLEDGEMENT_SECONDS)
    published.acknowledged += 1
