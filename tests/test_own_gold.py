"""The project's own gold keeps to the definitions' form, and its halves are alike."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from pipeline.evaluation.gold import load_gold
from pipeline.records import ActorType, DenialKind, Modality

GOLD = Path(__file__).parent / "gold"
COUNTRIES = {
    json.loads(line)["country"]
    for line in files("pipeline.extraction.knowledge")
    .joinpath("actors/countries.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
}
CATEGORIES = {"130", "131", "132", "133", "134", "136", "137", "138", "139"}
SHARED_WORDS = 8

Row = dict[str, Any]


def rows_of(name: str) -> list[Row]:
    return [json.loads(line) for line in (GOLD / name).read_text(encoding="utf-8").splitlines()]


DEV = rows_of("own_dev.jsonl")
HELD = rows_of("own_held.jsonl")
OWN = [*DEV, *HELD]
ROUNDS = {path.name: rows_of(path.name) for path in sorted(GOLD.glob("rounds_*.jsonl"))}
ON_THREATS = rows_of("threats_dev.jsonl")
ON_DENIALS = rows_of("denials_dev.jsonl")
ACTORS = rows_of("actors_dev.jsonl")
WIRE = {path.name: rows_of(path.name) for path in sorted(GOLD.glob("wire*.jsonl"))}
FRESH = [*rows_of("fresh_dev.jsonl"), *rows_of("fresh_held.jsonl")]
ORDINARY = [*rows_of("ordinary_dev.jsonl"), *rows_of("ordinary_held.jsonl")]
ORDINARY_B = rows_of("ordinary_b.jsonl")
PASSING = rows_of("passing.jsonl")
ALL = [
    *OWN,
    *ACTORS,
    *ORDINARY,
    *ORDINARY_B,
    *PASSING,
    *FRESH,
    *ON_THREATS,
    *ON_DENIALS,
    *(row for rows in (*ROUNDS.values(), *WIRE.values()) for row in rows),
]
each_article = pytest.mark.parametrize("row", ALL, ids=lambda row: row["id"])
each_round = pytest.mark.parametrize("rows", ROUNDS.values(), ids=ROUNDS)


def records(rows: list[Row], kind: str) -> list[Row]:
    return [record for row in rows for record in row[kind]]


def links(rows: list[Row]) -> list[int]:
    return [threat for denial in records(rows, "denials") for threat in denial["denies"]]


def empty(rows: list[Row]) -> list[Row]:
    return [row for row in rows if not row["threats"] and not row["denials"]]


def strings_of(row: Row) -> Iterator[str]:
    for actor in row["actors"]:
        yield from actor["mentions"]
        yield from filter(None, [actor["role"]])
    for threat in row["threats"]:
        yield from threat["evidence"]
        yield from filter(None, [threat["action"], threat["condition"]])
    for denial in row["denials"]:
        yield from denial["evidence"]
        yield from filter(None, [denial["content"], denial["cue"]])


def names_used(row: Row) -> Iterator[str]:
    for threat in row["threats"]:
        yield threat["threatener"]
        yield from threat["targets"]
        yield from filter(None, [threat["attribution"]])
    for denial in row["denials"]:
        yield denial["denier"]


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + SHARED_WORDS]) for at in range(len(words) - SHARED_WORDS + 1)}


def test_there_is_enough_of_everything():
    assert len(OWN) >= 60
    assert len(records(OWN, "threats")) >= 100
    assert len(records(OWN, "denials")) >= 100
    assert len(links(OWN)) >= 40


@pytest.mark.parametrize("half", [DEV, HELD], ids=["dev", "held"])
def test_about_a_third_of_each_half_holds_no_record(half: list[Row]):
    assert 1 / 3 <= len(empty(half)) / len(half) <= 0.4


def test_the_halves_are_alike_in_what_they_hold():
    for of in (list, empty, links, lambda half: records(half, "threats")):
        dev, held = len(of(DEV)), len(of(HELD))
        assert abs(dev - held) <= 0.15 * (dev + held)


def test_the_articles_reach_from_1990_to_2026():
    years = {datetime.fromisoformat(row["published_at"]).year for row in OWN}
    assert (min(years), max(years)) == (1990, 2026)
    assert len(years) >= 30


def test_an_id_is_an_articles_own():
    assert len({row["id"] for row in ALL}) == len(ALL)


def test_ordinary_news_mostly_holds_no_record_and_neither_do_its_passages():
    assert len(empty(ORDINARY)) / len(ORDINARY) >= 0.75
    assert {row["label"] for row in rows_of("ordinary_passages.jsonl")} == {"NONE"}


def test_half_of_the_second_ordinary_file_holds_no_record():
    assert len(empty(ORDINARY_B)) * 2 == len(ORDINARY_B)


def test_a_quarter_to_a_third_of_the_articles_that_tell_in_passing_hold_no_record():
    assert 1 / 4 <= len(empty(PASSING)) / len(PASSING) <= 1 / 3


@each_round
def test_a_round_is_large_enough_to_be_measured_alone(rows: list[Row]):
    assert len(rows) == 12
    assert len(records(rows, "threats")) >= 20
    assert len(records(rows, "denials")) >= 20
    assert len(links(rows)) >= 8
    assert len(empty(rows)) in (3, 4)


@pytest.mark.parametrize(
    "name",
    [
        "own_dev.jsonl",
        "own_held.jsonl",
        "threats_dev.jsonl",
        "ordinary_b.jsonl",
        "passing.jsonl",
        *ROUNDS,
        *WIRE,
    ],
)
def test_the_evaluation_reads_the_file(name: str):
    assert len(load_gold(GOLD / name).articles) == len(rows_of(name))


@each_article
def test_an_article_has_80_to_450_words(row: Row):
    assert 80 <= len(row["text"].split()) <= 450


@each_article
def test_every_string_stands_in_the_text_as_it_is(row: Row):
    assert [string for string in strings_of(row) if string not in row["text"]] == []


@each_article
def test_a_mention_begins_and_ends_at_a_words_bounds(row: Row):
    for actor in row["actors"]:
        assert actor["mentions"], actor["name"]
        for mention in actor["mentions"]:
            assert re.search(rf"(?<!\w){re.escape(mention)}(?!\w)", row["text"]), mention


@each_article
def test_who_threatens_is_harmed_denies_or_tells_is_among_the_actors(row: Row):
    names = [actor["name"] for actor in row["actors"]]
    assert len(set(names)) == len(names)
    assert set(names_used(row)) <= set(names)


@each_article
def test_a_group_is_an_actor_only_by_its_part_in_a_record(row: Row):
    groups = {actor["name"] for actor in row["actors"] if actor["type"] == ActorType.GROUP}
    assert groups <= set(names_used(row))


@each_article
def test_kinds_categories_and_modality_are_known(row: Row):
    for actor in row["actors"]:
        ActorType(actor["type"])
    for threat in row["threats"]:
        Modality(threat["modality"])
        assert threat["category"] in CATEGORIES
        assert threat["attribution"] != threat["threatener"]
        assert threat["attribution"] is None or threat["modality"] == Modality.ALLEGED
    for denial in row["denials"]:
        DenialKind(denial["kind"])


@each_article
def test_a_denial_points_to_threats_of_the_same_article(row: Row):
    for denial in row["denials"]:
        assert set(denial["denies"]) <= set(range(len(row["threats"])))


@each_article
def test_a_country_is_one_that_the_knowledge_base_has(row: Row):
    assert {actor["country"] for actor in row["actors"]} <= {None, *COUNTRIES}


@each_article
def test_a_record_says_what_was_threatened_and_where_it_stands(row: Row):
    for record in (*row["threats"], *row["denials"]):
        assert record["evidence"]
    for threat in row["threats"]:
        assert threat["targets"] and threat["action"]


def test_no_two_articles_share_eight_words_in_a_row():
    texts = {row["id"]: row["text"] for row in ALL}
    ours = set(texts)
    feed = files("pipeline").joinpath("data/feed.jsonl").read_text(encoding="utf-8")
    for line in feed.splitlines():
        article = json.loads(line)
        texts[article["id"]] = article["body"]  # the last revision stands for all of them
    first_with: dict[tuple[str, ...], str] = {}
    shared = []
    for article_id in sorted(texts, key=lambda key: key not in ours):
        for shingle in shingles(texts[article_id]):
            other = first_with.setdefault(shingle, article_id)
            if other != article_id and other in ours:
                shared.append((other, article_id, " ".join(shingle)))
    assert shared == []
