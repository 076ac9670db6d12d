"""Dead letters as they lie on their topic: what failed, where it came from, how often it was tried.

What the pipeline adds to a dead letter stands behind the original's own headers, in a fixed
order (`pipeline.sinks.dead_letters`), and is told from them by that: an original may carry headers
of the same names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kafka import TopicPartition

from pipeline.errors import CommandError
from pipeline.kafka_clients import hidden
from pipeline.kafka_security import Cluster
from pipeline.messages import Headers
from pipeline.sinks.dead_letters import FAILURE_HEADERS, RETRIES_HEADER, STUB_HEADERS
from pipeline.sources.readback import begins_of, ends_of, read_between

if TYPE_CHECKING:
    from kafka.consumer.fetcher import ConsumerRecord


@dataclass(frozen=True, slots=True)
class Stub:
    """What a letter that was too large for its topic says of the value that it has not."""

    size: int
    """Bytes of the original's value."""
    sha256: str
    stored_at: str | None
    """The file that holds the letter whole; None where the source topic alone has it."""


@dataclass(frozen=True, slots=True)
class StoredDeadLetter:
    """One message of the topic of dead letters, taken apart."""

    partition: int
    """Where the letter lies on its own topic."""
    offset: int
    written_ms: int
    topic: str
    """Where the original lies, as its headers say."""
    source_partition: int
    source_offset: int
    stage: str
    reason: str
    error_class: str
    error_message: str
    failed_at: datetime
    key: bytes | None
    value: bytes | None
    headers: Headers
    """The original's own."""
    stub: Stub | None = None

    @property
    def place(self) -> str:
        """Where the letter lies on its topic: ``partition@offset``, by which commands name it."""
        return f"{self.partition}@{self.offset}"

    @property
    def origin(self) -> str:
        """Where the original lies, as ``topic[partition]@offset``."""
        return f"{self.topic}[{self.source_partition}]@{self.source_offset}"

    @property
    def retries(self) -> int:
        """How often it has been sent again before it failed this time."""
        said = [value for name, value in self.headers if name == RETRIES_HEADER]
        return int(said[-1]) if said and said[-1].isdigit() else 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters a command is about."""

    reasons: frozenset[str] = frozenset()
    """Of these reasons; empty for all."""
    since: datetime | None = None
    """That failed then or later."""

    def holds(self, letter: StoredDeadLetter) -> bool:
        """Whether the letter is one of them."""
        return (not self.reasons or letter.reason in self.reasons) and (
            self.since is None or letter.failed_at >= self.since
        )


def read_letters(cluster: Cluster, topic: str) -> Iterator[StoredDeadLetter]:
    """The dead letters that lie on the topic now, by partition, in the order of writing.

    Other messages that somebody may have written there are passed over. Raises `CommandError`
    where there is no such topic, and `kafka.errors.KafkaError` where no broker answers.
    """
    begins = begins_of(cluster, (topic,))
    ends = ends_of(cluster, (topic,))
    if not ends:
        raise CommandError(
            f"there is no topic {topic} at {cluster}; --topic-prefix names another."
            f"{hidden(cluster)}"
        )
    for message in read_between(cluster, begins, ends):
        letter = letter_of(message)
        if letter is not None:
            yield letter


def letter_at(cluster: Cluster, topic: str, partition: int, offset: int) -> StoredDeadLetter | None:
    """The dead letter at this place of the topic; None where none is there.

    Raises `kafka.errors.KafkaError` where no broker answers.
    """
    place = TopicPartition(topic, partition)
    begin = begins_of(cluster, (topic,)).get(place)
    end = ends_of(cluster, (topic,)).get(place, 0)
    if begin is None or not begin <= offset < end:
        return None
    found = read_between(cluster, {place: offset}, {place: offset + 1})
    return next((letter_of(message) for message in found if message.offset == offset), None)


def letter_of(message: ConsumerRecord) -> StoredDeadLetter | None:
    """The dead letter in a message; None where it is none that the pipeline has written."""
    headers: Headers = tuple(message.headers)
    stubs = _trailing(headers, STUB_HEADERS) or _trailing(headers, STUB_HEADERS[:-1])
    added = _trailing(headers[: len(headers) - len(stubs)], FAILURE_HEADERS)
    if not added:
        return None
    try:
        topic, partition, offset, _, stage, reason, error_class, error, failed_at = added
        return StoredDeadLetter(
            partition=message.partition,
            offset=message.offset,
            written_ms=message.timestamp,
            topic=topic,
            source_partition=int(partition),
            source_offset=int(offset),
            stage=stage,
            reason=reason,
            error_class=error_class,
            error_message=error,
            failed_at=datetime.fromisoformat(failed_at).astimezone(UTC),
            key=message.key,
            value=message.value,
            headers=headers[: len(headers) - len(stubs) - len(added)],
            stub=_stub(stubs),
        )
    except ValueError:
        return None


def _stub(said: tuple[str, ...]) -> Stub | None:
    if not said:
        return None
    return Stub(int(said[0]), said[1], said[2] if len(said) > 2 else None)


def _trailing(headers: Headers, names: tuple[str, ...]) -> tuple[str, ...]:
    """The values of the last headers, where these are their names in this order; else nothing."""
    last = headers[len(headers) - len(names) :] if len(headers) >= len(names) else ()
    if tuple(name for name, _ in last) != names:
        return ()
    return tuple((value or b"").decode("utf-8", "backslashreplace") for _, value in last)
