"""The category of a threat whose words have none: what such a threatener mostly means.

"It would be his neck", "they will not return on their feet": no lexicon holds all that wire copy
has for harm. Then the one who says it tells: gunmen kill, unions strike, ministers fine, firms
withhold. The table stands in ``knowledge/categories.json``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.extraction.categories import UNSPECIFIED
from pipeline.extraction.lexicon import knowledge
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extraction.document import Entity

_NON_FORCE = "131"
_ADMINISTRATIVE = "132"
_PROTEST = "133"
_ORGANS = frozenset({ActorType.STATE_ORGAN})


@dataclass(frozen=True, slots=True)
class _Party:
    code: str
    types: frozenset[str]
    words: frozenset[str]
    unless: frozenset[str]
    over: str | None


@cache
def _parties() -> tuple[_Party, ...]:
    return tuple(
        _Party(
            entry["code"],
            frozenset(entry.get("types", ())),
            frozenset(entry.get("words", ())),
            frozenset(entry.get("unless", ())),
            entry.get("over"),
        )
        for entry in knowledge("categories.json")["parties"]
    )


def likely_category(code: str, threatener: Entity, targets: Sequence[Entity]) -> str:
    """The code, or a likelier one by who stands against whom.

    Args:
        code: the category that the threat's words have; 130 where they have none.
        threatener: who threatens.
        targets: whom; may be empty.
    """
    if code == UNSPECIFIED:
        found = next((p for p in _parties() if _fits(p, threatener, targets)), None)
        return found.code if found is not None else code
    if code == _NON_FORCE and _fits(_strikers(), threatener, targets):
        # What workers withhold is their work.
        return _PROTEST
    if code == _NON_FORCE and targets and targets[0].type is ActorType.GROUP:
        # What an authority takes away from people under it is a measure, not a sanction.
        official = _Party(_ADMINISTRATIVE, frozenset(), _authorities(), frozenset(), None)
        if threatener.type in _ORGANS or _fits(official, threatener, targets):
            return _ADMINISTRATIVE
    return code


@cache
def _strikers() -> _Party:
    return next(party for party in _parties() if party.code == _PROTEST)


def _authorities() -> frozenset[str]:
    return frozenset(
        word for party in _parties() if party.code == _ADMINISTRATIVE for word in party.words
    )


def _fits(party: _Party, threatener: Entity, targets: Sequence[Entity]) -> bool:
    if party.over is not None and (party.over == "state") != _is_state(threatener, targets):
        return False
    if threatener.type.value in party.types:
        return True
    told = f"{threatener.role or ''} {threatener.name}".lower()
    words = re.findall(r"[\w-]+", told)
    said = {word.removesuffix("s") for word in words}
    return bool(said & party.words) and not party.unless.intersection(words)


def _is_state(threatener: Entity, targets: Sequence[Entity]) -> bool:
    """Whether the target is a state that the threatener is no servant of."""
    if not targets or targets[0].type is not ActorType.GOVERNMENT:
        return False
    return threatener.country is None or threatener.country != targets[0].country
