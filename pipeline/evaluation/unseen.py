"""How good the extraction is on articles of which it has learned nothing: ``make unseen``.

Each file of articles in turn is measured by what the other files teach: its weights come from
text by other hands, of other days. That is nearer to tomorrow's wire than the figures of gold that
was learned from, and than parts of one file would be, whose articles are alike. The rules are as
they are, also where they were written with the file in view.

    python -m pipeline.evaluation.unseen GOLD...

writes weights into the knowledge of the extraction while it runs, and puts them back as they were.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.evaluation import target_training, training
from pipeline.evaluation.gold import load_gold
from pipeline.evaluation.harness import evaluate
from pipeline.evaluation.scores import Counts, Share
from pipeline.extraction import default_extractor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.evaluation.harness import Report

FIGURES = ("threats detection", "threats record", "denials detection", "denials record", "links")
FIELDS = ("threat threatener", "threat targets", "threat category")
_KNOWLEDGE = Path(__file__).parents[1] / "extraction" / "knowledge"
_LEARNED = ("likelihood.json", "targets.json")


def reports(paths: Sequence[Path]) -> Iterator[Report]:
    """The report of each file of articles, measured by what the other files teach.

    Raises `GoldError` where a file is no gold.
    """
    rules = list(training.examples([]))
    signs = {
        path: list(training.examples(training.numbered([path]), with_rules=False)) for path in paths
    }
    articles = {path: gold for path in paths if (gold := load_gold(path)).articles}
    targets = {path: list(target_training.examples([path])) for path in articles}
    kept = {name: (_KNOWLEDGE / name).read_text(encoding="utf-8") for name in _LEARNED}
    try:
        for path, gold in articles.items():
            training.learn_signs(
                [*rules, *(each for other in signs if other != path for each in signs[other])]
            )
            target_training.learn_targets(
                [each for other in targets if other != path for each in targets[other]]
            )
            yield evaluate(gold, default_extractor().extract)
    finally:
        for name, text in kept.items():
            (_KNOWLEDGE / name).write_text(text, encoding="utf-8")


def main(paths: Sequence[Path]) -> None:
    """Measures, and prints a line a file and one for all."""
    scores: dict[str, Counts] = defaultdict(Counts)
    shares: dict[str, Share] = defaultdict(Share)
    print("F1 and share:", *FIGURES, *FIELDS, sep=" | ")  # noqa: T201
    for report in reports(paths):
        found = {name: report.scores[name].counts for name in FIGURES}
        agree = {name: report.agreement.get(name, Share()) for name in FIELDS}
        for name in FIGURES:
            scores[name] += found[name]
        for name in FIELDS:
            shares[name] += agree[name]
        print(_line(report.name, found, agree), flush=True)  # noqa: T201
    print(_line("all", scores, shares))  # noqa: T201


def _line(name: str, found: Mapping[str, Counts], agree: Mapping[str, Share]) -> str:
    figures = [f"{found[each].f1:.3f}" for each in FIGURES]
    return " | ".join([f"{name:14}", *figures, *(f"{agree[each].ratio:.2f}" for each in FIELDS)])


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
