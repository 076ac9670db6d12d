"""Which fault comes when, from a seed: the same seed, the same schedule."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SHORTEST_QUIET_SECONDS = 0.2
LONGEST_QUIET_SECONDS = 4.0

UPON_ANOTHER = 0.25
"""How often a fault comes while the pipeline is still recovering from the one before."""


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault to come."""

    fault: str
    quiet_seconds: float
    """How long to wait before it."""
    upon_another: bool
    """Whether it does not wait until the pipeline is at work again."""
    strength: float
    """0 to 1: how long it lasts, and which victim it takes, where there is a choice."""


def schedule(faults: Sequence[str], seed: int) -> Iterator[Strike]:
    """Strikes without end: each fault comes once before any comes again, in random order."""
    random_ = random.Random(seed)
    first = True
    while True:
        for fault in random_.sample(faults, len(faults)):
            quiet = random_.uniform(SHORTEST_QUIET_SECONDS, LONGEST_QUIET_SECONDS)
            upon_another = random_.random() < UPON_ANOTHER
            # In the first round each is met by a pipeline at work.
            yield Strike(fault, quiet, upon_another and not first, random_.random())
        first = False
