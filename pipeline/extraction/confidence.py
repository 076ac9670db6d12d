"""How sure a record is: how often records made on the same grounds are right.

A logistic regression over the rule's own confidence, the likelihood of the candidate's signs and
a few grounds in words, learned from annotated articles (`pipeline.evaluation.training` writes
``knowledge/confidence.json``). The sum begins with what the rule and the signs deserve; each
ground adds to it, and `reasons` keeps what the value was behind each.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.extraction.lexicon import knowledge
from pipeline.extraction.likelihood import likelihood

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from pipeline.extraction.rules import Rule

_LEAST = 0.05
_MOST = 0.99

RULE = "rule"
SIGNS = "signs"
AIM = "aim"
PLAIN = "plain words"
PLAIN_SIGNS = "signs of plain words"


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the grounds of one kind of record count."""

    bias: float
    weights: Mapping[str, float]


@cache
def calibration(kind: str) -> Calibration:
    """The weights for this kind of record, "threat" or "denial"."""
    entry = knowledge("confidence.json")[kind]
    return Calibration(entry["bias"], entry["weights"])


@dataclass(frozen=True, slots=True)
class Confidence:
    """A value from 0 to 1, and what has brought it there."""

    value: float
    reasons: tuple[tuple[str, float], ...]
    """Each with the value behind it."""
    measures: Mapping[str, float]
    """What the value was computed from: log-odds of `RULE`, of `SIGNS` or `PLAIN_SIGNS` and of
    `AIM`, 1 for each ground."""

    @classmethod
    def of(
        cls,
        kind: str,
        rule: Rule,
        features: AbstractSet[str],
        grounds: Iterable[str],
        *,
        aim: float = 0.0,
    ) -> Confidence:
        """What a record deserves.

        Args:
            kind: "threat" or "denial".
            rule: what made it a record.
            features: the signs of the words that tell it best.
            grounds: what else speaks for or against it, in words for a reader.
            aim: log-odds that it is meant for whom the record names; 0 where no one is named.
        """
        grounds = ((PLAIN,) if rule.is_plain else ()) + tuple(grounds)
        measures = {
            RULE: 0.0 if rule.by_signs else _log_odds(rule.confidence),
            # Plain words say what they say, so what else is there counts less beside them.
            PLAIN_SIGNS if rule.is_plain else SIGNS: _log_odds(
                likelihood(kind).probability(features)
            ),
            AIM: aim,
        }
        learned = calibration(kind)
        score = learned.bias
        score += sum(learned.weights.get(name, 0.0) * value for name, value in measures.items())
        measures |= dict.fromkeys(grounds, 1.0)
        reasons = [(f"rule {rule.id}", _probability(score))]
        for ground in grounds:
            score += learned.weights.get(ground, 0.0)
            reasons.append((ground, _probability(score)))
        return cls(_probability(score), tuple(reasons), measures)

    @property
    def stated(self) -> float:
        """As records state it: neither 0 nor 1, with two places."""
        return round(min(max(self.value, _LEAST), _MOST), 2)


def _log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))
