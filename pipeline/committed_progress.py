"""How far a run is whose workers are elsewhere: by what the group has committed.

The workers' own counts are on their own metrics endpoints.
"""

from __future__ import annotations

import logging
import threading
import time

from kafka.errors import KafkaError
from rich.console import Console

from pipeline.progress import Counts, Progress
from pipeline.runners.standstill import group_state
from pipeline.sources.kafka import SplitSettings

_LOGGER = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""How old what is shown may be; each look is a connection to the broker."""


class CommittedProgress(Progress):
    """Shows the messages that the group commits; asks the broker for them."""

    def __init__(
        self, console: Console, source: SplitSettings, *, expected: int | None = None
    ) -> None:
        """``source`` says which group reads what; ``expected`` is as for `Progress`."""
        self._source = source
        self._lock = threading.Lock()
        self._looked = -LOOK_SECONDS
        self._known = Counts()
        super().__init__(console, expected=expected)

    def _line(self, counts: Counts) -> str:
        committed = counts.articles - self._begun_with
        of = "" if self.expected is None else f" of {self.expected:,}"
        rate = self._rate(committed)
        left = f"{counts.lag or 0:,} left to commit"
        return f"{committed:,}{of} messages committed, {rate:.1f}/s, {left}"

    def _counts(self) -> Counts:
        with self._lock:
            if time.monotonic() - self._looked >= LOOK_SECONDS:
                try:
                    state = group_state(self._source)
                    self._known = Counts(articles=sum(state.committed), lag=state.waiting)
                except KafkaError as error:
                    # The workers meet the same outage, and say so; what was seen last stands.
                    _LOGGER.debug("The group's offsets: %s", error)
                self._looked = time.monotonic()
            return self._known
