"""The slope that ``make soak`` tells, and how sure it is of it."""

from __future__ import annotations

import math
import os
import random

import pytest
from scipy import stats

from tests.chaos.memory import resident_megabytes
from tests.chaos.slope import slope, students_t

TIMES = [float(second) for second in range(0, 600, 5)]


def noisy(growth: float, seed: int, *, carried: float = 0.0) -> list[float]:
    """Values that grow; ``carried`` is how much of its neighbour's noise each has."""
    random_, noise, values = random.Random(seed), 0.0, []
    for time in TIMES:
        noise = carried * noise + random_.gauss(0, 1)
        values.append(300 + growth * time + noise)
    return values


def test_a_straight_line_has_its_slope_and_no_doubt() -> None:
    found = slope(TIMES, [300 + 0.25 * time for time in TIMES])
    assert found.value == pytest.approx(0.25)
    assert found.half_width == pytest.approx(0, abs=1e-9)


def test_independent_noise_has_the_interval_of_ordinary_least_squares() -> None:
    values = noisy(0.01, seed=3)
    reference = stats.linregress(TIMES, values)
    found = slope(TIMES, values)
    assert found.value == pytest.approx(reference.slope)
    expected = stats.t.ppf(0.975, len(TIMES) - 2) * reference.stderr
    assert found.half_width == pytest.approx(expected, rel=0.25)


@pytest.mark.parametrize("carried", [0.0, 0.7])
def test_about_nineteen_of_twenty_intervals_hold_the_true_slope(carried: float) -> None:
    held = 0
    for seed in range(200):
        found = slope(TIMES, noisy(0.01, seed, carried=carried))
        held += found.low <= 0.01 <= found.high
    assert held >= 178


def test_samples_that_are_all_alike_but_for_one_step_say_nothing_for_sure() -> None:
    step = [300.0 if time < 300 else 301.0 for time in TIMES]
    found = slope(TIMES, step)
    assert found.low < 0 < found.high


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="five or more"):
        slope([0.0, 1.0], [0.0, 1.0])


@pytest.mark.parametrize("freedom", [3, 5, 12, 100])
def test_students_quantile_is_that_of_the_tables(freedom: float) -> None:
    assert students_t(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=2e-3)


def test_the_memory_of_a_process_is_told_and_of_none_nothing() -> None:
    assert 5 < (resident_megabytes(os.getpid()) or 0) < 10_000
    assert resident_megabytes(2**22 + 1) is None


def test_growth_that_nobody_can_tell_has_an_infinite_interval() -> None:
    found = slope(TIMES[:8], [time**2 for time in TIMES[:8]])
    assert math.isinf(found.half_width)
