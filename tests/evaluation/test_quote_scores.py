from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.evaluation import load_gold
from pipeline.evaluation.causes import count_causes
from pipeline.evaluation.errors import list_errors
from pipeline.evaluation.gold import DEFAULT_PUBLISHED_AT, GoldFile, GoldPassage, GoldQuote
from pipeline.evaluation.harness import Report, evaluate_quotations
from pipeline.evaluation.quotes import same_speaker
from pipeline.evaluation.scores import Counts
from pipeline.extraction.quotations import Quotation
from pipeline.records import Field, Span

QUOTES = Path(__file__).parents[1] / "gold" / "quotes.jsonl"
ROWS = [json.loads(line) for line in QUOTES.read_text(encoding="utf-8").splitlines()]

TEXT = "“We sail at six,” said Ana Brito. “Be there.” The harbour master said the fog would lift."
GOLD = GoldPassage(
    "p",
    TEXT,
    (
        GoldQuote("Ana Brito", ("We sail at six", "Be there.")),
        GoldQuote("harbour master", ("the fog would lift",)),
    ),
    DEFAULT_PUBLISHED_AT,
)


def said(speaker: str, *pieces: str) -> Quotation:
    spans = (
        Span(Field.BODY, TEXT.index(piece), TEXT.index(piece) + len(piece), piece)
        for piece in pieces
    )
    return Quotation(speaker, tuple(spans), indirect=False)


def report_on(*found: Quotation) -> Report:
    return evaluate_quotations(GoldFile("q", passages=(GOLD,)), [found])


def counts(report: Report, figure: str) -> Counts:
    return report.scores[figure].counts


def test_all_found_is_all_right():
    report = report_on(
        said("Ana Brito", "We sail at six", "Be there"), said("Harbour master", "fog would lift")
    )
    assert counts(report, "quotes speaker") == Counts(2, 2, 2)
    assert counts(report, "quotes content, by words") == Counts(9, 9, 10)
    assert list(list_errors(report)) == []
    assert count_causes(report) == {}


def test_a_wrong_speaker_costs_the_speaker_and_not_the_words():
    report = report_on(said("Peter Orr", "We sail at six", "Be there"))
    assert counts(report, "quotes found") == Counts(1, 1, 2)
    assert counts(report, "quotes speaker") == Counts(0, 1, 2)
    assert counts(report, "quotes content, by words") == Counts(6, 6, 10)
    assert [case.splitlines()[0] for case in list_errors(report)] == [
        "p WRONG quote: speaker",
        "p MISSED quote",
    ]
    assert count_causes(report) == {
        "quote wrong: another speaker than the named one": 1,
        "quote missed": 1,
    }


def test_a_further_piece_counts_only_with_another_speaker():
    same = report_on(said("Ana Brito", "We sail at six"), said("Ana Brito", "Be there"))
    assert counts(same, "quotes speaker") == Counts(1, 1, 2)
    other = report_on(said("Ana Brito", "We sail at six"), said("Peter Orr", "Be there"))
    assert counts(other, "quotes speaker") == Counts(1, 2, 2)


def test_words_that_nobody_said_are_false():
    report = report_on(said("Ana Brito", "The harbour"))
    assert counts(report, "quotes speaker") == Counts(0, 1, 2)
    assert count_causes(report)["quote false"] == 1


@pytest.mark.parametrize(
    ("found", "wanted", "same"),
    [
        ("Inês Falcão", "Ines Falcao", True),
        ("Falcão", "Inês Falcão", False),
        ("Government of Peru", "Peru", True),
        ("residents of Hlaing", "residents of the township of Hlaing", True),
        ("one of them", "residents of the township of Hlaing", False),
    ],
)
def test_names_are_compared_whole_and_descriptions_by_half_of_their_words(
    found: str, wanted: str, same: bool
):
    assert same_speaker(found, wanted) is same


def test_the_set_has_a_hundred_quotations_of_every_kind():
    quotes = [quote for row in ROWS for quote in row["quotes"]]
    assert len(quotes) >= 100
    assert {quote["kind"] for quote in quotes} == {"direct", "indirect", "mixed"}
    assert len(load_gold(QUOTES).passages) == len(ROWS)
    text = "".join(row["text"] for row in ROWS)
    assert all(mark in text for mark in "\"'“”‘’„«»")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_each_piece_stands_in_its_text_once(row: dict):
    for quote in row["quotes"]:
        assert [row["text"].count(piece) for piece in quote["content"]] == [1] * len(
            quote["content"]
        )
