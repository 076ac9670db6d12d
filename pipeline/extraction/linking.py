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

    from pipeline.extraction.link_views import DenialView, ThreatView
    from pipeline.records import Threat


_MOST = 30
"""Threats of an article that a denial may be of, the nearest: more than any of a wire tells."""


def link(
    denial: DenialView, threats: Sequence[ThreatView], denied_before: Sequence[str]
) -> list[Threat]:
    """The threat that ``denial`` denies, in a list; empty where it denies none.

    The arguments are those of `link_signs`.
    """
    best: tuple[float, Threat] | None = None
    near = _nearest(denial, threats)
    signs_of_each = link_signs(denial, near, denied_before)
    for threat, signs in zip((view.record for view in near), signs_of_each, strict=True):
        points = score(signs)
        tracing.linked(threat, points, signs)
        if points >= link_weights()["least"] and (best is None or points > best[0]):
            best = points, threat
    return [best[1]] if best is not None else []


def _nearest(denial: DenialView, threats: Sequence[ThreatView]) -> Sequence[ThreatView]:
    """The `_MOST` threats that stand nearest to the denial, in their order.

    Those of the other field, mostly the headline, count as near.
    """
    if len(threats) <= _MOST:
        return threats
    here = denial.places[0]
    by_distance = sorted(
        (abs(there.tokens.start - here.tokens.start) if there.field is here.field else 0, place)
        for place, there in enumerate(threat.places[0] for threat in threats)
    )
    return [threats[place] for place in sorted(place for _, place in by_distance[:_MOST])]


def least_doubtful() -> float:
    """Log odds, of the link and of the threat together, by which a denial makes words a threat."""
    least: float = link_weights()["least_doubtful"]
    return least


def score(signs: AbstractSet[str]) -> float:
    """The log odds that a denial is of the threat with these signs."""
    # An exact sum: that of plain floats depends on the order, which a set does not keep.
    return math.fsum([link_weights()["bias"], *map(sign_weight, signs)])


def sign_weight(sign: str) -> float:
    """What the sign adds to the log odds; 0 where it is not known."""
    known: dict[str, dict[str, float]] = link_weights()["signs"]
    return known[sign]["weight"] if sign in known else 0.0


@cache
def link_weights() -> dict[str, Any]:
    """What ``links.json`` holds; a schema's test vouches for the shape."""
    weights: dict[str, Any] = knowledge("links.json")
    return weights
