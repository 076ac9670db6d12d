"""What a lowest confidence leaves out, and what goes with it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pipeline.extraction.settings import ActorScope
from pipeline.extraction.threshold import chosen
from pipeline.records import ActorType, Extraction
from tests.record_samples import ACTOR, DENIAL, EXTRACTION, EXTRACTIONS, THREAT

SURE = replace(THREAT, confidence=0.9)
UNSURE = replace(THREAT, confidence=0.4, action="something else")
GROUP = replace(ACTOR, actor_id="group-rebels", name="rebels", type=ActorType.GROUP)


def test_records_below_the_threshold_are_left_out_and_those_at_it_are_not() -> None:
    denial = replace(DENIAL, confidence=0.89)
    found = chosen(
        replace(EXTRACTION, threats=(SURE, UNSURE), denials=(denial,)), 0.9, ActorScope.ALL
    )
    assert found.threats == (SURE,)
    assert found.denials == ()


def test_a_denial_no_longer_names_a_threat_that_was_left_out() -> None:
    denial = replace(DENIAL, confidence=1.0, denies=(SURE.record_id, UNSURE.record_id))
    found = chosen(
        replace(EXTRACTION, threats=(SURE, UNSURE), denials=(denial,)), 0.5, ActorScope.ALL
    )
    assert found.denials[0].denies == (SURE.record_id,)


def test_an_unnamed_group_goes_with_the_last_record_that_names_it() -> None:
    threat = replace(UNSURE, targets=(GROUP.ref,))
    extraction = replace(EXTRACTION, actors=(ACTOR, GROUP), threats=(threat,), denials=())
    assert chosen(extraction, 0.4, ActorScope.ALL).actors == (ACTOR, GROUP)
    assert chosen(extraction, 0.5, ActorScope.ALL).actors == (ACTOR,)


@given(EXTRACTIONS, st.floats(0, 1))
def test_no_record_changes_but_for_the_threats_that_a_denial_names(
    extraction: Extraction, least: float
) -> None:
    found = chosen(extraction, least, ActorScope.ALL)
    assert found.threats == tuple(each for each in extraction.threats if each.confidence >= least)
    assert [replace(each, denies=()) for each in found.denials] == [
        replace(each, denies=()) for each in extraction.denials if each.confidence >= least
    ]
    assert set(found.actors) <= set(extraction.actors)
