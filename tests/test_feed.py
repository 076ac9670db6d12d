"""The bundled feed is what the quick start and the tests take it for."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from pipeline.articles import decode_json
from pipeline.extraction import extract

FIELDS = {
    "id",
    "source",
    "url",
    "headline",
    "body",
    "published_at",
    "language",
    "revision",
    "status",
}

Row = dict[str, Any]


def json_lines(text: str) -> list[Row]:
    return [json.loads(line) for line in text.splitlines()]


FEED = json_lines(files("pipeline").joinpath("data/feed.jsonl").read_text(encoding="utf-8"))
CONTENTS = json_lines(
    (Path(__file__).parent / "data" / "feed_contents.jsonl").read_text(encoding="utf-8")
)
USABLE = [row for row in FEED if row["status"] == "usable"]
ENGLISH = [row for row in USABLE if row["language"] == "en"]


def of(rows: list[Row], article_id: str) -> list[Row]:
    return [row for row in rows if row["id"] == article_id]


def test_the_feed_holds_more_than_thirty_six_articles():
    assert len({row["id"] for row in FEED}) > 36


def test_every_article_has_all_fields_and_a_time_with_an_offset():
    for row in FEED:
        assert set(row) == FIELDS, row["id"]
        assert datetime.fromisoformat(row["published_at"]).tzinfo is not None, row["id"]
        assert row["headline"] and row["source"] and row["url"].startswith("https://"), row["id"]


def test_every_line_is_an_article_that_the_pipeline_accepts():
    for row in FEED:
        article = decode_json(json.dumps(row).encode())
        assert (article.id, article.revision) == (row["id"], row["revision"])


def test_a_usable_article_has_80_to_500_words():
    lengths = {row["id"]: len(row["body"].split()) for row in USABLE}
    assert {key: words for key, words in lengths.items() if not 80 <= words <= 500} == {}
    assert min(lengths.values()) < 100 and max(lengths.values()) > 400


def test_an_id_comes_again_only_with_the_next_revision():
    seen: Counter[str] = Counter()
    for row in FEED:
        assert row["revision"] == seen[row["id"]], row["id"]
        seen[row["id"]] += 1


def test_there_are_corrections_a_withdrawal_and_other_languages():
    assert sum(row["revision"] > 0 for row in USABLE) >= 2
    assert [row["body"] for row in FEED if row["status"] == "withdrawn"] == [""]
    assert {row["language"] for row in FEED} == {"en", "es", "fr-BE"}


def test_a_correction_changes_the_text():
    for row in USABLE:
        if row["revision"]:
            before = of(FEED, row["id"])[row["revision"] - 1]
            assert row["body"] != before["body"]
            assert row["published_at"] > before["published_at"]


def test_the_feed_is_in_the_order_of_publication():
    times = [row["published_at"] for row in FEED]
    assert times == sorted(times)


def test_the_contents_name_each_english_article_once():
    assert [row["id"] for row in CONTENTS] == [row["id"] for row in ENGLISH if row["revision"] == 0]


def test_about_a_third_of_the_articles_holds_neither_threat_nor_denial():
    empty = sum(not row["threat"] and not row["denial"] for row in CONTENTS)
    assert 1 / 3 <= empty / len(CONTENTS) <= 0.4


def test_each_article_names_an_actor_that_no_other_article_names():
    for row in CONTENTS:
        naming = {article["id"] for article in FEED if row["own_actor"] in article["body"]}
        assert naming == {row["id"]}


@pytest.mark.parametrize("row", ENGLISH, ids=lambda row: f"{row['id']}-{row['revision']}")
def test_each_article_leaves_a_record(row: Row):
    article = decode_json(json.dumps(row).encode())
    assert extract(article).actors
