from __future__ import annotations

import numpy
import pytest

from benchmarks.scaling import HOURLY, TARGET, arrivals, ends, simulate, workers_for


def test_an_article_begins_once_it_has_come_and_the_one_before_is_done() -> None:
    found = ends(numpy.array([0.0, 1.0, 1.5, 10.0]), numpy.array([2.0, 1.0, 1.0, 1.0]))
    assert found.tolist() == [2.0, 3.0, 4.0, 11.0]


def test_articles_come_in_order_and_most_at_the_busiest_hours() -> None:
    found = arrivals(100_000, numpy.random.default_rng(1))
    assert (numpy.diff(found) >= 0).all()
    assert len(found) == pytest.approx(100_000, rel=0.05)
    by_hour = numpy.bincount((found // 3600).astype(int), minlength=24)
    assert numpy.corrcoef(by_hour, HOURLY)[0, 1] > 0.8


def test_more_articles_need_more_workers_in_proportion() -> None:
    assert workers_for(1_000, 0.02) == 1
    few, many = workers_for(10_000_000, 0.02), workers_for(20_000_000, 0.02)
    assert many == pytest.approx(2 * few, abs=1)


def test_a_day_is_worked_off_with_the_workers_reckoned_and_not_with_a_third_of_them() -> None:
    articles, service = 6_000_000, [0.02, 0.03]
    workers = workers_for(articles, 1.1 * 0.025)
    enough, few = (simulate(articles, each, service) for each in (workers, workers // 3))
    assert enough.busiest_hour < 1.5 * TARGET
    assert enough.median < 1 < few.median
