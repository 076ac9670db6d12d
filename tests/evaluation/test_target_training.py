"""What is learned of the signs of a threat's target."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.evaluation.target_training import examples

ARTICLE = {
    "id": "t1",
    "headline": "",
    "text": (
        "Russia has never liked the treaty. Norway threatened on Friday to seize Danish trawlers "
        "unless the quota was cut, officials in Oslo said."
    ),
    "actors": [
        {
            "name": "Norway",
            "type": "GOVERNMENT",
            "country": "NOR",
            "role": None,
            "mentions": ["Norway"],
        },
        {
            "name": "Denmark",
            "type": "GOVERNMENT",
            "country": "DNK",
            "role": None,
            "mentions": ["Danish"],
        },
    ],
    "threats": [
        {
            "threatener": "Norway",
            "targets": ["Denmark"],
            "action": "seize Danish trawlers",
            "condition": "unless the quota was cut",
            "category": "132",
            "modality": "ASSERTED",
            "attribution": None,
            "quoted": False,
            "evidence": ["threatened on Friday to seize Danish trawlers"],
        }
    ],
    "denials": [],
}


def test_the_annotated_target_is_an_example_and_who_stands_beside_it_is_none(
    tmp_path: Path,
) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps(ARTICLE), encoding="utf-8")
    found = list(examples([gold]))
    harmed = [each.is_target for each in found if "action:modifier" in each.signs]
    assert harmed and all(harmed)
    beside = [each.is_target for each in found if "before:1" in each.signs]
    assert beside and not any(beside)
