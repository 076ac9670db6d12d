"""Which revision of an article stands on the topic of extractions, as far as this process knows.

An older revision that comes late must not overwrite a newer one there. So a process remembers
the highest revision that it has sent of each article, for as many articles as it may, those
longest unseen forgotten first.

It remembers what it has *sent*, not what is acknowledged: between the two an older revision
from another partition would else slip behind the newer one. Nothing is lost by that. What is
not acknowledged fails its bundle, whose articles are then read again, here or elsewhere; and
writing the same revision again is always allowed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pipeline import metrics
from pipeline.kafka_security import Cluster
from pipeline.options import DEFAULT_REVISION_MAP_SIZE
from pipeline.process_wide import ProcessWide

Sent = TypeVar("Sent")


class HighestRevisions:
    """The highest revision sent of each article, for at most ``size`` articles; thread-safe."""

    def __init__(self, size: int = DEFAULT_REVISION_MAP_SIZE) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._highest: OrderedDict[str, int] = OrderedDict()

    def send_unless_older(
        self, article_id: str, revision: int, send: Callable[[], Sent]
    ) -> Sent | None:
        """Sends the revision and gives what ``send`` gives; None where a newer one was sent.

        Nobody else sends meanwhile, so that the topic has the order that the map has. What
        ``send`` raises goes through, and nothing is remembered then.
        """
        with self._lock:
            highest = self._highest.get(article_id)
            if highest is not None:
                self._highest.move_to_end(article_id)
                if highest > revision:
                    return None
            sent = send()
            self._highest[article_id] = revision
            if len(self._highest) > self._size:
                self._highest.popitem(last=False)
                metrics.MAP_EVICTIONS.labels("revisions").inc()
            metrics.MAP_ENTRIES.labels("revisions").set(len(self._highest))
            return sent

    def __len__(self) -> int:
        return len(self._highest)


@dataclass(frozen=True, slots=True)
class RevisionScope:
    """What one map is for: a topic of extractions on a cluster."""

    cluster: Cluster
    topic: str
    size: int


REVISIONS: ProcessWide[RevisionScope, HighestRevisions] = ProcessWide(
    lambda scope: HighestRevisions(scope.size)
)
"""Kept for as long as the process lives: what an outage ends is sent again behind it."""
