"""Which of the article's threats a denial denies: that it was made, or that the talk took place.

A denial is of one threat at most: of the one whose signs weigh most, where they weigh enough. The
weights in ``knowledge/links.json`` are those of a logistic regression, so a threat's points are the
log odds that a reader would say the denial is of it.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.extraction import tracing
from pipeline.extraction.lexicon import knowledge
from pipeline.extraction.link_signs import link_signs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from pipeline.extraction.accounts import Accounts
    from pipeline.extraction.candidates import Context
    from pipeline.extraction.link_signs import DenialView, WordsAround
    from pipeline.records import Threat


def link(
    denial: DenialView,
    threats: Sequence[Threat],
    denied_before: Sequence[str],
    around: WordsAround,
    context: Context,
    accounts: Accounts,
) -> list[Threat]:
    """The threat that ``denial`` denies, in a list; empty where it denies none.

    The arguments are those of `link_signs`.
    """
    best: tuple[float, Threat] | None = None
    signs_of_each = link_signs(denial, threats, denied_before, around, context, accounts)
    for threat, signs in zip(threats, signs_of_each, strict=True):
        points = score(signs)
        tracing.linked(threat, points, signs)
        if points >= _weights()["least"] and (best is None or points > best[0]):
            best = points, threat
    return [best[1]] if best is not None else []


def score(signs: AbstractSet[str]) -> float:
    """The log odds that a denial is of the threat with these signs."""
    # An exact sum: that of plain floats depends on the order, which a set does not keep.
    return math.fsum([_weights()["bias"], *map(sign_weight, signs)])


def sign_weight(sign: str) -> float:
    """What the sign adds to the log odds; 0 where it is not known."""
    known: dict[str, dict[str, float]] = _weights()["signs"]
    return known[sign]["weight"] if sign in known else 0.0


@cache
def _weights() -> dict[str, Any]:  # the schema's test vouches for the shape
    weights: dict[str, Any] = knowledge("links.json")
    return weights
