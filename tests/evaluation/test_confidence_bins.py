from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation import GoldFile
from pipeline.evaluation.confidence import Bin, confidence_bins, mean_gap, wilson
from pipeline.evaluation.harness import evaluate_extractions
from pipeline.evaluation.report import render_confidence
from pipeline.evaluation.scores import Share
from pipeline.records import ActorType
from tests.evaluation.evaluation_samples import (
    DENIED,
    SEIZE,
    SINK,
    article,
    denial,
    extraction,
    ref,
    threat,
)

NORGATE = ref("Norgate Ltd")
PORTUGAL = ref("Portugal", ActorType.GOVERNMENT)


def test_a_record_is_right_where_it_matches_as_a_record():
    found = extraction(
        threats=[
            replace(threat(PORTUGAL, [NORGATE], SEIZE), confidence=0.9),
            replace(threat(PORTUGAL, [NORGATE], SINK), confidence=0.92),  # the wrong threatener
        ],
        denials=[
            replace(denial(NORGATE, DENIED), confidence=0.7),
            replace(denial(PORTUGAL, "The harbour was calm"), confidence=0.55),  # none
        ],
    )
    report = evaluate_extractions(GoldFile("g", articles=(article(),)), [found])
    bins = confidence_bins([report])
    assert [(each.low, each.right) for each in bins] == [
        (0.5, Share(0, 1)),
        (0.7, Share(1, 1)),
        (0.9, Share(1, 2)),
    ]
    assert bins[-1].mean == pytest.approx(0.91)


@pytest.mark.parametrize(("confidence", "low"), [(0.7, 0.7), (0.29, 0.2), (1.0, 0.9), (0.0, 0.0)])
def test_a_bin_begins_with_its_lower_bound(confidence: float, low: float):
    found = extraction(denials=[replace(denial(NORGATE, DENIED), confidence=confidence)])
    report = evaluate_extractions(GoldFile("g", articles=(article(),)), [found])
    assert [each.low for each in confidence_bins([report])] == [low]


def test_wilsons_interval_is_that_of_the_textbooks():
    # 81 of 263: Newcombe (1998), table I, method 3.
    low, high = wilson(Share(81, 263))
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert wilson(Share(0, 20))[0] == 0 and round(wilson(Share(0, 20))[1], 4) == 0.1611
    assert wilson(Share()) == (0, 1)


@given(st.integers(1, 400), st.data())
def test_the_interval_holds_the_share_itself(whole: int, data: st.DataObject):
    share = Share(data.draw(st.integers(0, whole)), whole)
    low, high = wilson(share)
    assert 0 <= low <= share.ratio <= high <= 1


def test_the_mean_gap_weighs_a_bin_by_its_records():
    bins = [Bin(0.5, Share(5, 10), 0.5), Bin(0.9, Share(15, 30), 0.9)]
    assert mean_gap(bins) == pytest.approx(0.3)
    assert mean_gap([]) == 0


def test_the_table_judges_bins_of_twenty_and_more():
    bins = [
        Bin(0.5, Share(1, 19), 0.55),
        Bin(0.7, Share(15, 20), 0.75),
        Bin(0.9, Share(10, 20), 0.95),
    ]
    _, few, good, bad, gap = render_confidence(bins).splitlines()
    assert [line.split()[-1] for line in (few, good, bad)] == ["few", "holds", "MISSES"]
    assert "15 of  20" in good
    assert gap.endswith(f"{mean_gap(bins):.3f}")
