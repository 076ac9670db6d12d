"""Precision, recall and F1 with an interval, from counts by article or sentence.

Figures are micro-averaged: the counts of all rows are added before anything is divided. The
95 % interval is a percentile bootstrap of whole rows (an article's records stand or fall
together, so an interval over single records would be too narrow); its random numbers are
seeded, so the same input gives the same interval. Where every row agrees the interval has no
width, and says only that the file is too small to show a spread.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

RESAMPLES = 1000
SEED = 20261101


@dataclass(frozen=True, slots=True)
class Counts:
    """What was right, out of how many predicted and how many in the gold."""

    right: int = 0
    predicted: int = 0
    gold: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.right + other.right, self.predicted + other.predicted, self.gold + other.gold
        )

    @property
    def precision(self) -> float:
        """Share of the predicted that is right; 0 where nothing is predicted."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that is found; 0 where the gold is empty."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.predicted + self.gold
        return 2 * self.right / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """The counts of a whole file, and how sure its F1 is."""

    counts: Counts
    interval: tuple[float, float]
    """95 % interval of the F1."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a number of cases are so ("modality agrees", "NONE rows with a record")."""

    part: int = 0
    whole: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.part + other.part, self.whole + other.whole)

    @property
    def ratio(self) -> float:
        """0 to 1; 0 where there are no cases."""
        return self.part / self.whole if self.whole else 0.0


def score(rows: Sequence[Counts]) -> Score:
    """The score over rows that were counted one by one."""
    return Score(_total(rows), _interval(rows))


def _interval(rows: Sequence[Counts]) -> tuple[float, float]:
    draw = random.Random(SEED)
    samples = (_total(draw.choices(rows, k=len(rows))) for _ in range(RESAMPLES if rows else 0))
    # A sample in which nothing was to be found, and nothing was, has no F1.
    values = sorted(total.f1 for total in samples if total.predicted or total.gold)
    if not values:
        return 0.0, 0.0
    last = len(values) - 1
    return values[round(0.025 * last)], values[round(0.975 * last)]


def _total(rows: Sequence[Counts]) -> Counts:
    return Counts(
        sum(row.right for row in rows),
        sum(row.predicted for row in rows),
        sum(row.gold for row in rows),
    )
