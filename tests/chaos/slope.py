"""How fast something grows, from samples over time; pure.

Ordinary least squares of a value *y* over the time *t*: slope b = S_ty / S_tt, with its standard
error s_b = sqrt(RSS / (n_e - 2) / S_tt). Memory is sampled more often than it changes, so that
neighbouring residuals are alike: n_e = n (1 - r) / (1 + r) is the effective number of samples,
with r the residuals' lag-1 autocorrelation (Santer et al., Journal of Geophysical Research 105,
2000, pp. 7337-7356). The interval is b ± t s_b, with Student's t for n_e - 2 degrees of freedom.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean

LEVEL = 0.95

FEWEST = 5.0
"""Effective samples, below which nothing can be said."""


@dataclass(frozen=True, slots=True)
class Slope:
    """Growth by unit of time, and where it lies with a probability of `LEVEL`."""

    value: float
    half_width: float
    """Of the interval; infinite where there are too few samples."""

    @property
    def low(self) -> float:
        """The interval's lower end."""
        return self.value - self.half_width

    @property
    def high(self) -> float:
        """The interval's upper end."""
        return self.value + self.half_width

    def times(self, factor: float) -> Slope:
        """The same growth in another unit."""
        return Slope(self.value * factor, self.half_width * factor)


def slope(times: Sequence[float], values: Sequence[float]) -> Slope:
    """The slope of ``values`` over ``times``; raises ValueError for fewer than five."""
    count = len(times)
    if count < FEWEST or count != len(values):
        raise ValueError(f"expected five or more times and as many values, found {count}")
    mean_time, mean_value = fmean(times), fmean(values)
    s_tt = sum((time - mean_time) ** 2 for time in times)
    s_ty = sum(
        (time - mean_time) * (value - mean_value) for time, value in zip(times, values, strict=True)
    )
    b = s_ty / s_tt
    residuals = [
        value - mean_value - b * (time - mean_time)
        for time, value in zip(times, values, strict=True)
    ]
    rss = sum(residual**2 for residual in residuals)
    if rss == 0:
        return Slope(b, 0.0)
    autocorrelation = max(sum(map(_product, residuals, residuals[1:])) / rss, 0.0)
    effective = count * (1 - autocorrelation) / (1 + autocorrelation)
    freedom = effective - 2
    if effective < FEWEST:
        return Slope(b, math.inf)
    return Slope(b, students_t(freedom) * math.sqrt(rss / freedom / s_tt))


def students_t(freedom: float) -> float:
    """The two-sided quantile of Student's t at `LEVEL` for these degrees of freedom, 3 or more.

    By its expansion in the normal quantile (Abramowitz and Stegun, 26.7.5), which is within two
    parts in a thousand from three degrees on.
    """
    x = NormalDist().inv_cdf((1 + LEVEL) / 2)
    return (
        x
        + (x**3 + x) / (4 * freedom)
        + (5 * x**5 + 16 * x**3 + 3 * x) / (96 * freedom**2)
        + (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / (384 * freedom**3)
        + (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / (92160 * freedom**4)
    )


def _product(left: float, right: float) -> float:
    return left * right
