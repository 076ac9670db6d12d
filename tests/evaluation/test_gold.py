from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.evaluation import GoldError, load_gold
from pipeline.evaluation.gold import DEFAULT_PUBLISHED_AT, Label

ARTICLE: dict[str, Any] = {
    "id": "a",
    "headline": "Tolk warns Orsha",
    "text": "Tolk warned it would bar Orsha. Orsha denied it.",
    "actors": [
        {
            "name": "Tolk",
            "type": "ORGANISATION",
            "country": None,
            "role": None,
            "mentions": ["Tolk"],
        }
    ],
    "threats": [
        {
            "threatener": "Tolk",
            "targets": ["Orsha"],
            "action": "bar Orsha",
            "condition": None,
            "category": "132",
            "modality": "ASSERTED",
            "attribution": None,
            "quoted": False,
            "evidence": ["it would bar Orsha"],
        }
    ],
    "denials": [
        {
            "denier": "Orsha",
            "content": None,
            "cue": "denied",
            "kind": "FACT",
            "denies": [0],
            "quoted": False,
            "evidence": ["Orsha denied it"],
        }
    ],
}
SENTENCE = {"id": "s", "text": "Tolk warned it would bar Orsha.", "label": "THREAT"}


def write(folder: Path, *rows: object) -> Path:
    path = folder / "gold.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_article_gold_is_told_by_its_fields(tmp_path: Path):
    gold = load_gold(write(tmp_path, ARTICLE))
    assert gold.articles[0].threats[0].targets == ("Orsha",)
    assert gold.articles[0].denials[0].denies == (0,)
    assert not gold.sentences


def test_sentence_gold_is_told_by_its_label(tmp_path: Path):
    gold = load_gold(write(tmp_path, SENTENCE, {**SENTENCE, "label": "NONE", "why": "no agent"}))
    assert [sentence.label for sentence in gold.sentences] == [Label.THREAT, Label.NONE]


def test_an_article_is_measured_without_its_headline(tmp_path: Path):
    article = load_gold(write(tmp_path, ARTICLE)).articles[0].article
    assert article.headline == ""
    assert article.body == ARTICLE["text"]


def test_gold_without_a_date_is_measured_as_of_november_2026(tmp_path: Path):
    dated = {**ARTICLE, "published_at": "2024-02-03T04:05:06Z"}
    first, second = load_gold(write(tmp_path, ARTICLE, dated)).articles
    assert first.article.published_at == DEFAULT_PUBLISHED_AT
    assert second.article.published_at == datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([1], "line 1: expected a JSON object, found list"),
        ({"id": "x"}, "line 1: expected sentence gold (`label`), quote gold"),
        ({**SENTENCE, "label": "MAYBE"}, "line 1: 'MAYBE' is not a valid Label"),
        ({"label": "NONE", "id": "x"}, "line 1: the field 'text' is missing"),
        ({**ARTICLE, "text": "Other."}, "line 1: the evidence 'it would bar Orsha' does not stand"),
        ({**ARTICLE, "threats": []}, "line 1: `denies` points to threat 0, the article has 0"),
        (
            {**ARTICLE, "threats": [{**ARTICLE["threats"][0], "evidence": []}]},
            "line 1: a threat or denial has no evidence",
        ),
    ],
)
def test_a_line_that_is_no_gold_is_refused_with_its_place(
    tmp_path: Path, row: object, message: str
):
    with pytest.raises(GoldError) as error:
        load_gold(write(tmp_path, row))
    assert message in str(error.value)


def test_a_file_of_both_sorts_is_refused(tmp_path: Path):
    with pytest.raises(GoldError, match="article gold and sentence gold"):
        load_gold(write(tmp_path, ARTICLE, SENTENCE))


def test_an_empty_file_is_refused(tmp_path: Path):
    with pytest.raises(GoldError, match="holds no gold"):
        load_gold(write(tmp_path))
