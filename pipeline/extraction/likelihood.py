"""How likely a candidate is a record: weights of its features, learned from annotated articles.

The rules know the plain wordings; a candidate that none of them takes can still have so many
of the signs of a threat or denial that it is one. The signs are the same features that the rules
look at, and what each of them counts is told by ``knowledge/likelihood.json``, which
`pipeline.evaluation.training` writes: a logistic regression, so that the weights add up and a
decision can be explained feature by feature.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.extraction.lexicon import knowledge
from pipeline.extraction.rules import Rule, first_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The weights for one kind of record."""

    bias: float
    weights: Mapping[str, float]
    least: float
    """The probability from which a candidate that no rule takes is a record."""
    alone: float
    """The one from which a wording that is not plain is, where nothing else is disputed."""
    never: frozenset[str]
    """Features that a candidate must not have, whatever the rest says: too rare to be learned."""

    def probability(self, features: Iterable[str]) -> float:
        """The probability, 0 to 1, that a candidate with these features is a record."""
        # An exact sum: that of plain floats depends on the order, which a set does not keep.
        score = math.fsum([self.bias, *(self.weights.get(each, 0.0) for each in features)])
        return 1 / (1 + math.exp(-score))


@cache
def likelihood(kind: str) -> Likelihood:
    """The weights for this kind of record, "threat" or "denial"."""
    entry = knowledge("likelihood.json")[kind]
    return Likelihood(
        entry["bias"], entry["weights"], entry["least"], entry["alone"], frozenset(entry["never"])
    )


def decide(
    kind: str, features: AbstractSet[str], *, disputed: bool, flash: bool = False
) -> Rule | None:
    """What makes a record of a candidate: the first rule that fits, else its signs together.

    A wording that other news has too makes one only where a dispute is being told (`dispute.py`),
    where the text is a flash, or where most signs are there; signs without any wording only in
    a dispute.
    """
    rule = first_rule(kind, features)
    if rule is not None and (rule.is_plain or disputed or flash):
        return rule
    learned = likelihood(kind)
    if rule is None and (learned.never & features or not disputed):
        return None
    probability = learned.probability(features)
    if rule is not None:
        return rule if probability >= learned.alone else None
    if probability < learned.least:
        return None
    return Rule(
        id=f"{kind}-by-its-signs",
        kind=kind,
        all=frozenset(),
        any=(),
        none=learned.never,
        confidence=round(probability, 2),
        match=(),
        refuse=(),
    )
