"""The registry of rules, read from ``knowledge/rules.json``: which features make a record.

A rule looks at the features that the modules that weigh candidates name for
one, never at its words. The first rule of its kind that fits decides, and brings the
confidence that a record of it deserves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.extraction.lexicon import knowledge

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


_FRAME = "frame:"
PLAIN = 0.74
"""Rules of at least this confidence have words that mean a threat or denial in any news; the others
take what in most news is something else: "will not pay", "there is no deal"."""
PLAIN_FRAMES = ("frame:threat", "frame:ultimatum", "frame:deny", "frame:reject")
"""What begins the features of those that name the threat or the denial itself."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: all of its features, some of the alternatives, none of the forbidden."""

    id: str
    kind: str
    """"threat" or "denial"."""
    all: frozenset[str]
    any: tuple[frozenset[str], ...]
    """Of each of these sets at least one."""
    none: frozenset[str]
    confidence: float
    match: tuple[str, ...]
    """Texts in which the rule must fire."""
    refuse: tuple[str, ...]
    """Texts in which no record may come of it."""

    @property
    def by_signs(self) -> bool:
        """Whether it stands for signs that add up (`likelihood.py`), and for no wording."""
        return not self.match

    @property
    def names_it(self) -> bool:
        """Whether its words name the threat or the denial itself: "threatened", "denied"."""
        return any(each.startswith(PLAIN_FRAMES) for each in self.all)

    @property
    def is_plain(self) -> bool:
        """Whether its wording tells a record in whatever news it stands."""
        if self.by_signs:
            return False
        return self.confidence >= PLAIN or self.names_it

    def fits(self, features: AbstractSet[str]) -> bool:
        """Whether a candidate with these features falls under the rule."""
        return (
            self.all <= features
            and not self.none & features
            and all(alternatives & features for alternatives in self.any)
        )


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in the order in which they are tried."""
    return tuple(
        Rule(
            id=entry["id"],
            kind=entry["kind"],
            all=frozenset(entry["all"]),
            any=tuple(frozenset(group) for group in entry.get("any", ())),
            none=frozenset(entry.get("none", ())),
            confidence=entry["confidence"],
            match=tuple(entry["examples"]["match"]),
            refuse=tuple(entry["examples"]["refuse"]),
        )
        for entry in knowledge("rules.json")["rules"]
    )


@cache
def _rules_of(kind: str, frames: frozenset[str]) -> tuple[Rule, ...]:
    """The rules for candidates of these frames and no others."""
    others = {each for rule in rules() for each in rule.all if each.startswith(_FRAME)} - frames
    return tuple(rule for rule in rules() if rule.kind == kind and not rule.all & others)


def first_rule(kind: str, features: AbstractSet[str]) -> Rule | None:
    """The rule that decides for a candidate, or None where it is no record."""
    frames = frozenset(each for each in features if each.startswith(_FRAME))
    return next((rule for rule in _rules_of(kind, frames) if rule.fits(features)), None)
