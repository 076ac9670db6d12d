from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.evaluation.gold import GoldActor
from pipeline.evaluation.matching import match_article
from pipeline.records import ActorType, MentionKind
from tests.evaluation.evaluation_samples import (
    DENIED,
    FALCAO,
    GOLD_DENIAL,
    GOLD_SEIZE,
    GOLD_SINK,
    NORGATE,
    SEIZE,
    SINK,
    TEXT,
    actor,
    article,
    denial,
    extraction,
    ref,
    threat,
)

PORTUGAL_REF = ref("Portugal", ActorType.GOVERNMENT)
NORGATE_REF = ref("Norgate Ltd")
FALCAO_REF = ref("Inês Falcão", ActorType.PERSON)


def test_evidence_anywhere_in_the_gold_sentence_is_a_detection():
    found = threat(FALCAO_REF, [], "Portugal said on Monday")
    matching = match_article(article(threats=[GOLD_SEIZE]), extraction(threats=[found])).threats
    assert matching.pairs == {0: 0}
    assert not matching.missed and not matching.spurious


def test_evidence_in_another_sentence_is_a_miss_and_a_false_record():
    found = threat(PORTUGAL_REF, [NORGATE_REF], "The harbour was calm")
    matching = match_article(article(threats=[GOLD_SEIZE]), extraction(threats=[found])).threats
    assert matching.missed == (0,)
    assert matching.spurious == (0,)


def test_a_record_needs_the_right_threatener_and_one_right_target():
    right = threat(PORTUGAL_REF, [FALCAO_REF, NORGATE_REF], SEIZE)
    wrong_threatener = replace(right, threatener=FALCAO_REF)
    wrong_target = replace(right, targets=(FALCAO_REF,))
    gold = article(threats=[GOLD_SEIZE])
    agreeing = [
        match_article(gold, extraction(threats=[found])).threats.agreeing
        for found in (right, wrong_threatener, wrong_target)
    ]
    assert agreeing == [{0}, set(), set()]


def test_an_extra_prediction_on_a_matched_sentence_is_not_counted():
    first = threat(PORTUGAL_REF, [NORGATE_REF], SEIZE)
    second = threat(FALCAO_REF, [], "Portugal said", action="something else")
    matching = match_article(
        article(threats=[GOLD_SEIZE]), extraction(threats=[second, first])
    ).threats
    assert matching.pairs == {0: 1}
    assert matching.spurious == ()


def test_the_prediction_that_agrees_as_a_record_is_preferred_to_the_longer_one():
    long = threat(FALCAO_REF, [], SEIZE)
    right = threat(PORTUGAL_REF, [NORGATE_REF], "it would seize")
    matching = match_article(article(threats=[GOLD_SEIZE]), extraction(threats=[long, right]))
    assert matching.threats.pairs == {0: 1}


def test_one_prediction_answers_one_gold_record_only():
    both = threat(PORTUGAL_REF, [NORGATE_REF], SEIZE, SINK)
    matching = match_article(article(), extraction(threats=[both])).threats
    assert matching.pairs == {0: 0}
    assert matching.missed == (1,)


def test_two_gold_records_in_one_sentence_take_their_own_predictions():
    other = replace(GOLD_SEIZE, threatener="Inês Falcão", action="sell them")
    mine = threat(PORTUGAL_REF, [NORGATE_REF], SEIZE)
    hers = threat(FALCAO_REF, [NORGATE_REF], SEIZE, action="sell them")
    matching = match_article(
        article(threats=[GOLD_SEIZE, other]), extraction(threats=[hers, mine])
    ).threats
    assert matching.pairs == {0: 1, 1: 0}
    assert matching.agreeing == {0, 1}


def test_a_shared_mention_is_identity_but_not_the_canonical_name():
    found = actor("Norgate Holdings", "Norgate")
    matching = match_article(article(actors=[NORGATE]), extraction([found])).actors
    assert matching.agreeing == {0}
    assert matching.canonical == set()


def test_a_shared_pronoun_is_no_identity():
    gold = GoldActor("The Ministry", ActorType.STATE_ORGAN, None, None, ("it",))
    found = actor("Norgate Holdings", "it", kind=MentionKind.PRONOUN)
    matching = match_article(article(actors=[gold]), extraction([found])).actors
    assert matching.missed == (0,)
    assert matching.spurious == (0,)


