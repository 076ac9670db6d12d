"""The project's Kafka topics: their names, how each is configured, and making them.

One place for all: source, sink, commands and tests take the names from `TopicNames`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pipeline.options import DEFAULT_TOPIC_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kafka import KafkaAdminClient

DEFAULT_PARTITIONS = 4
"""Enough for four processes to share the wire; partitions can be added, never taken away."""

BROKER_DEFAULT_REPLICATION = -1
"""Lets the cluster decide (its ``default.replication.factor``), which knows how many it has."""

DEFAULT_MAX_MESSAGE_BYTES = 1_048_588
"""Kafka's own default for a topic: 1 MiB and the overhead of a record batch."""

DEAD_LETTER_ALLOWANCE_BYTES = 64 * 1024
"""What a dead letter may be larger than the article it is made of: its headers."""

_DAY_SECONDS = 24 * 60 * 60
DEFAULT_ARTICLES_RETENTION_SECONDS = 7.0 * _DAY_SECONDS
DEFAULT_RECORDS_RETENTION_SECONDS = 30.0 * _DAY_SECONDS

EXTRACTIONS_COMPACTION = (
    # What was overwritten, withdrawn or pruned is gone from the disks within about a day, and
    # not only when a segment of the log happens to be full.
    ("max.compaction.lag.ms", str(_DAY_SECONDS * 1_000)),
    # A consumer that was away for a week still sees that an article was pruned.
    ("delete.retention.ms", str(7 * _DAY_SECONDS * 1_000)),
)


@dataclass(frozen=True, slots=True)
class TopicNames:
    """The names of all topics under one prefix."""

    prefix: str = DEFAULT_TOPIC_PREFIX

    @property
    def articles(self) -> str:
        """Where the wire's articles come in."""
        return f"{self.prefix}.articles"

    @property
    def actors(self) -> str:
        """Actor records."""
        return f"{self.prefix}.actors"

    @property
    def threats(self) -> str:
        """Threat records."""
        return f"{self.prefix}.threats"

    @property
    def denials(self) -> str:
        """Denial records."""
        return f"{self.prefix}.denials"

    @property
    def extractions(self) -> str:
        """What holds of each article now: everything found in its highest revision."""
        return f"{self.prefix}.extractions"

    @property
    def dead_letters(self) -> str:
        """Articles and records that could not be processed, with the reason."""
        return f"{self.prefix}.dead-letters"

    @property
    def records(self) -> tuple[str, str, str]:
        """The topics of Avro records: actors, threats, denials."""
        return (self.actors, self.threats, self.denials)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Every topic that the pipeline writes to."""
        return (*self.records, self.extractions, self.dead_letters)


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """How one topic is to be made."""

    name: str
    partitions: int
    replication_factor: int
    """Copies of each partition; -1 leaves it to the cluster."""
    retention_ms: int
    """How long a message is kept; -1 keeps it for ever."""
    max_message_bytes: int
    """The largest record batch that the broker accepts."""
    cleanup_policy: str = "delete"
    compaction: tuple[tuple[str, str], ...] = ()
    """Settings that only a compacted topic has."""

    @property
    def configs(self) -> dict[str, str]:
        """The topic's settings under Kafka's own names."""
        return {
            "cleanup.policy": self.cleanup_policy,
            "retention.ms": str(self.retention_ms),
            "max.message.bytes": str(self.max_message_bytes),
            **dict(self.compaction),
        }


class TopicOutcome(StrEnum):
    """What became of the wish to have a topic."""

    CREATED = "created"
    EXISTS = "exists"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TopicResult:
    """The outcome for one topic; ``reason`` says why where it failed."""

    spec: TopicSpec
    outcome: TopicOutcome
    reason: str | None = None


def topic_specs(
    names: TopicNames,
    *,
    input_topics: Sequence[str] = (),
    partitions: int = DEFAULT_PARTITIONS,
    replication_factor: int = BROKER_DEFAULT_REPLICATION,
    max_message_bytes: int = DEFAULT_MAX_MESSAGE_BYTES,
    largest_article_bytes: int = 0,
    articles_retention: float = DEFAULT_ARTICLES_RETENTION_SECONDS,
    records_retention: float = DEFAULT_RECORDS_RETENTION_SECONDS,
) -> tuple[TopicSpec, ...]:
    """All topics: articles (``input_topics`` where any are given) and what is written.

    Retentions are in seconds, infinite to keep messages for ever. ``max_message_bytes`` is what
    each topic takes; dead letters may have 64 KiB more than that, or than
    ``largest_article_bytes`` where an input topic that exists already takes more. They have
    one partition, for they are few, and are then read in the order in which they failed.
    """

    def spec(name: str, retention: float) -> TopicSpec:
        return TopicSpec(
            name=name,
            partitions=partitions,
            replication_factor=replication_factor,
            retention_ms=_milliseconds(retention),
            max_message_bytes=max_message_bytes,
        )

    extractions = TopicSpec(
        name=names.extractions,
        partitions=partitions,
        replication_factor=replication_factor,
        # The last value of every article stays, however old it is.
        retention_ms=_milliseconds(math.inf),
        max_message_bytes=max_message_bytes,
        cleanup_policy="compact",
        compaction=EXTRACTIONS_COMPACTION,
    )
    dead_letters = TopicSpec(
        name=names.dead_letters,
        partitions=1,
        replication_factor=replication_factor,
        retention_ms=_milliseconds(records_retention),
        max_message_bytes=max(max_message_bytes, largest_article_bytes)
        + DEAD_LETTER_ALLOWANCE_BYTES,
    )
    return (
        *(spec(name, articles_retention) for name in input_topics or (names.articles,)),
        *(spec(name, records_retention) for name in names.records),
        extractions,
        dead_letters,
    )


def create_topics(admin: KafkaAdminClient, specs: Sequence[TopicSpec]) -> list[TopicResult]:
    """Make the topics that are not there yet; one that exists is left as it is.

    Returns one result a spec, in their order, after the new topics have leaders and can be
    used. Raises `kafka.errors.KafkaError` where the broker can't be asked at all.
    """
    wished = {
        spec.name: {
            "num_partitions": spec.partitions,
            "replication_factor": spec.replication_factor,
            "configs": spec.configs,
        }
        for spec in specs
    }
    answer = admin.create_topics(wished, raise_errors=False)
    answers = {topic["name"]: topic for topic in answer["topics"]}
    results = [_result(spec, answers[spec.name]) for spec in specs]
    admin.wait_for_topics(_names_of(results, TopicOutcome.CREATED))
    return results


def _milliseconds(retention: float) -> int:
    return -1 if math.isinf(retention) else round(retention * 1000)


def _names_of(results: Iterable[TopicResult], outcome: TopicOutcome) -> list[str]:
    return [result.spec.name for result in results if result.outcome is outcome]


def _result(spec: TopicSpec, answer: dict[str, Any]) -> TopicResult:
    from kafka import errors as kafka_errors

    error = kafka_errors.for_code(answer["error_code"])
    if error is kafka_errors.NoError:
        return TopicResult(spec, TopicOutcome.CREATED)
    if error is kafka_errors.TopicAlreadyExistsError:
        return TopicResult(spec, TopicOutcome.EXISTS)
    detail = answer.get("error_message") or error.description
    return TopicResult(spec, TopicOutcome.FAILED, f"{error.__name__}: {detail}")
