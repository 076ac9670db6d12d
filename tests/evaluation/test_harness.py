from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.evaluation import GoldFile, as_json, evaluate, render
from pipeline.evaluation.errors import list_errors
from pipeline.evaluation.gold import DEFAULT_PUBLISHED_AT, GoldSentence, Label
from pipeline.evaluation.scores import Counts, Share
from pipeline.records import ActorType, DenialKind, Extraction, Modality
from tests.evaluation.evaluation_samples import (
    DENIED,
    GOLD_DENIAL,
    SEIZE,
    SINK,
    actor,
    article,
    denial,
    extraction,
    ref,
    span,
    threat,
)

if TYPE_CHECKING:
    from pipeline.articles import Article

PORTUGAL = ref("Portugal", ActorType.GOVERNMENT)
NORGATE = ref("Norgate Ltd")
FALCAO = ref("Inês Falcão", ActorType.PERSON)

SEIZING = threat(PORTUGAL, [NORGATE], SEIZE, condition="if they came back")
SINKING = replace(
    threat(FALCAO, [NORGATE], SINK, action="sink what we cannot seize"),
    category="138",
    quoted=True,
)
ACTORS = [
    actor("Portugal", type=ActorType.GOVERNMENT, country="PRT"),
    actor("Norgate Ltd", "Norgate Ltd", "Norgate"),
    actor("Inês Falcão", type=ActorType.PERSON, country="PRT", role="minister of fisheries"),
]
PERFECT = extraction(ACTORS, [SEIZING, SINKING], [denial(NORGATE, DENIED, denies=[SEIZING])])


def report_on(found: Extraction):
    return evaluate(GoldFile("small.jsonl", articles=(article(),)), lambda _: found)


def test_a_perfect_extraction_scores_one_in_everything():
    report = report_on(PERFECT)
    assert {name: score.counts.f1 for name, score in report.scores.items()} == dict.fromkeys(
        report.scores, 1.0
    )
    assert {name for name, share in report.agreement.items() if share.ratio < 1} == set()
    assert list(list_errors(report)) == []


def test_an_empty_extraction_finds_nothing_of_what_is_there():
    scores = report_on(extraction()).scores
    assert scores["actors identity"].counts == Counts(0, 0, 3)
    assert scores["threats detection"].counts == Counts(0, 0, 2)
    assert scores["denials record"].counts == Counts(0, 0, 1)
    assert scores["links"].counts == Counts(0, 0, 1)


def test_a_wrong_target_costs_the_record_and_not_the_detection():
    wrong = replace(SEIZING, targets=(FALCAO,))
    scores = report_on(replace(PERFECT, threats=(wrong, SINKING), denials=())).scores
    assert scores["threats detection"].counts == Counts(2, 2, 2)
    assert scores["threats record"].counts == Counts(1, 2, 2)


def test_each_field_of_a_matched_record_is_compared():
    odd = replace(
        SEIZING,
        condition=None,
        category="138",
        modality=Modality.ALLEGED,
        attribution=FALCAO,
        quoted=True,
        action="leave",
    )
    other = replace(PERFECT.denials[0], kind=DenialKind.CLAIM, content=None, denies=())
    agreement = report_on(extraction(ACTORS, [odd, SINKING], [other])).agreement
    for field in ("action", "condition", "category", "modality", "attribution", "quoted"):
        assert agreement[f"threat {field}"] == Share(1, 2), field
    assert agreement["threat threatener"] == Share(2, 2)
    assert agreement["denial kind"] == agreement["denial content"] == Share(0, 1)
    assert agreement["denial cue"] == Share(1, 1)


def test_a_phrase_agrees_by_half_of_its_words():
    shorter = replace(SEIZING, condition="they came back", action="seize the trawlers")
    agreement = report_on(replace(PERFECT, threats=(shorter, SINKING), denials=())).agreement
    assert agreement["threat condition"] == agreement["threat action"] == Share(2, 2)


def test_figures_are_added_over_articles():
    gold = GoldFile("two.jsonl", articles=(article(), replace(article(), id="a2")))
    report = evaluate(gold, lambda one: PERFECT if one.id == "a1" else extraction())
    assert report.scores["threats record"].counts == Counts(2, 2, 4)
    assert report.rows == 2


