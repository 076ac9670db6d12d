"""Reading Kafka topics as a Beam `UnboundedSource`, on kafka-python, without a JVM.

A split is a set of partitions, read by one consumer with one poll: those of the process's share
whose number within it, modulo the number of splits, is the split's. Its checkpoint mark maps each
partition to the next offset to read. Where reading begins: the runner's checkpoint mark, else
what the consumer group has committed, else `Start`. Event time is the message's timestamp.

The order of things at the end of a bundle:

1. the sink has flushed and checked every acknowledgement (`finish_bundle`),
2. the runner finalizes the bundle,
3. `KafkaCheckpointMark.finalize_checkpoint` commits the offsets to the group.

A source is stored in every checkpoint of the job: it holds settings only, nothing secret, and
pickles to a JSON text with a version.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from apache_beam.coders import Coder
from apache_beam.io.unbounded_source import CheckpointMark, UnboundedReader, UnboundedSource
from apache_beam.utils.timestamp import MAX_TIMESTAMP, MIN_TIMESTAMP, Timestamp
from kafka import KafkaConsumer, TopicPartition

from pipeline import metrics
from pipeline.kafka_security import Cluster, restored_security, stored_security
from pipeline.messages import SourceMessage
from pipeline.outages import Unavailable
from pipeline.sources.commits import COMMITTERS, OffsetCommitter
from pipeline.sources.consumers import CONSUMERS, SplitConsumer
from pipeline.sources.offsets import (
    EARLIEST,
    Start,
    committed_offsets,
    first_offsets,
    partitions_of,
    start_offsets,
)
from pipeline.sources.shares import WHOLE, Share
from pipeline.stopping import STOPPING

STORED_VERSION = 4
"""The form in which sources and marks are stored; older ones must stay readable. Form 2 added
``topic_pattern`` and ``excluded_topics`` to sources, form 3 ``share``, form 4 ``security``."""

IDLE_POLL_SECONDS = 1.0
"""How long a bundle waits for its first message. The waiting is done here and not in the
runner: the in-process runner ignores its resume delay, and Flink rounds it to whole seconds."""

CLOCK_ALLOWANCE_MS = 2_000
"""How far an idle partition's watermark stays behind our clock, for producers' clocks differ."""

WATERMARK_SECONDS = 0.1
"""How old the watermark may be that goes with a message. It is asked for with each, and takes
a look at every partition; an older one is a lower bound as well."""

_HIGHEST_TIMESTAMP = MAX_TIMESTAMP.micros // 1_000 - 1


@dataclass(frozen=True, slots=True)
class SplitSettings:
    """What a reader must know to read its split.

    All of it is stored in the checkpoints and savepoints of a runner, and later releases go on
    from there. So, when changing it:

    - a new field has a default that means what releases without it did; raise `STORED_VERSION`,
      and have `restore_source` make it from what JSON makes of it;
    - no field is renamed or gets another meaning, nor does a field of a mark;
    - no field holds anything secret: it would stand readable in every checkpoint;
    - `restore_source` stays importable under its name and module;
    - add a case to ``tests/stored_restrictions.py``; ``make restrictions-release`` keeps, at each
      release, what that one stores, and a test goes on from all that have been kept.
    """

    cluster: Cluster
    topics: tuple[str, ...]
    group_id: str
    start: Start = EARLIEST
    until: tuple[tuple[str, int, int], ...] | None = None
    """(topic, partition, offset): read up to these offsets and then end; None reads on."""
    bundle_retry_seconds: float = 20.0
    splits: int = 1
    split: int = 0
    topic_pattern: str | None = None
    """A regular expression; topics whose whole name matches are read beside ``topics``, also
    those that are made later."""
    excluded_topics: tuple[str, ...] = ()
    """Never meant by the pattern: what the pipeline writes itself."""
    share: Share = WHOLE
    """Other processes read the other shares."""

    def owns(self, partition: TopicPartition) -> bool:
        """Whether the partition belongs to this split."""
        return (
            self.share.owns(*partition)
            and self.share.rank(*partition) % self.splits == self.split
            and (self.until is None or self.stop_offset(partition) is not None)
        )

    def stop_offset(self, partition: TopicPartition) -> int | None:
        """The offset to end before; None where there is no end."""
        for topic, number, offset in self.until or ():
            if (topic, number) == partition:
                return offset
        return None


class KafkaCheckpointMark(CheckpointMark):
    """The next offset to read of each partition of a split."""

    def __init__(
        self, offsets: Mapping[TopicPartition, int], committer: OffsetCommitter | None = None
    ) -> None:
        self.offsets = dict(offsets)
        self._committer = committer

    def finalize_checkpoint(self) -> None:
        """Commits the offsets; called by the runner once all before them is written."""
        # The runner calls this on the very object that the reader made, in the same process;
        # a mark that was stored and loaded only says where to resume.
        if self._committer is not None:
            self._committer.commit(self.offsets)


class KafkaCheckpointMarkCoder(Coder):
    """Marks as JSON: ``{"version": 2, "offsets": [[topic, partition, offset], ...]}``."""

    def encode(self, value: KafkaCheckpointMark) -> bytes:
        """The mark's bytes, the same for equal marks."""
        offsets = sorted([*partition, offset] for partition, offset in value.offsets.items())
        return json.dumps({"version": STORED_VERSION, "offsets": offsets}).encode()

    def decode(self, encoded: bytes) -> KafkaCheckpointMark:
        """The mark; raises ValueError where a newer release has written it."""
        stored = _checked(json.loads(encoded))
        return KafkaCheckpointMark(
            {TopicPartition(topic, number): offset for topic, number, offset in stored["offsets"]}
        )

    def is_deterministic(self) -> bool:
        """Equal marks have equal bytes."""
        return True


