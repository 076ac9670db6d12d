"""How far a run is whose workers are elsewhere: by what the group has committed.

The workers' own counts are on their own metrics endpoints; what they write is seen by how the
output topics grow.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace

from kafka.errors import KafkaError
from rich.console import Console

from pipeline.progress import Counts, Progress, found
from pipeline.runners.standstill import group_state
from pipeline.sources.kafka import SplitSettings
from pipeline.sources.readback import ends_of
from pipeline.topics import TopicNames

_LOGGER = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""How old what is shown may be; each look is two connections to the broker."""


class CommittedProgress(Progress):
    """Shows the messages that the group commits, and what came onto the output topics meanwhile.

    Which article was the last is not known here.
    """

    def __init__(
        self,
        console: Console,
        source: SplitSettings,
        topics: TopicNames | None,
        *,
        expected: int | None = None,
    ) -> None:
        """``source`` says which group reads what; ``expected`` is as for `Progress`.

        ``topics`` are written to; None where it is files alone.
        """
        self._source = source
        self._topics = topics
        self._first_ends: dict[str, int] | None = None
        self._lock = threading.Lock()
        self._looked = -LOOK_SECONDS
        self._known = Counts()
        super().__init__(console, expected=expected)

    def _line(self, counts: Counts) -> str:
        committed, lag = counts.articles - self._begun_with, counts.lag or 0
        of = "" if self.expected is None else f" of {self.expected:,}"
        now = self._clock()
        self._look(now, committed, lag)
        rate = self._rate(committed)
        parts = [f"{committed:,}{of} messages committed", f"{rate:.1f}/s"]
        if self._first_ends is not None:
            parts += found(counts)
        parts += [f"{lag:,} left to commit", *self._left(now, committed, lag, rate)]
        return ", ".join(parts)

    def _counts(self) -> Counts:
        with self._lock:
            if time.monotonic() - self._looked >= LOOK_SECONDS:
                try:
                    state = group_state(self._source)
                    self._known = replace(
                        self._known, articles=sum(state.committed), lag=state.waiting
                    )
                    self._count_written()
                except KafkaError as error:
                    # The workers meet the same outage, and say so; what was seen last stands.
                    _LOGGER.debug("What the workers have done: %s", error)
                self._looked = time.monotonic()
            return self._known

    def _count_written(self) -> None:
        topics = self._topics
        if topics is None:
            return
        ends = {topic: 0 for topic in (topics.threats, topics.denials, topics.dead_letters)}
        for partition, end in ends_of(self._source.cluster, tuple(ends)).items():
            ends[partition.topic] += end
        if self._first_ends is None:
            self._first_ends = ends
        first = self._first_ends
        self._known = replace(
            self._known,
            threats=ends[topics.threats] - first[topics.threats],
            denials=ends[topics.denials] - first[topics.denials],
            dead_letters=ends[topics.dead_letters] - first[topics.dead_letters],
        )
