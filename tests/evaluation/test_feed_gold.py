"""Our own annotation of articles of the bundled feed is sound, and the extraction holds to it."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from pipeline.evaluation import GoldFile, Report, evaluate, load_gold
from pipeline.evaluation.errors import list_errors
from pipeline.evaluation.harness import evaluate_extractions
from pipeline.extraction import extract
from tests.evaluation.oracle import perfect

GOLD: GoldFile = load_gold(Path(__file__).parents[1] / "gold" / "feed_gold.jsonl")
CONTENTS = {
    row["id"]: row
    for line in (Path(__file__).parents[1] / "data" / "feed_contents.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
    for row in [json.loads(line)]
}
BODIES = {
    (row["id"], row["revision"]): row["body"]
    for line in files("pipeline")
    .joinpath("data/feed.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
    for row in [json.loads(line)]
}


@pytest.mark.parametrize("gold", GOLD.articles, ids=lambda gold: gold.id)
def test_an_annotation_is_of_the_feeds_text_and_points_into_it(gold):
    assert gold.text == BODIES[gold.id, 0]
    names = {actor.name for actor in gold.actors}
    for actor in gold.actors:
        assert actor.mentions and all(mention in gold.text for mention in actor.mentions)
    for threat in gold.threats:
        assert {threat.threatener, *threat.targets} <= names
        assert threat.action in gold.text
    for denial in gold.denials:
        assert denial.denier in names
        assert denial.cue in gold.text


def test_annotation_and_list_of_contents_agree():
    for gold in GOLD.articles:
        row = CONTENTS[gold.id]
        assert bool(gold.threats) is row["threat"], gold.id
        assert bool(gold.denials) is row["denial"], gold.id
        assert row["own_actor"] in {actor.name for actor in gold.actors}, gold.id


def test_an_extraction_that_finds_just_the_gold_scores_one_in_everything():
    report = evaluate_extractions(GOLD, [perfect(gold) for gold in GOLD.articles])
    imperfect = {name for name, score in report.scores.items() if score.counts.f1 < 1}
    assert imperfect == set()
    assert {name for name, share in report.agreement.items() if share.ratio < 1} == set()
    assert list(list_errors(report)) == []


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate(GOLD, extract)


def test_articles_without_threat_or_denial_give_none(report: Report):
    for match in report.articles:
        if not match.gold.threats and not match.gold.denials:
            assert not match.extraction.threats, match.gold.id
            assert not match.extraction.denials, match.gold.id
