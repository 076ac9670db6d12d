"""Marks the candidates for a threat's target by what the others are: who is named in it, who not.

Names signs only; what they weigh is said in ``knowledge/targets.json``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.target_signs import speaks_for_state
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extraction.target_signs import TargetCandidate

_HARMED = (
    "action:object",
    "action:patient",
    "action:possessor",
    "action:against",
    "action:from",
    "action:of",
    "action:toward",
    "hearer",
)
"""Signs of those who suffer the act or are told of it."""
_ASKED = frozenset({"condition:subject", "condition:subject's", "condition:asked"})
_NO_VICTIM = frozenset({"action:bidden", "action:doer", "action:forum"})


def contrast(candidates: Sequence[TargetCandidate]) -> None:
    """Adds the signs that depend on who else may be meant."""
    in_threat = [c.is_named_in_threat for c in candidates]
    named = any(c.token is None for c, here in zip(candidates, in_threat, strict=True) if here)
    called = any(c.is_called_in_threat for c in candidates)
    of_officials = {c.home for c in candidates if _is_official_acted_on(c)}
    for candidate, is_named in zip(candidates, in_threat, strict=True):
        if not is_named and (named or called):
            # Who stands only around a threat whose own words name another.
            candidate.signs.add("elsewhere" if named else "beside someone unnamed")
        if "outer hearer" in candidate.signs and _speaks_for_harmed(candidate, candidates):
            # "a warning to the Danish premier ... he had threatened to blockade Denmark"
            candidate.signs.add("of the harmed")
        if "type:GOVERNMENT" in candidate.signs and candidate.home in of_officials:
            # "to expel the Greek ambassador unless Athens ..."
            candidate.signs.add("state of the harmed")
    _harmed_and_asked(candidates)


def _harmed_and_asked(candidates: Sequence[TargetCandidate]) -> None:
    """ "to shell the town if the duke does not yield": the one who is harmed, and who is asked.

    Whom the condition names is meant where the act names no one; where it does, they share it.
    """
    harmed = [c for c in candidates if _is_harmed(c)]
    others = [c for c in candidates if not _is_harmed(c) and c.is_named_in_threat]
    asked = [c for c in others if c.signs & _ASKED]
    by_name = any(c.token is None for c in harmed)
    someone = "someone unnamed harmed" if harmed else "no one harmed"
    beside = "another harmed" if by_name else someone
    for candidate in others:
        if candidate.signs & _ASKED:
            candidate.signs.add(f"asked, {beside}")
        elif any(sign.startswith("condition:") for sign in candidate.signs):
            # "to blockade the port if they fish off the cape": the cape is no party to it.
            candidate.signs.add(f"in the condition, {beside}")
    for candidate in harmed:
        if any(other.token is None for other in asked):
            candidate.signs.add(
                "harmed, another asked" if candidate.token is None else "unnamed, another asked"
            )
    alone = [c for c in harmed if c.token is None]
    if len(alone) == 1:
        alone[0].signs.add("alone harmed by name")
    if len(harmed) == 1:
        harmed[0].signs.add("alone harmed")


def _is_harmed(candidate: TargetCandidate) -> bool:
    signs = candidate.signs
    return any(sign in _HARMED for sign in signs) and not signs & _NO_VICTIM


def _speaks_for_harmed(hearer: TargetCandidate, candidates: Sequence[TargetCandidate]) -> bool:
    """Whether the one who was told of it is of the country that the action is done to."""
    return (
        hearer.entity is not None
        and hearer.home is not None
        and any(
            hearer.home == other.home
            for other in candidates
            if other is not hearer and any(sign.startswith("action") for sign in other.signs)
        )
    )


def _is_official_acted_on(candidate: TargetCandidate) -> bool:
    return (
        "action:object" in candidate.signs
        and candidate.entity is not None
        and candidate.entity.type in (ActorType.PERSON, ActorType.STATE_ORGAN)
        and speaks_for_state(candidate.entity)
    )
