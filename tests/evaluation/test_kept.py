from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.evaluation import GoldFile
from pipeline.evaluation.causes import count_causes
from pipeline.evaluation.gold import DEFAULT_PUBLISHED_AT, GoldSentence, Label
from pipeline.evaluation.harness import Report, evaluate_extractions
from pipeline.evaluation.kept import entry, load_kept, save_kept, what_got_worse
from pipeline.evaluation.quality_page import refresh
from pipeline.records import Extraction
from tests.evaluation.evaluation_samples import SEIZE, article, extraction, ref, threat
from tests.evaluation.oracle import perfect

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "tests" / "gold" / "kept.json"
PAGE = ROOT / "docs" / "quality.md"
MEASURED = dict.fromkeys(["date", "newswire", "spacy", "model", "python"], "1")

PERFECT = perfect(article())
ONE_MISSED = replace(PERFECT, threats=PERFECT.threats[:1])


def report_on(found: Extraction) -> Report:
    return evaluate_extractions(GoldFile("g", articles=(article(),)), [found])


def kept_of(report: Report) -> dict:
    return entry(report, report, count_causes(report), MEASURED)


def test_what_is_kept_is_read_again(tmp_path: Path):
    path = tmp_path / "kept.json"
    assert load_kept(path) == {}
    kept = {"tests/gold/g": kept_of(report_on(PERFECT))}
    save_kept(path, kept)
    assert load_kept(path) == kept


def test_nothing_got_worse_where_nothing_or_only_the_better_changed():
    report = report_on(ONE_MISSED)
    assert list(what_got_worse("g", kept_of(report), report)) == []
    assert list(what_got_worse("g", kept_of(report), report_on(PERFECT))) == []


def test_what_got_worse_is_told_in_words_with_both_counts():
    worse = list(what_got_worse("g", kept_of(report_on(PERFECT)), report_on(ONE_MISSED)))
    assert worse[0] == (
        "g, threats detection: of 2 to be found 1 were found, and 0 are wrong or false (F1 0.667). "
        "Kept is: of 2 to be found 2 were found, and 0 are wrong or false (F1 1.000)."
    )
    assert {line.split(":")[0] for line in worse} == {
        "g, threats detection",
        "g, threats record",
        "g, threats record, canonical",
    }


def test_sentences_that_hold_nothing_and_give_more_are_worse():
    rows = (GoldSentence("1", SEIZE, Label.NONE, DEFAULT_PUBLISHED_AT),) * 2
    rows += (GoldSentence("2", SEIZE, Label.THREAT, DEFAULT_PUBLISHED_AT),)
    gold = GoldFile("g", sentences=rows)
    a_threat = extraction(threats=[threat(ref("Tolk"), [], SEIZE, text=SEIZE)])
    then = evaluate_extractions(gold, [extraction(), extraction(), a_threat])
    now = evaluate_extractions(gold, [a_threat, extraction(), a_threat])
    worse = list(what_got_worse("g", kept_of(then), now))
    assert worse[-1] == (
        "g: 1 of 2 sentences that hold nothing gave a record. Kept is: 0."
    )  # fmt: skip


def test_other_gold_than_was_kept_is_no_comparison_and_says_so():
    fewer = GoldFile("g", articles=(article(denials=[]),))
    now = evaluate_extractions(fewer, [PERFECT])
    worse = list(what_got_worse("g", kept_of(report_on(PERFECT)), now))
    assert any("the gold has 0 and had 1 when the counts were kept" in line for line in worse)


def test_hand_written_parts_of_the_page_stay():
    page = PAGE.read_text(encoding="utf-8").replace("# How good it is", "# By hand")
    written = refresh(page, {"tests/gold/g": kept_of(report_on(ONE_MISSED))})
    assert written.startswith("# By hand")
    assert "| `tests/gold/g` | 1 |" in written
    assert "| threat missed: nothing came out | 1 | 1 |" in written
    assert refresh(written, load_kept(KEPT)) == refresh(page, load_kept(KEPT))


def test_a_page_without_the_comments_of_a_part_is_refused():
    with pytest.raises(ValueError, match="generated: measured"):
        refresh("# Empty\n", {})


def test_the_page_shows_what_is_kept():
    page = PAGE.read_text(encoding="utf-8")
    assert refresh(page, load_kept(KEPT)) == page, "write it anew: make evaluate"


def test_of_what_is_held_out_no_errors_are_kept():
    held = {name: each for name, each in load_kept(KEPT).items() if name.endswith("_held")}
    assert held
    assert all("causes" not in each for each in held.values())
