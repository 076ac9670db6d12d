"""The figures that are kept beside the gold, so that a change that makes them worse is noticed.

`make evaluate` writes them (`all_sets.py`), `docs/quality.md` shows them (`quality_page.py`), and a
test holds every extraction against them. One JSON object: by set ("tests/gold/own_dev") when and
with what it was measured, and its figures as `report.as_json` gives them. Of sets that are held
out the totals are kept, and no errors.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pipeline.evaluation.report import as_json
from pipeline.evaluation.scores import Counts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pipeline.evaluation.harness import Report

Kept = dict[str, Any]
"""Everything in the file, by set."""


def load_kept(path: Path) -> Kept:
    """What is kept; nothing where there is no file yet."""
    if not path.exists():
        return {}
    kept: Kept = json.loads(path.read_text(encoding="utf-8"))
    return kept


def save_kept(path: Path, kept: Kept) -> None:
    """Writes the file anew, with the sets in the order of their names."""
    text = json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8")


def entry(
    report: Report,
    baseline: Report | None,
    causes: Mapping[str, int] | None,
    measured: Mapping[str, str],
) -> dict[str, Any]:
    """What is kept of one set.

    Args:
        report: of the extraction.
        baseline: of the toy on the same file, where it was measured.
        causes: how often each cause stands behind an error; None for a set that is held out.
        measured: the date and the versions.
    """
    kept: dict[str, Any] = {"figures": as_json(report, baseline), "measured": dict(measured)}
    if causes is not None:
        kept["causes"] = dict(sorted(causes.items()))
    return kept


def what_got_worse(name: str, kept: Mapping[str, Any], report: Report) -> Iterator[str]:
    """A sentence for each figure that is worse than the kept one.

    A figure is worse where its F1 is lower, or more sentences without a record gave one.

    Args:
        name: of the set, for the sentence.
        kept: what is kept of it, as `entry` made it.
        report: what it gives now.
    """
    then, now = kept["figures"], as_json(report)
    for figure, old in then["scores"].items():
        new = now["scores"].get(figure)
        if new is None or new["gold"] != old["gold"]:
            found = "none" if new is None else new["gold"]
            yield (
                f"{name}, {figure}: the gold has {found} and had {old['gold']} when the counts "
                "were kept. Keep those of the gold as it is now: make evaluate"
            )
        elif _counts(new).f1 < _counts(old).f1:
            yield f"{name}, {figure}: {_told(new)}. Kept is: {_told(old)}."
    old, new = then["false_records"], now["false_records"]
    if old is not None and new is not None and new["rows"] > old["rows"]:
        yield (
            f"{name}: {new['rows']} of {new['none_rows']} sentences that hold nothing gave a "
            f"record. Kept is: {old['rows']}."
        )


def _told(figures: Mapping[str, int]) -> str:
    counts = _counts(figures)
    return (
        f"of {counts.gold} to be found {counts.right} were found, and {_false(counts)} "
        f"(F1 {counts.f1:.3f})"
    )


def _false(counts: Counts) -> str:
    false = counts.predicted - counts.right
    return f"{false} {'is' if false == 1 else 'are'} wrong or false"


def _counts(figures: Mapping[str, int]) -> Counts:
    return Counts(figures["right"], figures["predicted"], figures["gold"])