def test_errors_tell_the_gold_what_came_out_and_the_sentence():
    false = denial(PORTUGAL, "The harbour was calm")
    wrong = replace(SEIZING, threatener=FALCAO)
    report = report_on(extraction(ACTORS[:2], [wrong], [false]))
    cases = list(list_errors(report))
    headings = [case.splitlines()[0] for case in cases]
    assert headings == [
        "a1 MISSED actor",
        "a1 WRONG threat: threatener",
        "a1 MISSED threat",
        "a1 MISSED denial",
        "a1 FALSE denial",
        "a1 MISSED link (the denial was missed, the threat was found)",
    ]
    assert "gold   Portugal -> Norgate Ltd: seize the trawlers of Norgate Ltd" in cases[1]
    assert "found  Inês Falcão -> Norgate Ltd: seize" in cases[1]
    assert "text   Portugal said on Monday it would seize" in cases[1]
    assert "text   The harbour was calm." in cases[4]


def test_errors_of_one_kind_can_be_asked_for_alone():
    report = report_on(extraction())
    for kind, heading in [("links", "MISSED link"), ("denials", "MISSED denial")]:
        (case,) = list_errors(report, [kind])
        assert case.startswith(f"a1 {heading}")


def test_a_right_record_with_a_wrong_field_is_listed_with_the_field():
    report = report_on(
        replace(PERFECT, denials=(replace(PERFECT.denials[0], kind=DenialKind.CLAIM),))
    )
    assert [case.splitlines()[0] for case in list_errors(report)] == ["a1 FIELDS denial: kind"]


def sentence(label: Label, text: str = "Tolk spoke.") -> GoldSentence:
    return GoldSentence(f"{label} {text}", text, label, DEFAULT_PUBLISHED_AT)


def by_words(one: Article) -> Extraction:
    """Finds a threat where the text says so, and a denial likewise."""
    return extraction(
        threats=[threat(PORTUGAL, [], one.body, text=one.body)] if "threat" in one.body else [],
        denials=[denial(NORGATE, one.body, text=one.body)] if "denial" in one.body else [],
    )


def test_sentences_are_counted_by_kind_and_none_rows_by_any_record():
    gold = GoldFile(
        "sentences.jsonl",
        sentences=(
            sentence(Label.THREAT, "threat"),
            sentence(Label.THREAT, "missed"),
            sentence(Label.DENIAL, "denial and threat"),
            sentence(Label.NONE, "threat and denial"),
            sentence(Label.NONE, "calm"),
            sentence(Label.AMBIGUOUS, "threat"),
        ),
    )
    report = evaluate(gold, by_words)
    assert report.scores["threats"].counts == Counts(1, 2, 2)
    assert report.scores["denials"].counts == Counts(1, 2, 1)
    assert report.false_records == Share(1, 2)
    assert [case.splitlines()[0] for case in list_errors(report)] == [
        "THREAT missed MISSED threat",
        "NONE threat and denial FALSE threat",
        "NONE threat and denial FALSE denial",
    ]


def test_a_kind_that_the_file_has_no_row_of_is_not_measured():
    gold = GoldFile(
        "threats.jsonl",
        sentences=(sentence(Label.THREAT, "threat"), sentence(Label.NONE, "denial")),
    )
    report = evaluate(gold, by_words)
    assert set(report.scores) == {"threats"}
    assert report.false_records == Share(0, 1)
    assert list(list_errors(report)) == []


def test_the_table_and_the_json_hold_the_same_figures():
    report = report_on(replace(PERFECT, threats=(SEIZING,)))
    figures = as_json(report)["scores"]["threats record"]
    assert figures["recall"] == 0.5 and figures["gold"] == 2
    line = next(line for line in render(report).splitlines() if "threats record " in line)
    assert line.split()[2:5] == ["1.000", "0.500", "0.667"]
    assert "1 articles" in render(report)


def test_the_denials_evidence_may_stand_in_any_part_of_its_sentence():
    found = replace(PERFECT.denials[0], evidence=(span(GOLD_DENIAL.cue),))
    assert report_on(replace(PERFECT, denials=(found,))).scores["denials record"].counts.f1 == 1