class KafkaSource(UnboundedSource):
    """Messages of Kafka topics, as `SourceMessage`."""

    def __init__(self, settings: SplitSettings) -> None:
        self.settings = settings

    def split(self, desired_num_splits: int, options: Any = None) -> Iterable[KafkaSource]:
        """One source a split; asks no broker, for a runner hides what goes wrong here."""
        if self.settings.splits == 1:
            return [self]
        return [
            KafkaSource(replace(self.settings, split=number))
            for number in range(self.settings.splits)
        ]

    def create_reader(self, options: Any, checkpoint_mark: CheckpointMark | None) -> KafkaReader:
        """A reader that goes on after ``checkpoint_mark``, or begins where there is none."""
        assert checkpoint_mark is None or isinstance(checkpoint_mark, KafkaCheckpointMark)
        return KafkaReader(self.settings, checkpoint_mark)

    def get_checkpoint_mark_coder(self) -> Coder:
        """The coder of the marks."""
        return KafkaCheckpointMarkCoder()

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        stored = {"version": STORED_VERSION, **asdict(self.settings)}
        del stored["cluster"]
        stored["bootstrap_servers"] = self.settings.cluster.bootstrap_servers
        stored["security"] = stored_security(self.settings.cluster.security)
        return restore_source, (json.dumps(stored, sort_keys=True),)


def restore_source(stored_text: str) -> KafkaSource:
    """A source from what a checkpoint holds of it; its name is part of every savepoint.

    Raises ValueError where a newer release has written it.
    """
    stored = _checked(json.loads(stored_text))
    del stored["version"]
    until = stored["until"]
    # What older forms lack has its default in `SplitSettings`.
    security = restored_security(stored.pop("security", {}))
    stored |= {
        "cluster": Cluster(stored.pop("bootstrap_servers"), security),
        "topics": tuple(stored["topics"]),
        "excluded_topics": tuple(stored.get("excluded_topics", ())),
        "start": Start(**stored["start"]),
        "share": Share(**stored.get("share", {})),
        "until": until if until is None else tuple(tuple(entry) for entry in until),
    }
    return KafkaSource(SplitSettings(**stored))


def _checked(stored: dict[str, Any]) -> dict[str, Any]:
    if stored["version"] > STORED_VERSION:
        raise ValueError(
            f"the checkpoint was written in form {stored['version']}, and this release reads "
            f"up to {STORED_VERSION}: resume it with the release that wrote it, or a newer one"
        )
    return stored


