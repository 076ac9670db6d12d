"""Writing messages to Kafka, and knowing that they are there before a bundle ends.

One producer a process: idempotent, ``acks=all``. What is sent within a bundle is kept as
futures by the caller, and `KafkaSink.confirm` looks at every one of them. A bundle sends what
has come together and not each record by itself, which would wake the producer's thread, and
make a request of its own, for each: up to a tenth of an article's whole cost (measured). After any
refusal the producer is made anew, for kafka-python's never recovers from one (measured).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError
from kafka.producer.future import FutureRecordMetadata

from pipeline import metrics
from pipeline.kafka_clients import client_settings
from pipeline.kafka_security import Cluster
from pipeline.messages import DeadLetter, Encoded, Failure, OutputMessage
from pipeline.options import DEFAULT_REVISION_MAP_SIZE
from pipeline.outages import OUTAGES, Misconfigured, Unavailable, patiently
from pipeline.refusals import Right, advice, is_refusal
from pipeline.sinks.base import Bundle, Sink
from pipeline.sinks.dead_letters import dead_letter_message, dead_letter_stubs
from pipeline.sinks.revisions import REVISIONS, RevisionScope
from pipeline.sinks.stored_letters import StoredLetters
from pipeline.topics import DEFAULT_MAX_MESSAGE_BYTES, TopicNames

_LOGGER = logging.getLogger(__name__)

MAX_REQUEST_BYTES = 64 * 1024 * 1024
"""The producer's own limit, out of the way: the topic's limit is what counts."""

BATCH_OVERHEAD_BYTES = 128
"""The most that the framing of a batch with one record adds, headers' lengths aside."""

HEADER_OVERHEAD_BYTES = 10
"""The most that the lengths of one header's name and value take."""

SEND_SECONDS = 1.0
"""How long a record of a bundle may wait for others that are sent along with it."""

CONFIRM_ALLOWANCE_SECONDS = 2.0
"""Added to the delivery timeout, after which the producer itself fails what is left."""


@dataclass(frozen=True, slots=True)
class KafkaSinkSettings:
    """What the sink must know; nothing secret."""

    cluster: Cluster
    topics: TopicNames
    bundle_retry_seconds: float = 20.0
    revision_map_size: int = DEFAULT_REVISION_MAP_SIZE
    """For how many articles to remember which revision stands on the topic of extractions."""
    dead_letter_dir: str | None = None
    """Where a dead letter that its topic would refuse is written whole."""


