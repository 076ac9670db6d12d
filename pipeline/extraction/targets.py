"""Whom a threat is meant for: the candidate whose signs weigh most.

The weights in ``knowledge/targets.json`` are those of a logistic regression, so a candidate's
score is the log odds that a reader would name it as a target.
"""

from __future__ import annotations

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

_OBJECT = "action:object"
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
    # Who is named as the object of the very act is its target, whoever else is in the story.
    names_it = any(
        _OBJECT in candidate.signs and value >= weights["further"] for value, _, candidate in ranked
    )
    chosen: list[Entity] = []
    for value, _, candidate in ranked:
        least = weights["further"] if chosen else weights["least"]
        if value < least:
            break
        if (chosen or names_it) and not candidate.is_harmed_beside:
            continue
        entity = candidate.materialise(telling.candidate.speeches, context)
        if entity is None or entity is telling.threatener:
            continue
        if not any(entity is other for other in chosen):
            if not chosen:
                telling.aim = value
            chosen.append(entity)
            tracing.found(_because(candidate), candidate.word, entity)
    return chosen


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