class KafkaReader(UnboundedReader):
    """Reads one split from its offsets on; holds no connection of its own."""

    def __init__(self, settings: SplitSettings, mark: KafkaCheckpointMark | None) -> None:
        self._settings = settings
        self._committer = COMMITTERS.get((settings.cluster, settings.group_id))
        self._mark = mark
        self.offsets: dict[TopicPartition, int] = {}
        """The next offset to read of each partition."""
        self._current: SourceMessage | None = None
        self._seen_ms: dict[TopicPartition, int] = {}
        self._bundle_is_empty = True
        self._watermark = MIN_TIMESTAMP
        self._watermark_due = 0.0

    def start(self) -> bool:
        """Positions the reader, and advances to the first message if there is one."""
        if self._mark is not None:
            self.offsets = dict(self._mark.offsets)
        else:
            self.offsets = self._consumer.begin(self._first_offsets)
        return self.advance()

    def advance(self) -> bool:
        """Moves to the next message; False where none is there now."""
        self._current = None
        if STOPPING.is_set() or self._is_finished():
            return False
        # A bundle that has messages ends as soon as no more are at hand, so that they are
        # written and committed at once; only an empty one waits.
        wait = IDLE_POLL_SECONDS if self._bundle_is_empty else 0.0
        message = self._consumer.take(self, wait_seconds=wait)
        if message is None:
            return False
        self._bundle_is_empty = False
        self._current = message
        partition = TopicPartition(message.topic, message.partition)
        self._seen_ms[partition] = max(
            message.timestamp_ms, self._seen_ms.get(partition, message.timestamp_ms)
        )
        return True

    def get_current(self) -> SourceMessage:
        """The message that the reader stands at."""
        assert self._current is not None
        return self._current

    def get_current_timestamp(self) -> Timestamp:
        """The message's timestamp, set by its producer or by the broker."""
        return _timestamp(self.get_current().timestamp_ms)

    def get_watermark(self) -> Timestamp:
        """The least advanced partition's: its latest timestamp, or about now where it is idle.

        The end of time once there is nothing left to read, by `SplitSettings.until` or
        `STOPPING`.
        """
        if self._current is None and (STOPPING.is_set() or self._is_finished()):
            return MAX_TIMESTAMP
        now = time.monotonic()
        if self._current is None or now >= self._watermark_due:
            self._watermark = self._lowest()
            self._watermark_due = now + WATERMARK_SECONDS
        return self._watermark

    def get_checkpoint_mark(self) -> KafkaCheckpointMark:
        """Where the reader stands; the bundle ends here."""
        self._bundle_is_empty = True
        return KafkaCheckpointMark(self.offsets, self._committer)

    @property
    def _consumer(self) -> SplitConsumer:
        return CONSUMERS.borrow(self._settings)

    def _lowest(self) -> Timestamp:
        now_ms = int(time.time() * 1_000) - CLOCK_ALLOWANCE_MS
        consumer = self._consumer
        lowest: Timestamp | None = None
        for partition in self.offsets:
            seen_ms = self._seen_ms.get(partition)
            if consumer.is_at_end(partition):
                seen_ms = max(now_ms, seen_ms or 0)
            mark = MIN_TIMESTAMP if seen_ms is None else _timestamp(seen_ms)
            if seen_ms is not None:
                metrics.watermark(partition.topic, partition.partition).set(seen_ms / 1_000)
            lowest = mark if lowest is None else min(lowest, mark)
        return _timestamp(now_ms) if lowest is None else lowest

    def _is_finished(self) -> bool:
        if self._settings.until is None:
            return False
        return all(
            offset >= (self._settings.stop_offset(partition) or 0)
            for partition, offset in self.offsets.items()
        )

    def _first_offsets(
        self, consumer: KafkaConsumer, partitions: list[TopicPartition]
    ) -> dict[TopicPartition, int]:
        committed = committed_offsets(consumer, partitions)
        self._committer.starts_from(committed)
        for partition, offset in committed.items():
            metrics.committed_offset(partition.topic, partition.partition).set(offset or 0)
        uncommitted = [partition for partition in partitions if committed[partition] is None]
        begun = self._begun_topics(consumer, uncommitted)
        # Made while nobody read: as for one made while reading, what was written before we
        # noticed it is part of the wire, whatever --auto-offset-reset says.
        new = [partition for partition in uncommitted if partition.topic in begun]
        others = [partition for partition in uncommitted if partition.topic not in begun]
        first = start_offsets(consumer, others, self._settings.start)
        if first and self._settings.start.at == "latest" and not self._committer.commit(first):
            # A second try would begin later, and what was written between the two be passed over.
            raise Unavailable("the offsets that reading begins from could not be committed")
        resumed = {tp: offset for tp, offset in committed.items() if offset is not None}
        return {**resumed, **first_offsets(consumer, new), **first}

    def _begun_topics(self, consumer: KafkaConsumer, partitions: list[TopicPartition]) -> set[str]:
        """The topics of these partitions that this share has committed anything of before.

        Other shares don't count, nor what this process has committed itself for another split: they
        may have begun a moment ago, at the same start.
        """
        share = self._settings.share
        topics = {partition.topic for partition in partitions}
        own = [tp for tp in partitions_of(consumer, topics) if share.owns(*tp)]
        committed = committed_offsets(consumer, own)
        begun = {partition.topic for partition, offset in committed.items() if offset is not None}
        return {
            topic
            for topic in topics
            if self._committer.had_begun(f"{topic} {share}", now=topic in begun)
        }


def _timestamp(milliseconds: int) -> Timestamp:
    return Timestamp(micros=min(max(milliseconds, 0), _HIGHEST_TIMESTAMP) * 1_000)
