"""Learns what each sign of a threat's target weighs, from annotated articles: ``make train``.

The candidates that the extraction itself weighs are the examples: one that the annotation names as
a target is one, any other is none. `map_regression.py` weighs the signs.

    python -m pipeline.evaluation.target_training GOLD...

writes the weights into ``targets.json``. They are held near what is expected of them: in
cross-validation by article the likeliest candidate was a target nearly as often as with all of the
gold.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.evaluation.gold import GoldArticle, load_gold
from pipeline.evaluation.map_regression import relearn
from pipeline.evaluation.matching import overlap, same_actor, sentence_of
from pipeline.evaluation.text import fold_name, half_in_common
from pipeline.extraction import default_extractor, tracing
from pipeline.extraction.document import field_of
from pipeline.extraction.targets import target_weights
from pipeline.records import ActorType, Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.evaluation.gold import GoldThreat
    from pipeline.extraction.target_signs import TargetCandidate
    from pipeline.extraction.threat_merging import Telling
    from pipeline.records import Extraction

PRECISION = 4.0
"""Inverse variance of the prior: a sign that a dozen candidates have outweighs it."""
BIAS = -3.0
"""Expected log odds of a candidate without any sign."""


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
    if words is None:
        return False
    called = words.doc[words.left_edge.i : words.i + 1].text
    if fold_name(called) in {fold_name(mention) for mention in actor.mentions}:
        # "the club": whoever is called so in the text.
        return True
    return actor.type is ActorType.GROUP and (
        half_in_common(called, actor.name)
        or half_in_common(words.doc[words.i : words.right_edge.i + 1].text, actor.name)
        or fold_name(words.text) == fold_name(actor.name)
    )


def learn_targets(found: Sequence[Example]) -> None:
    """Learn from these examples, and let the extraction go by it from now on."""
    pairs = [(each.signs, each.is_target) for each in found]
    relearn("targets.json", pairs, bias=BIAS, precision=PRECISION)
    target_weights.cache_clear()


def main(paths: Sequence[Path]) -> None:
    """Learns from these files and writes what was learned."""
    found = list(examples(paths))
    targets = sum(each.is_target for each in found)
    print(f"targets: {len(found)} candidates, {targets} of them targets")  # noqa: T201
    learn_targets(found)


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
