from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.scores import Counts, score

ROWS = st.lists(
    st.builds(
        lambda right, more, missed: Counts(right, right + more, right + missed),
        st.integers(0, 5),
        st.integers(0, 5),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=12,
)


def test_figures_are_micro_averaged():
    result = score([Counts(1, 1, 1), Counts(1, 3, 7)])
    assert result.counts == Counts(2, 4, 8)
    assert (result.counts.precision, result.counts.recall) == (0.5, 0.25)
    assert abs(result.counts.f1 - 1 / 3) < 1e-9


def test_nothing_predicted_and_nothing_to_find_scores_zero():
    assert score([Counts()]).counts.f1 == 0
    assert score([]).interval == (0, 0)


def test_the_interval_narrows_as_rows_are_added():
    few = score([Counts(1, 2, 1), Counts(0, 1, 2), Counts(2, 2, 2)] * 3).interval
    many = score([Counts(1, 2, 1), Counts(0, 1, 2), Counts(2, 2, 2)] * 60).interval
    assert many[1] - many[0] < (few[1] - few[0]) / 2


def test_a_figure_that_is_right_wherever_it_is_counted_has_no_spread():
    rare = [Counts(1, 1, 1)] + [Counts()] * 30
    assert score(rare).interval == (1, 1)


@given(ROWS)
def test_the_interval_is_the_same_each_time_and_within_bounds(rows: list[Counts]):
    low, high = score(rows).interval
    assert 0 <= low <= high <= 1
    assert score(rows).interval == (low, high)
