"""Faults come at random, and the same ones again from the same seed."""

from __future__ import annotations

from itertools import islice

from tests.chaos.faults import FAULTS
from tests.chaos.schedule import schedule


def test_the_same_seed_gives_the_same_faults_and_another_seed_others() -> None:
    first, again, other = (list(islice(schedule(list(FAULTS), seed), 30)) for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_each_fault_comes_once_before_any_comes_again() -> None:
    strikes = list(islice(schedule(list(FAULTS), 3), 3 * len(FAULTS)))
    for begin in range(0, len(strikes), len(FAULTS)):
        assert {each.fault for each in strikes[begin : begin + len(FAULTS)]} == set(FAULTS)


def test_in_the_first_round_the_pipeline_is_at_work_when_it_is_struck() -> None:
    for seed in range(20):
        first = islice(schedule(list(FAULTS), seed), len(FAULTS))
        assert not any(strike.upon_another for strike in first)
    later = islice(schedule(list(FAULTS), 1), 100)
    assert any(strike.upon_another for strike in later)
