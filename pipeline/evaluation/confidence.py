"""Whether a record's confidence means what it says: that of those at .8 eight in ten are right.

Records are put into bins by their confidence, a tenth wide. Right is what matches as a record; a
prediction that the matching leaves uncounted is left out here too. A bin's interval is Wilson's;
bins of fewer than `LEAST_JUDGED` records are shown, but too small to be judged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

from pipeline.evaluation.scores import Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.evaluation.harness import Report
    from pipeline.evaluation.matching import Matching
    from pipeline.records import Denial, Threat

BINS = 10
LEAST_JUDGED = 20
"""Records; the interval of fewer holds almost anything."""

_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Bin:
    """The records whose confidence is at least `low` and below the next bin's."""

    low: float
    right: Share
    """How many are right, out of how many."""
    mean: float
    """Their mean confidence."""

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the share that is right."""
        return wilson(self.right)

    @property
    def is_judged(self) -> bool:
        """Whether it has enough records to say anything."""
        return self.right.whole >= LEAST_JUDGED

    @property
    def holds(self) -> bool:
        """Whether the interval holds the mean confidence."""
        low, high = self.interval
        return low <= self.mean <= high


def confidence_bins(reports: Iterable[Report]) -> list[Bin]:
    """The bins that have records, lowest first, over the article gold of all the reports."""
    by_bin: dict[int, list[tuple[float, bool]]] = {}
    for report in reports:
        for confidence, right in _counted(report):
            # 1.0 belongs to the last bin; in tenths, as floats 0.7 * 10 is below 7.
            place = min(round(confidence * 100) * BINS // 100, BINS - 1)
            by_bin.setdefault(place, []).append((confidence, right))
    return [
        Bin(
            low=place / BINS,
            right=Share(sum(right for _, right in records), len(records)),
            mean=sum(confidence for confidence, _ in records) / len(records),
        )
        for place, records in sorted(by_bin.items())
    ]


def mean_gap(bins: Sequence[Bin]) -> float:
    """How far confidence and share of right records are apart, on average over the records.

    The expected calibration error: Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated
    Probabilities Using Bayesian Binning", AAAI 2015.
    """
    records = sum(each.right.whole for each in bins)
    gaps = (each.right.whole * abs(each.mean - each.right.ratio) for each in bins)
    return sum(gaps) / records if records else 0.0


def wilson(share: Share) -> tuple[float, float]:
    """The 95 % score interval of a share; 0 to 1 where there are no cases.

    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
    JASA 22 (1927).
    """
    if not share.whole:
        return 0.0, 1.0
    n, p = share.whole, share.ratio
    middle = p + _Z**2 / (2 * n)
    half = _Z * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
    scale = 1 + _Z**2 / n
    # Where none or all are so, the bound is exactly 0 or 1, and rounding would pass it.
    low = (middle - half) / scale if share.part else 0.0
    high = (middle + half) / scale if share.part < share.whole else 1.0
    return low, high


def _counted(report: Report) -> Iterator[tuple[float, bool]]:
    for match in report.articles:
        yield from _of_kind(match.threats, match.extraction.threats)
        yield from _of_kind(match.denials, match.extraction.denials)


def _of_kind(
    matching: Matching, found: Sequence[Threat] | Sequence[Denial]
) -> Iterator[tuple[float, bool]]:
    for place, index in matching.pairs.items():
        yield found[index].confidence, place in matching.agreeing
    for index in matching.spurious:
        yield found[index].confidence, False
