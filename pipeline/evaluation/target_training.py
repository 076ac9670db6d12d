"""Learns what each sign of a threat's target weighs, from annotated articles: ``make train``.

The candidates that the extraction itself weighs are the examples: one that the annotation names as
a target is one, any other is none. A logistic regression weighs the signs. What a sign is expected
to weigh stands in ``targets.json`` by hand and is the mean of a normal prior (maximum a posteriori;
Bishop, Pattern Recognition and Machine Learning, 4.3.3 and 4.4), so that a sign that the gold
hardly shows keeps what its author thinks of it.

    python -m pipeline.evaluation.target_training GOLD...

writes the weights into ``targets.json``. They are held near what is expected of them: in
cross-validation by article the likeliest candidate was a target nearly as often as with all of the
gold.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy

from pipeline.evaluation.gold import GoldArticle, load_gold
from pipeline.evaluation.matching import overlap, same_actor, sentence_of
from pipeline.evaluation.text import fold_name, half_in_common
from pipeline.extraction import default_extractor, tracing
from pipeline.extraction.document import field_of
from pipeline.extraction.lexicon import knowledge
from pipeline.records import ActorType, Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipeline.evaluation.gold import GoldThreat
    from pipeline.extraction.target_signs import TargetCandidate
    from pipeline.extraction.threat_merging import Telling
    from pipeline.records import Extraction

PRECISION = 8.0
"""Inverse variance of the prior: a sign that dozens of candidates have outweighs it."""
BIAS = -3.0
"""Expected log odds of a candidate without any sign."""
_STEPS = 100


@dataclass(frozen=True, slots=True)
class Example:
    """A candidate for a target, and whether it is one."""

    signs: frozenset[str]
    is_target: bool


def examples(paths: Iterable[Path]) -> Iterator[Example]:
    """The candidates for the targets of every annotated threat that is found in these files.

    Raises `GoldError` where a file is no gold.
    """
    for path in paths:
        for gold in load_gold(path).rows:
            if isinstance(gold, GoldArticle):
                yield from _of_article(gold)


def _of_article(gold: GoldArticle) -> Iterator[Example]:
    with tracing.collecting() as trace:
        extraction = default_extractor().extract(gold.article)
    for telling, candidates in trace.aimed:
        threat = _told(telling, gold, extraction)
        if threat is None:
            continue
        for candidate in candidates:
            names = (_names(candidate, name, gold, extraction) for name in threat.targets)
            yield Example(frozenset(candidate.signs), any(names))


def _told(telling: Telling, gold: GoldArticle, extraction: Extraction) -> GoldThreat | None:
    """The annotated threat by the same threatener that these words tell."""
    evidence = telling.candidate.evidence
    if field_of(evidence.doc) is not Field.BODY:
        return None
    place = [(evidence.start_char, evidence.end_char)]
    for threat in gold.threats:
        sentences = [sentence_of(gold.text, words) for words in threat.evidence]
        if overlap(place, sentences) and same_actor(
            gold, extraction, telling.threatener.ref, threat.threatener
        ):
            return threat
    return None


def _names(
    candidate: TargetCandidate, name: str, gold: GoldArticle, extraction: Extraction
) -> bool:
    if candidate.entity is not None:
        return same_actor(gold, extraction, candidate.entity.ref, name)
    actor = gold.actor(name)
    if candidate.country is not None:
        return actor.type is ActorType.GOVERNMENT and actor.country == candidate.country
    words = candidate.word or candidate.token
    return (
        actor.type is ActorType.GROUP
        and words is not None
        and (
            half_in_common(words.doc[words.left_edge.i : words.i + 1].text, actor.name)
            or half_in_common(words.doc[words.i : words.right_edge.i + 1].text, actor.name)
            or fold_name(words.text) == fold_name(actor.name)
        )
    )


def learn(
    found: Sequence[Example], expected: Mapping[str, float]
) -> tuple[float, dict[str, float]]:
    """Bias and weight of each sign: Newton's method from the expected weights."""
    names = sorted({sign for each in found for sign in each.signs} | expected.keys())
    at = {name: place for place, name in enumerate(names)}
    rows = numpy.zeros((len(found), len(names) + 1))
    rows[:, -1] = 1.0
    for row, each in zip(rows, found, strict=True):
        row[[at[sign] for sign in each.signs]] = 1.0
    labels = numpy.array([each.is_target for each in found], dtype=float)
    prior = numpy.array([*(expected.get(name, 0.0) for name in names), BIAS])
    precision = numpy.full(len(prior), PRECISION)
    precision[-1] = 0.01
    weights = prior.copy()
    for _ in range(_STEPS):
        probable = 1 / (1 + numpy.exp(-rows @ weights))
        slope = rows.T @ (probable - labels) + precision * (weights - prior)
        curve = (rows * (probable * (1 - probable))[:, None]).T @ rows + numpy.diag(precision)
        step = numpy.linalg.solve(curve, slope)
        # A full step far from the optimum can jump over it.
        weights = weights - step * min(1.0, 1.0 / float(numpy.abs(step).max() + 1e-9))
    learned = {name: round(float(weights[place]), 2) for name, place in at.items()}
    return round(float(weights[-1]), 2), learned


def main(paths: Sequence[Path]) -> None:
    """Learns from these files and writes what was learned."""
    kept = knowledge("targets.json")
    expected = {sign: entry["expected"] for sign, entry in kept["signs"].items()}
    found = list(examples(paths))
    targets = sum(each.is_target for each in found)
    print(f"targets: {len(found)} candidates, {targets} of them targets")  # noqa: T201
    kept["bias"], learned = learn(found, expected)
    kept["signs"] = {
        sign: {"expected": expected.get(sign, 0), "weight": weight}
        for sign, weight in learned.items()
    }
    text = json.dumps(kept, indent=2, ensure_ascii=False)
    # A sign a line reads better.
    text = re.sub(r"\{\s+(\"expected\": \S+)\s+(\"weight\": \S+)\s+\}", r"{\1 \2}", text)
    target = Path(__file__).parents[1] / "extraction" / "knowledge" / "targets.json"
    target.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
