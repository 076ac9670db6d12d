"""Whom a threat is meant for: the candidate whose signs weigh most.

The weights in ``knowledge/targets.json`` are those of a logistic regression, so a candidate's
score is the log odds that a reader would name it as a target.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.extraction import tracing
from pipeline.extraction.lexicon import knowledge
from pipeline.extraction.target_candidates import target_candidates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extraction.candidates import Context
    from pipeline.extraction.document import Entity
    from pipeline.extraction.target_signs import TargetCandidate
    from pipeline.extraction.threat_merging import Telling

_MOST = 2
"""Targets that one telling names at most."""
_WEIGHED = 8
"""The likeliest candidates, behind which none is likely."""
_REASONS = 3
"""Signs that an explanation names."""


def choose_targets(
    telling: Telling, merged: Sequence[Sequence[Telling]], context: Context
) -> list[Entity]:
    """The targets, the likeliest first; empty where nobody is likely enough.

    The telling keeps the log odds of the likeliest, for its confidence.

    Args:
        telling: the threat as one place of the article tells it; its threatener is known.
        merged: the threats told before it.
        context: the article; an unnamed group becomes its actor where it is chosen.
    """
    weights = target_weights()
    candidates = target_candidates(telling, merged, context)
    tracing.aimed(telling, candidates)
    ranked = sorted(
        ((score(candidate), -place, candidate) for place, candidate in enumerate(candidates)),
        key=lambda one: one[:2],
        reverse=True,
    )
    # Only who is acted on, spoken to or asked himself is a target beside the likeliest.
    likely = [
        (value, candidate)
        for rank, (value, _, candidate) in enumerate(ranked)
        if rank == 0 or candidate.is_harmed_beside
    ]
    if not likely or likely[0][0] < weights["least"]:
        return []
    wanted = _how_many([_probability(value, weights["sharpness"]) for value, _ in likely])
    chosen: list[Entity] = []
    for value, candidate in likely:
        if len(chosen) == wanted:
            break
        entity = candidate.materialise(telling.candidate.speeches, context)
        if entity is None or entity is telling.threatener:
            continue
        if not any(entity is other for other in chosen):
            if not chosen:
                telling.aim = value
            chosen.append(entity)
            tracing.found(_because(candidate), candidate.word, entity)
    return chosen


def _probability(score: float, sharpness: float) -> float:
    return 1 / (1 + math.exp(-sharpness * score))


def _how_many(probabilities: Sequence[float]) -> int:
    """How many of the likeliest to name, so that a reader's choice agrees most in expectation.

    Agreement is F1, the candidates taken as independent of one another (Jansche, A Maximum Expected
    Utility Framework for Binary Sequence Labeling, ACL 2007).
    """
    best, most = 1, -1.0
    for number in range(1, min(_MOST, len(probabilities)) + 1):
        right = _counts(probabilities[:number])
        missed = _counts(probabilities[number:_WEIGHED])
        agreement = sum(
            p * q * 2 * hits / (number + hits + others)
            for hits, p in enumerate(right)
            for others, q in enumerate(missed)
        )
        if agreement > most:
            best, most = number, agreement
    return best


def _counts(probabilities: Sequence[float]) -> list[float]:
    """How probable it is that none, one, two ... of them are so."""
    found = [1.0]
    for each in probabilities:
        found = [
            stays * (1 - each) + comes * each
            for stays, comes in zip([*found, 0.0], [0.0, *found], strict=True)
        ]
    return found


def _because(candidate: TargetCandidate) -> str:
    """The signs that speak most for the candidate, in words for a reader."""
    signs: dict[str, dict[str, float]] = target_weights()["signs"]
    known = sorted(candidate.signs & signs.keys(), key=lambda sign: (-signs[sign]["weight"], sign))
    return f"likeliest target: {', '.join(known[:_REASONS])}"


def score(candidate: TargetCandidate) -> float:
    """The log odds that the candidate is a target; signs without a weight count nothing."""
    signs: dict[str, dict[str, float]] = target_weights()["signs"]
    bias: float = target_weights()["bias"]
    known = [signs[sign]["weight"] for sign in sorted(candidate.signs) if sign in signs]
    return bias + sum(known)


@cache
def target_weights() -> dict[str, Any]:
    """What ``targets.json`` holds: what each sign weighs; a schema's test vouches for the shape."""
    weights: dict[str, Any] = knowledge("targets.json")
    return weights
