"""The article that the project began from comes out right, where it lies beside the project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.articles import Article
from pipeline.extraction import extract
from pipeline.records import Extraction, Modality

SEED = Path(__file__).parents[3] / "shared" / "gold" / "seed_article.jsonl"

pytestmark = pytest.mark.skipif(not SEED.exists(), reason="no shared/gold beside the project")


@pytest.fixture(scope="module")
def gold() -> dict:
    return json.loads(SEED.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found(gold: dict) -> Extraction:
    return extract(Article(id="seed", body=gold["text"]))


def test_both_threats_come_with_all_their_fields(gold: dict, found: Extraction) -> None:
    assert [
        (
            threat.threatener.name,
            {target.name for target in threat.targets},
            threat.action,
            threat.condition,
            threat.category,
            threat.modality,
        )
        for threat in found.threats
    ] == [
        (
            threat["threatener"],
            set(threat["targets"]),
            threat["action"],
            threat["condition"],
            threat["category"],
            Modality.ALLEGED,
        )
        for threat in gold["threats"]
    ]


def test_both_denials_are_of_the_first_threat_and_nothing_else_is_one(
    gold: dict, found: Extraction
) -> None:
    first = found.threats[0].record_id
    assert [(denial.denier.name, denial.denies) for denial in found.denials] == [
        (denial["denier"], (first,)) for denial in gold["denials"]
    ]
