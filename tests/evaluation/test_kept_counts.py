"""What was found once is found still: no kept count of any gold set gets worse."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.evaluation.all_sets import gold_files
from pipeline.evaluation.gold import load_gold
from pipeline.evaluation.harness import measure
from pipeline.evaluation.kept import load_kept, what_got_worse
from pipeline.extraction import default_extractor

ROOT = Path(__file__).parents[2]
OURS = gold_files([ROOT / "tests" / "gold"])
BESIDE = gold_files([ROOT.parent / "shared" / "gold"])
KEPT = load_kept(ROOT / "tests" / "gold" / "kept.json")


@pytest.mark.parametrize("name", sorted(KEPT))
def test_no_count_gets_worse(name: str):
    if name not in {**OURS, **BESIDE}:
        assert not name.startswith("tests/"), f"{name} is kept, and its gold is gone"
        pytest.skip(f"{name}: no shared/gold beside the project, so it is not measured")
    gold = load_gold({**OURS, **BESIDE}[name])
    worse = list(what_got_worse(name, KEPT[name], measure(gold, default_extractor(), gold.rows)))
    told = "\n".join(worse)
    assert not worse, (
        f"{told}\nWhere that is the price of something better, keep the counts as they are now "
        "(make evaluate) and say why in the commit message."
    )


def test_the_counts_of_every_set_in_the_repository_are_kept():
    assert set(OURS) <= set(KEPT), "measure and keep the new one: make evaluate"
