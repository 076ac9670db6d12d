"""Seeing from outside how a job gets on: that it stands still, or that it is done.

A runner may lose a worker and not notice (Prism does, now and then): its job then says RUNNING
for ever. So does a job on Flink that has read all that it was to read. Workers elsewhere tell
this process nothing, but the group's offsets at the broker do.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from enum import Enum, auto
from typing import NamedTuple

from kafka import KafkaConsumer
from kafka.errors import KafkaError

from pipeline.kafka_clients import client_settings
from pipeline.sources.kafka import SplitSettings
from pipeline.sources.offsets import end_offsets, first_offsets, partitions_of, resume_offsets
from pipeline.sources.topic_patterns import matching_topics

_LOGGER = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
START_SECONDS = 180.0
"""How long a job may take until its first commit: workers may have to load their model."""
ENOUGH_SECONDS = 5.0
"""What is granted beyond the time that a bundle may wait for broker and registry."""
LONGEST_SECONDS = 1_800.0


class GroupState(NamedTuple):
    """How far a group has come."""

    committed: tuple[int, ...]
    """The offset of each partition."""
    waiting: int
    """Messages beyond the committed offsets that are to be read."""


class Verdict(Enum):
    """What becomes of a job."""

    GOES_ON = auto()
    STANDS_STILL = auto()
    """Articles wait, and none has been committed for long."""
    CAUGHT_UP = auto()
    """All that it was to read is committed."""


class GroupProgress:
    """Watches a group's offsets while a job of its runs elsewhere."""

    def __init__(
        self,
        look: Callable[[], GroupState],
        patience_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        *,
        has_end: bool = False,
    ) -> None:
        """``look`` asks the broker; it may raise KafkaError. ``clock`` is in seconds.

        ``has_end`` says that no more is to be read than what is there now.
        """
        self.has_end = has_end
        self._look = look
        self._clock = clock
        self._shortest = self._patience = patience_seconds
        self._state: GroupState | None = None
        self._moved_at = clock()
        # The first look is at once: what is committed soon after has moved from there.
        self._looked_at = self._moved_at - LOOK_SECONDS
        self._has_moved = False
        self.signs_of_life = 0
        """How often the offsets were seen to have moved, or nothing to wait for them, in all jobs
        together."""

    def begin(self) -> None:
        """A job is submitted: what was before does not count."""
        self._moved_at = self._clock()
        self._looked_at = self._moved_at - LOOK_SECONDS
        self._has_moved = False
        self._state = None

    def judge(self) -> Verdict:
        """How the job gets on; asks the broker now and then.

        Each time that it stands still without progress in between it is waited twice as long, so
        that what takes long for another reason gets done in the end.
        """
        now = self._clock()
        if now - self._looked_at < LOOK_SECONDS:
            return Verdict.GOES_ON
        self._looked_at = now
        try:
            state = self._look()
        except KafkaError as error:
            _LOGGER.debug("Not known how far the group is: %s", error)
            self._moved_at = now
            return Verdict.GOES_ON
        if self._state is not None and state.committed != self._state.committed:
            self.signs_of_life += 1
            self._has_moved = True
            self._moved_at = now
            self._patience = self._shortest
        elif not state.waiting:
            self.signs_of_life += 1
            self._moved_at = now
        self._state = state
        if self.has_end and not state.waiting:
            return Verdict.CAUGHT_UP
        patience = self._patience if self._has_moved else max(self._patience, START_SECONDS)
        if now - self._moved_at < patience:
            return Verdict.GOES_ON
        self._patience = min(2 * patience, LONGEST_SECONDS)
        return Verdict.STANDS_STILL


def progress_of(source: SplitSettings) -> GroupProgress:
    """The progress of the group that reads as ``source`` says."""
    return GroupProgress(
        lambda: group_state(source),
        source.bundle_retry_seconds + ENOUGH_SECONDS,
        has_end=source.until is not None,
    )


def group_state(source: SplitSettings) -> GroupState:
    """Asks the broker; raises `kafka.errors.KafkaError` where none answers."""
    topics = set(source.topics)
    if source.topic_pattern is not None:
        topics |= matching_topics(source.cluster, source.topic_pattern, source.excluded_topics)
    consumer = KafkaConsumer(
        **client_settings(source.cluster, role="progress"),
        group_id=source.group_id,
        enable_auto_commit=False,
        allow_auto_create_topics=False,
    )
    try:
        all_partitions = partitions_of(consumer, sorted(topics))
        partitions = [each for each in all_partitions if source.share.owns(*each)]
        ends = end_offsets(consumer, partitions)
        first = first_offsets(consumer, partitions)
        found = resume_offsets(consumer, partitions)
    finally:
        consumer.close(autocommit=False)
    # What retention has deleted waits no more.
    reached = {each: max(found[each] or 0, first[each]) for each in partitions}
    if source.until is not None:
        # What came later is not for this run.
        ends = {each: min(end, source.stop_offset(each) or 0) for each, end in ends.items()}
    waiting = sum(max(ends[each] - reached[each], 0) for each in partitions)
    return GroupState(tuple(reached.values()), waiting)
