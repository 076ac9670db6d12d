"""What the candidates of annotated text are learned as, and what comes of it."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.evaluation.training import (
    ORDINARY,
    ORDINARY_MADE,
    Example,
    calibrate,
    examples,
    learn,
    numbered,
    outcomes,
    readings,
)
from pipeline.extraction.confidence import RULE, SIGNS

ARTICLE = {
    "id": "t1",
    "headline": "",
    "text": (
        "Orsha threatened to seize every Tolk truck unless tolls were paid. "
        "The harvest will begin in June, the governor said. Tolk denied that it owed anything."
    ),
    "actors": [],
    "threats": [
        {
            "threatener": "Orsha",
            "targets": ["Tolk"],
            "action": "seize every Tolk truck",
            "condition": None,
            "category": "131",
            "modality": "ASSERTED",
            "attribution": None,
            "quoted": False,
            "evidence": ["threatened to seize every Tolk truck"],
        }
    ],
    "denials": [],
}


def test_candidates_on_annotated_evidence_are_records_and_all_others_are_none(
    tmp_path: Path,
) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps(ARTICLE), encoding="utf-8")
    found = list(examples(numbered([gold]), with_rules=False))
    seizes = [each for each in found if each.kind == "threat" and "frame:threaten" in each.features]
    assert seizes and all(each.is_record for each in seizes)
    others = [each for each in found if each not in seizes]
    assert {each.kind for each in others} == {"threat", "denial"}
    assert not any(each.is_record for each in others)
    assert {each.weight for each in found} == {1.0}
    gold.write_text(json.dumps(ARTICLE | {"threats": []}), encoding="utf-8")
    ordinary = list(examples(numbered([gold]), with_rules=False))
    assert len(ordinary) == len(found) and {each.weight for each in ordinary} == {ORDINARY}


def test_a_sign_of_records_gets_a_positive_weight_and_a_rare_one_none() -> None:
    found = [Example("threat", frozenset({"harm", "future"}), True)] * 20
    found += [Example("threat", frozenset({"help", "future"}), False)] * 20
    found += [Example("threat", frozenset({"once", "future"}), True)]
    learned = learn("threat", found)
    assert learned["weights"]["harm"] > 0.1 > -0.1 > learned["weights"]["help"]
    assert "once" not in learned["weights"]
    assert learned == learn("threat", found)


def test_a_record_in_an_article_is_right_by_its_actors_and_one_in_a_sentence_by_its_label(
    tmp_path: Path,
) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps(ARTICLE), encoding="utf-8")
    # The article's gold names no actors, so whoever is found is no one that it has.
    rows = [row for _, row in numbered([gold])]
    assert [(each.is_right, each.weight) for each in outcomes(readings(rows))] == [(False, 1.0)] * 2
    sentences = tmp_path / "sentences.jsonl"
    told = [
        {"id": "s1", "text": "Chad threatened to bomb Sudan.", "label": "THREAT"},
        {"id": "s2", "text": "Chad denied that it had bombed Sudan.", "label": "NONE"},
    ]
    sentences.write_text("\n".join(json.dumps(row) for row in told), encoding="utf-8")
    found = list(outcomes(readings(row for _, row in numbered([sentences]))))
    assert [(each.kind, each.is_right, each.weight) for each in found] == [
        ("threat", True, 1.0),
        ("denial", False, ORDINARY_MADE),
    ]
    assert {RULE, SIGNS} <= calibrate(found)["weights"].keys()