class KafkaSink(Sink):
    """The process's way to the output topics."""

    def __init__(self, settings: KafkaSinkSettings) -> None:
        self._settings = settings
        self._lock = threading.RLock()
        self._producer: KafkaProducer | None = None
        self._limits: dict[str, int] = {}
        self._outage = OUTAGES.get((f"The Kafka broker at {settings.cluster}", settings))
        self._revisions = REVISIONS.get(
            RevisionScope(settings.cluster, settings.topics.extractions, settings.revision_map_size)
        )

        self._stored = (
            StoredLetters(Path(settings.dead_letter_dir)) if settings.dead_letter_dir else None
        )

    def begin(self) -> KafkaBundle:
        """A bundle with nothing sent yet."""
        return KafkaBundle(self, self._settings.topics)

    def fits(self, message: OutputMessage) -> bool:
        """Whether its topic accepts a message of this size."""
        with self._lock:
            self._connected()
            limit = self._limits.get(message.topic, DEFAULT_MAX_MESSAGE_BYTES)
        return size_in_bytes(message) <= limit

    def send(self, message: OutputMessage) -> FutureRecordMetadata:
        """Hands the message to the producer; `confirm` tells what became of it.

        Raises `pipeline.outages.Unavailable` where no broker answers.
        """
        with self._lock:
            producer = self._connected()
        try:
            return producer.send(
                message.topic,
                key=message.key,
                # kafka-python refuses a message with neither; an empty value is the nearest.
                value=b"" if message.key is None and message.value is None else message.value,
                headers=list(message.headers),
            )
        except KafkaError as error:
            self._abandon(producer)
            self._raise_refusal(error, [message.topic])
            raise Unavailable(f"cannot send to {message.topic}: {error}") from error

    def send_dead_letter(self, letter: DeadLetter) -> FutureRecordMetadata:
        """Sends the letter, or a stub of it where its topic would refuse it whole."""
        topic, now = self._settings.topics.dead_letters, datetime.now(UTC)
        message = dead_letter_message(letter, topic, now)
        if self.fits(message):
            return self.send(message)
        size = len(letter.message.value or b"")
        if self._stored is None:
            stored_at = None
            _LOGGER.error(
                "The message at %s (%s bytes) failed, and is too large for %s, which gets a stub "
                "only. The message stays where it is for as long as its topic keeps it. "
                "--dead-letter-dir keeps such messages; or raise the topic's max.message.bytes.",
                letter.message.place,
                f"{size:,}",
                topic,
            )
        else:
            stored_at = self._stored.store(letter, now)
            _LOGGER.warning("A dead letter of %s bytes is stored at %s.", f"{size:,}", stored_at)
        metrics.DEAD_LETTER_STUBS.labels("in-source" if stored_at is None else "stored").inc()
        stubs = list(dead_letter_stubs(letter, topic, now, stored_at))
        return self.send(next((stub for stub in stubs if self.fits(stub)), stubs[-1]))

    def send_extraction(
        self, message: OutputMessage, article_id: str, revision: int
    ) -> FutureRecordMetadata | None:
        """As `send`; None, and nothing sent, where a newer revision of the article was sent."""
        return self._revisions.send_unless_older(article_id, revision, lambda: self.send(message))

    def confirm(self, sent: Sequence[FutureRecordMetadata]) -> None:
        """Waits until every message is acknowledged by all in-sync replicas.

        Raises `pipeline.outages.Unavailable` where one is not, after which the bundle must
        fail: nothing of it may be committed.
        """
        if not sent:
            return
        with self._lock:
            producer = self._connected()
        try:
            producer.flush(timeout=self._settings.bundle_retry_seconds + CONFIRM_ALLOWANCE_SECONDS)
            stored = [future.get(timeout=0) for future in sent]
        except KafkaError as error:
            lost = sum(1 for future in sent if not future.is_done or future.failed())
            metrics.PRODUCER_ERRORS.inc(lost)
            self._abandon(producer)
            self._raise_refusal(error, self._settings.topics.outputs)
            raise Unavailable(
                f"{lost} of {len(sent)} records were not acknowledged: {error}"
            ) from error
        for message in stored:
            # kafka-python counts -1 for a key or value that is not there.
            sizes = (
                message.serialized_key_size,
                message.serialized_value_size,
                message.serialized_header_size,
            )
            metrics.bytes_written(message.topic).inc(sum(max(size, 0) for size in sizes))

    def _raise_refusal(self, error: KafkaError, topics: Sequence[str]) -> None:
        """Raises `Misconfigured` where the cluster says no, and waiting would not help."""
        if is_refusal(error):
            said = advice(error, Right.WRITE, topics)
            raise Misconfigured(f"{self._outage.what} says no: {said}") from error

    def close(self) -> None:
        """Ends the connection; a later send makes a new one. Unconfirmed messages may be lost."""
        with self._lock:
            if self._producer is not None:
                self._abandon(self._producer)

    def _connected(self) -> KafkaProducer:
        if self._producer is None:
            self._producer = patiently(
                self._connect, seconds=self._settings.bundle_retry_seconds, outage=self._outage
            )
        return self._producer

    def _connect(self) -> KafkaProducer:
        self._limits = message_limits(self._settings.cluster, self._settings.topics.outputs)
        retry_ms = int(self._settings.bundle_retry_seconds * 1_000)
        settings = client_settings(self._settings.cluster, role="sink")
        return KafkaProducer(
            **settings
            | {
                "acks": "all",
                "enable_idempotence": True,
                "allow_auto_create_topics": False,
                "max_request_size": MAX_REQUEST_BYTES,
                "max_block_ms": retry_ms,
                "delivery_timeout_ms": retry_ms,
                "request_timeout_ms": min(settings["request_timeout_ms"], retry_ms // 2),
            }
        )

    def _abandon(self, producer: KafkaProducer) -> None:
        with self._lock:
            if self._producer is producer:
                self._producer = None
        # Closing first waits for what is still on its way, and gives up without closing where
        # that does not arrive. What was not acknowledged has failed its bundle: let it go.
        producer.flush = lambda timeout=None: None
        producer.close(timeout=0)


class KafkaBundle(Bundle):
    """What one bundle has to send, and what it has sent and not yet seen acknowledged."""

    def __init__(self, sink: KafkaSink, topics: TopicNames) -> None:
        self._sink = sink
        self._topics = topics
        self._waiting: list[tuple[Encoded, OutputMessage]] = []
        self._send_due = 0.0
        self._sent: list[FutureRecordMetadata] = []
        self._extractions: Counter[str] = Counter()

    def write(self, element: Encoded | DeadLetter) -> tuple[DeadLetter, ...]:
        """Takes the element; a record that its topic would refuse goes to the dead letters."""
        if isinstance(element, DeadLetter):
            self._sent.append(self._sink.send_dead_letter(element))
            return ()
        if not self._waiting:
            self._send_due = time.monotonic() + SEND_SECONDS
        refused = []
        for output in element.outputs:
            if self._sink.fits(output):
                self._waiting.append((element, output))
            else:
                refused.append(_too_large(element, output))
                self._sent.append(self._sink.send_dead_letter(refused[-1]))
        if time.monotonic() >= self._send_due:
            self._send_waiting()
        return tuple(refused)

    def confirm(self) -> None:
        """Sends what is left, and waits for the acknowledgement of every message."""
        self._send_waiting()
        self._sink.confirm(self._sent)
        for outcome, count in self._extractions.items():
            metrics.EXTRACTION_WRITES.labels(outcome).inc(count)

    def _send_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for element, output in waiting:
            if output.topic == self._topics.extractions:
                self._send_extraction(element, output)
            else:
                self._sent.append(self._sink.send(output))

    def _send_extraction(self, element: Encoded, output: OutputMessage) -> None:
        article = element.extraction.provenance
        sent = self._sink.send_extraction(output, article.article_id, article.revision)
        self._extractions["superseded" if sent is None else "acknowledged"] += 1
        if sent is not None:
            self._sent.append(sent)


def _too_large(element: Encoded, output: OutputMessage) -> DeadLetter:
    return DeadLetter(
        element.message,
        Failure(
            "write",
            "record-too-large",
            "RecordTooLarge",
            f"a record of {len(output.value or b''):,} bytes is more than topic {output.topic} "
            "accepts; raise its max.message.bytes and send the article again",
        ),
        element.extraction.provenance.article_id,
    )


def message_limits(cluster: Cluster, topics: Sequence[str]) -> dict[str, int]:
    """The largest record batch that each topic accepts, in bytes, where the broker says.

    Raises `kafka.errors.KafkaError` where no broker answers.
    """
    admin = KafkaAdminClient(**client_settings(cluster, role="sink-limits"))
    try:
        resources = [ConfigResource(ConfigResourceType.TOPIC, topic) for topic in topics]
        described = admin.describe_configs(resources, config_filter="all")
    finally:
        admin.close()
    settings = described.get("topic", {})
    return {
        topic: int(settings[topic]["max.message.bytes"]["value"])
        for topic in topics
        if "max.message.bytes" in settings.get(topic, {})
    }


def size_in_bytes(message: OutputMessage) -> int:
    """The most that a record batch with this message alone takes, uncompressed."""
    headers = sum(
        len(name.encode()) + len(value) + HEADER_OVERHEAD_BYTES for name, value in message.headers
    )
    return BATCH_OVERHEAD_BYTES + len(message.key or b"") + len(message.value or b"") + headers
