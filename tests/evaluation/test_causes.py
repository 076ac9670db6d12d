from __future__ import annotations

from collections import Counter
from dataclasses import replace

from pipeline.evaluation import GoldFile
from pipeline.evaluation.causes import Considered, count_causes
from pipeline.evaluation.gold import DEFAULT_PUBLISHED_AT, GoldArticle, GoldSentence, Label
from pipeline.evaluation.harness import evaluate_extractions
from pipeline.records import ActorType, Extraction
from tests.evaluation.evaluation_samples import (
    DENIED,
    SEIZE,
    SINK,
    actor,
    article,
    denial,
    extraction,
    ref,
    threat,
)
from tests.evaluation.oracle import perfect

PORTUGAL = ref("Portugal", ActorType.GOVERNMENT)
NORGATE = ref("Norgate Ltd")
FALCAO = ref("Inês Falcão", ActorType.PERSON)
HARBOUR = ref("harbour")
GOLD = article()
PERFECT = perfect(GOLD)
SEIZING, SINKING = PERFECT.threats


def causes(found: Extraction, gold: GoldArticle = GOLD) -> Counter[str]:
    report = evaluate_extractions(GoldFile("g", articles=(gold,)), [found])
    return count_causes(report)


def test_a_perfect_extraction_has_no_causes():
    assert causes(PERFECT) == {}


def test_what_nothing_came_out_of_is_told_from_what_was_taken_for_something_else():
    nothing = causes(replace(PERFECT, threats=(SEIZING,)))
    assert nothing == {"threat missed: nothing came out": 1}
    taken = replace(PERFECT, threats=(SEIZING,), denials=(*PERFECT.denials, denial(FALCAO, SINK)))
    assert causes(taken) == {
        "threat missed: another kind of record came out": 1,
        "denial false: the sentence holds a record of another kind": 1,
    }


def test_what_nothing_came_out_of_is_told_apart_by_how_far_it_got():
    report = evaluate_extractions(GoldFile("g", articles=(GOLD,)), [extraction(PERFECT.actors)])
    start = GOLD.text.index(SINK)
    for considered, cause in [
        ([], "nothing was weighed"),
        ([Considered("denial", start, start + 9, taken=True)], "nothing was weighed"),
        ([Considered("threat", start, start + 9, taken=False)], "no rule took it"),
        (
            [Considered("threat", start, start + 9, taken=True)],
            "a rule took it, and it was dropped",
        ),
    ]:
        counted = count_causes(report, {GOLD.id: considered})
        assert counted[f"threat missed: {cause}"] >= 1
        assert counted.total() == count_causes(report).total()


def test_one_record_for_two_threats_of_a_sentence_is_a_cause_of_its_own():
    gold = article(threats=[*GOLD.threats, replace(GOLD.threats[0], action="leave")])
    assert causes(PERFECT, gold) == {"threat missed: one record came out for two": 1}


def test_who_is_wrong_is_told_by_whether_the_gold_knows_them():
    falcao = SINKING.threatener
    another = replace(PERFECT, threats=(replace(SEIZING, threatener=falcao), SINKING), denials=())
    unknown = replace(PERFECT, threats=(replace(SEIZING, threatener=HARBOUR), SINKING), denials=())
    assert causes(another)["threat wrong: another threatener"] == 1
    assert causes(unknown)["threat wrong: the threatener is no actor of the gold"] == 1


def test_no_target_is_told_from_others():
    none = replace(PERFECT, threats=(replace(SEIZING, targets=()), SINKING), denials=())
    other = replace(PERFECT, threats=(replace(SEIZING, targets=(FALCAO,)), SINKING), denials=())
    assert causes(none)["threat wrong: no target"] == 1
    assert causes(other)["threat wrong: other targets"] == 1


def test_a_false_record_is_told_by_what_its_sentence_and_text_hold():
    false = denial(PORTUGAL, "The harbour was calm")
    assert causes(replace(PERFECT, denials=(*PERFECT.denials, false))) == {
        "denial false: the sentence holds no record": 1
    }
    calm = article(threats=[], denials=[])
    found = extraction(PERFECT.actors, denials=[false])
    assert causes(found, calm) == {"denial false: the text holds no record": 1}


def test_a_missed_link_is_told_by_which_end_was_missed():
    unlinked = replace(PERFECT, denials=(replace(PERFECT.denials[0], denies=()),))
    assert causes(unlinked) == {"link missed: both found, not linked": 1}
    assert causes(replace(PERFECT, denials=()))["link missed: the denial was missed"] == 1
    no_threat = replace(unlinked, threats=(SINKING,))
    assert causes(no_threat)["link missed: the threat was missed"] == 1
    linked_twice = denial(NORGATE, DENIED, denies=[SEIZING, SINKING])
    assert causes(replace(PERFECT, denials=(linked_twice,))) == {"link false": 1}


def test_actors_are_told_by_what_became_of_their_names():
    found = extraction(
        [
            actor("Republic", "Portugal", type=ActorType.GOVERNMENT),
            actor("Norgate Ltd"),
            actor("Falcão"),
            actor("minister of fisheries"),
        ],
        PERFECT.threats,
        PERFECT.denials,
    )
    assert causes(found) == {
        "actor found under another name": 1,
        "actor missed: person": 1,
        "actor false: a gold actor's name, told apart from it": 1,
        "actor false: no actor of the gold has the name": 1,
    }


def test_sentences_have_causes_too():
    def sentence(label: Label) -> GoldSentence:
        return GoldSentence(str(label), SEIZE, label, DEFAULT_PUBLISHED_AT)

    found = extraction(denials=[denial(NORGATE, SEIZE, text=SEIZE)])
    rows = (sentence(Label.THREAT), sentence(Label.DENIAL), sentence(Label.NONE))
    report = evaluate_extractions(GoldFile("g", sentences=rows), [found] * 3)
    assert count_causes(report) == {
        "threat missed: another kind of record came out": 1,
        "denial false: the text holds no record": 1,
    }


def test_every_error_has_one_cause():
    empty = causes(extraction())
    assert empty.total() == 3 + 2 + 1 + 1
    wrong = replace(PERFECT, threats=(threat(HARBOUR, [HARBOUR], SEIZE),), denials=())
    report = evaluate_extractions(GoldFile("g", articles=(GOLD,)), [wrong])
    counts = report.scores["threats record"].counts
    of_threats = [n for cause, n in count_causes(report).items() if cause.startswith("threat")]
    assert sum(of_threats) == counts.gold - counts.right
