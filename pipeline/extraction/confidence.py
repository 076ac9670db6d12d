"""How sure a record is, as a chain of reasons from its rule's own confidence on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.extraction.rules import Rule

_LEAST = 0.05
_MOST = 0.99


@dataclass(frozen=True, slots=True)
class Confidence:
    """A value from 0 to 1, and what has brought it there."""

    value: float
    reasons: tuple[tuple[str, float], ...]
    """Each with the value behind it."""

    @classmethod
    def of(cls, rule: Rule) -> Confidence:
        """What a record of this rule deserves by itself."""
        return cls(rule.confidence, ((f"rule {rule.id}", rule.confidence),))

    def less(self, penalty: float, why: str) -> Confidence:
        """Lower by ``penalty``."""
        return self._with(self.value - penalty, why)

    def nearer_to_one(self, share: float, why: str) -> Confidence:
        """Higher by this share of what it lacks to 1."""
        return self._with(self.value + (1 - self.value) * share, why)

    @property
    def stated(self) -> float:
        """As records state it: neither 0 nor 1, with two places."""
        return round(min(max(self.value, _LEAST), _MOST), 2)

    def _with(self, value: float, why: str) -> Confidence:
        return Confidence(value, (*self.reasons, (why, value)))
