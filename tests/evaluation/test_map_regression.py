"""Weights that begin from what is expected of them."""

from __future__ import annotations

from pipeline.evaluation.map_regression import learn


def test_the_gold_moves_a_sign_that_it_shows_and_leaves_one_that_it_does_not() -> None:
    found = [(frozenset({"hearer"}), True), (frozenset({"audience"}), False)] * 40
    expected = {"hearer": 0.5, "audience": 0.0, "said of": 2.5}
    _, learned = learn(found, expected, bias=-3.0, precision=8.0)
    assert learned["hearer"] > 0.6
    assert learned["audience"] < -0.1
    assert learned["said of"] == 2.5