@pytest.mark.parametrize(
    ("predicted", "gold"),
    [
        ("Government of Portugal", "Portugal"),
        ("the Portuguese authorities", "Portuguese"),
        ("Ines Falcao", "Inês Falcão"),
        ("Norgate, Ltd.", "Norgate Ltd"),
        ("Government of the Netherlands", "The Netherlands"),
        ("O'Brien", "O’Brien"),
    ],
)
def test_spellings_of_one_canonical_name_are_equal(predicted: str, gold: str):
    found = actor(predicted, "harbour")
    wanted = GoldActor(gold, ActorType.ORGANISATION, None, None, ("Monday",))
    assert match_article(article(actors=[wanted]), extraction([found])).actors.canonical == {0}


def test_an_actor_split_in_two_is_one_right_and_one_false():
    whole, part = actor("Norgate Ltd"), actor("Norgate", type=ActorType.PERSON)
    matching = match_article(article(actors=[NORGATE]), extraction([part, whole])).actors
    assert matching.pairs == {0: 1}
    assert matching.spurious == (0,)


def test_unnamed_groups_are_no_actors_to_be_counted():
    gold = GoldActor("harbour pilots", ActorType.GROUP, None, None, ("harbour pilots",))
    found = [
        actor("pilots", "harbour", type=ActorType.GROUP),
        actor("skippers", "ships", type=ActorType.GROUP),
    ]
    matching = match_article(article(actors=[gold]), extraction(found)).actors
    assert (matching.pairs, matching.missed, matching.spurious) == ({}, (), ())


@pytest.mark.parametrize(
    ("name", "same"), [("pilots", True), ("the striking harbour pilots", True), ("crews", False)]
)
def test_unnamed_groups_agree_by_half_of_their_words(name: str, same: bool):
    pilots = GoldActor("harbour pilots", ActorType.GROUP, None, None, ("harbour pilots",))
    gold = article(actors=[pilots], threats=[replace(GOLD_SEIZE, threatener="harbour pilots")])
    found = threat(ref(name, ActorType.GROUP), [NORGATE_REF], SEIZE)
    match = match_article(replace(gold, actors=(pilots, NORGATE)), extraction(threats=[found]))
    assert (match.threats.agreeing == {0}) is same


def test_a_denier_is_resolved_through_the_actor_records_mentions():
    company = actor("Norgate Holdings", "Norgate")
    found = denial(company.ref, DENIED)
    matching = match_article(article(threats=[]), extraction([company], denials=[found])).denials
    assert matching.agreeing == {0}
    assert matching.canonical == set()


def test_a_link_is_found_where_both_its_ends_are():
    seize = threat(PORTUGAL_REF, [NORGATE_REF], SEIZE)
    sink = threat(FALCAO_REF, [NORGATE_REF], SINK, action="sink")
    denied = denial(NORGATE_REF, DENIED, denies=[seize])
    links = match_article(article(), extraction([], [seize, sink], [denied])).links
    assert links.found == {(0, 0)}
    assert not links.missed and not links.spurious


def test_a_link_to_another_threat_is_a_miss_and_a_false_link():
    seize = threat(PORTUGAL_REF, [NORGATE_REF], SEIZE)
    sink = threat(FALCAO_REF, [NORGATE_REF], SINK, action="sink")
    denied = denial(NORGATE_REF, DENIED, denies=[sink])
    links = match_article(article(), extraction([], [seize, sink], [denied])).links
    assert links.missed == {(0, 0)}
    assert links.spurious == ((0, 1),)


def test_a_link_to_a_threat_that_was_missed_is_missed():
    denied = denial(NORGATE_REF, DENIED)
    links = match_article(article(), extraction(denials=[denied])).links
    assert links.missed == {(0, 0)}


def test_gold_copied_into_a_prediction_matches_in_everything():
    actors = [actor("Portugal", type=ActorType.GOVERNMENT), actor("Norgate Ltd")]
    actors.append(actor("Inês Falcão", type=ActorType.PERSON))
    seize = threat(PORTUGAL_REF, [NORGATE_REF], SEIZE)
    sink = threat(FALCAO_REF, [NORGATE_REF], SINK)
    denied = denial(NORGATE_REF, DENIED, denies=[seize])
    match = match_article(article(), extraction(actors, [seize, sink], [denied]))
    assert match.actors.canonical == {0, 1, 2}
    assert match.threats.canonical == {0, 1}
    assert match.denials.canonical == {0}
    assert match.links.found == {(0, 0)}


def test_the_sample_is_what_the_gold_says_it_is():
    assert FALCAO.name in TEXT and GOLD_SINK.evidence[0] in TEXT and GOLD_DENIAL.cue in TEXT
