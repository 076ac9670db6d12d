"""What is looked at before a pipeline is submitted: are the topics there, and up to where.

Told before anything runs, a missing topic is one clear sentence; found by a worker it would
be a failed bundle.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from kafka import KafkaAdminClient, KafkaConsumer

from pipeline.errors import CommandError
from pipeline.kafka_clients import client_settings, hidden
from pipeline.kafka_security import Cluster
from pipeline.sinks.kafka import KafkaSinkSettings, message_limits
from pipeline.sources.kafka import SplitSettings
from pipeline.sources.offsets import (
    end_offsets,
    partitions_of,
    resume_offsets,
    start_offsets,
)
from pipeline.sources.topic_patterns import matching_topics
from pipeline.topic_state import topic_states
from pipeline.topics import DEAD_LETTER_ALLOWANCE_BYTES

_NEEDED = "READ on input topics and WRITE on output topics"

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What lies before the pipeline at its start."""

    ends: tuple[tuple[str, int, int], ...]
    """(topic, partition, end offset) of every input partition of the share."""
    messages: int
    """How many messages lie between where reading begins and the ends."""


def inspect(source: SplitSettings, sink: KafkaSinkSettings | None) -> Backlog:
    """Looks at the topics; gives what there is to read.

    ``sink`` is None where nothing is written to Kafka. That no topic matches a pattern yet is
    said, and is no error: one may be made later. The same goes for a share without partitions.

    Raises `CommandError` where a topic is missing or can't take what will be written, and
    `kafka.errors.KafkaError` where no broker answers.
    """
    outputs = sink.topics.outputs if sink is not None else ()
    consumer = KafkaConsumer(
        **client_settings(source.cluster, role="preflight"),
        group_id=source.group_id,
        enable_auto_commit=False,
        allow_auto_create_topics=False,
    )
    try:
        there = set(consumer.topics())
        missing = [name for name in (*source.topics, *outputs) if name not in there]
        if missing:
            raise CommandError(
                f"there is no topic {', '.join(missing)} at {source.cluster}. "
                "`newswire topics create` makes the topics; --input-topic and --topic-prefix "
                f"name others.{hidden(source.cluster, _NEEDED)}"
            )
        topics = sorted({*source.topics, *_matching(source)})
        backlog = _backlog(consumer, topics, source)
    finally:
        consumer.close(autocommit=False)
    if sink is not None and sink.dead_letter_dir is None:
        _check_sizes(source.cluster, topics, sink.topics.dead_letters)
    if sink is not None:
        _warn_of_deletion(source.cluster, sink.topics.extractions)
    return backlog


def _matching(source: SplitSettings) -> set[str]:
    """The topics under the pattern."""
    if source.topic_pattern is None:
        return set()
    found = matching_topics(source.cluster, source.topic_pattern, source.excluded_topics)
    if found:
        _LOGGER.info("%s matches: %s.", source.topic_pattern, ", ".join(sorted(found)))
    else:
        _LOGGER.warning(
            "No topic matches --input-topic-pattern %s yet; one that is made later is read then.",
            source.topic_pattern,
        )
    return found


def _backlog(consumer: KafkaConsumer, topics: Sequence[str], source: SplitSettings) -> Backlog:
    all_partitions = partitions_of(consumer, topics)
    partitions = [each for each in all_partitions if source.share.owns(*each)]
    if all_partitions and not partitions:
        _LOGGER.warning(
            "None of the %d partitions belongs to share %s yet; one that is added later is read "
            "then.",
            len(all_partitions),
            source.share,
        )
    ends = end_offsets(consumer, partitions)
    begins = resume_offsets(consumer, partitions)
    uncommitted = [partition for partition in partitions if begins[partition] is None]
    begins |= start_offsets(consumer, uncommitted, source.start)
    return Backlog(
        ends=tuple((*partition, ends[partition]) for partition in partitions),
        messages=sum(max(ends[tp] - (begins[tp] or 0), 0) for tp in partitions),
    )


def _warn_of_deletion(cluster: Cluster, extractions: str) -> None:
    with KafkaAdminClient(**client_settings(cluster, role="preflight")) as admin:
        configs = topic_states(admin, [extractions])[extractions].configs
    policy = configs.get("cleanup.policy", "compact")
    if "compact" not in policy:
        _LOGGER.warning(
            "Topic %s is not compacted (its cleanup.policy is %s): what holds of an article is "
            "deleted there after a time. Set cleanup.policy to compact.",
            extractions,
            policy,
        )


def _check_sizes(cluster: Cluster, input_topics: Sequence[str], dead_letters: str) -> None:
    limits = message_limits(cluster, [*input_topics, dead_letters])
    largest = max((limits[topic] for topic in input_topics if topic in limits), default=0)
    needed = largest + DEAD_LETTER_ALLOWANCE_BYTES
    if limits.get(dead_letters, needed) < needed:
        raise CommandError(
            f"topic {dead_letters} accepts messages of {limits[dead_letters]} bytes, and a dead "
            f"letter may have {needed} (the input's {largest} and {DEAD_LETTER_ALLOWANCE_BYTES} "
            f"for its headers): raise its max.message.bytes to {needed}, or "
            "have what does not fit written to files by --dead-letter-dir."
        )
