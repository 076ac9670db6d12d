"""How likely a candidate is a record: weights of its features, learned from annotated articles.

The rules know the wordings. Most of these stand in other news too, and what none of them takes
can still be a record. So every candidate is weighed by its signs: the features that the rules look
at, and those of what it stands in (`surroundings.py`). What each of them counts is told by
``knowledge/likelihood.json``, which `pipeline.evaluation.training` writes: a logistic regression,
so that the weights add up and a decision can be explained feature by feature. What a feature says
depends on what it stands with: "the speaker's own act" speaks for a denial where something is
negated, and against one where something is called false. So each also counts as joined to the
candidate's frame, and those of ``joined`` as joined to one another: "own+condition".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

from pipeline.extraction.lexicon import knowledge
from pipeline.extraction.rules import Rule, first_rule

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

_FRAME = "frame:"
MOST_BACKING = 2
"""Records nearby beyond which more make others no likelier."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The probabilities from which a candidate is a record."""

    signs: float
    """That no rule takes."""
    ruled: float
    """Whose wording a rule takes."""
    named: float
    """Whose rule has words that name the threat or denial themselves."""

    def of(self, rule: Rule | None) -> float:
        """The one for a candidate that this rule takes, or none."""
        if rule is None:
            return self.signs
        return self.named if rule.names_it else self.ruled


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The weights for one kind of record."""

    bias: float
    weights: Mapping[str, float]
    alone: Thresholds
    beside: Thresholds
    """Near one record that is told without a doubt."""
    backed: Thresholds
    """Near two or more of them."""
    reach: int
    """Characters to either side within which others count as near."""
    share: float
    """Of the sentences there with any candidate as many have to tell one for all to count."""
    sparse: float
    """Records to a sentence of a long text; where there are fewer, none backs another."""
    never: frozenset[str]
    """Features that a candidate must not have, whatever the rest says: too rare to be learned."""
    needs: frozenset[str] = frozenset()
    """Features without which what no rule takes is no record."""
    joined: frozenset[str] = frozenset()
    """Features that also count in twos."""

    def least(self, backing: int) -> Thresholds:
        """What is likely enough near so many records that are told without a doubt."""
        return (self.alone, self.beside, self.backed)[min(backing, MOST_BACKING)]

    def probability(self, features: AbstractSet[str], *, slack: float = 0.0) -> float:
        """The probability, 0 to 1, that a candidate with these features is a record.

        ``slack``: log-odds that what is not known of it may add.
        """
        # An exact sum: that of plain floats depends on the order, which a set does not keep.
        signs = signs_of(features, self.joined)
        score = math.fsum([self.bias, slack, *(self.weights.get(each, 0.0) for each in signs)])
        return 1 / (1 + math.exp(-score))


def signs_of(features: AbstractSet[str], joined: AbstractSet[str]) -> set[str]:
    """The features, each of them joined to the frame, and those of ``joined`` in twos.

    "own", "frame:negation+own", "condition+own".
    """
    found = set(features)
    for frame in features:
        if frame.startswith(_FRAME):
            found |= {f"{frame}+{each}" for each in features if each != frame}
    found |= {f"{first}+{other}" for first, other in combinations(sorted(features & joined), 2)}
    return found


def is_pair(sign: str) -> bool:
    """Whether the sign is two features together, neither of them the frame."""
    return "+" in sign and not sign.startswith(_FRAME)


@cache
def likelihood(kind: str) -> Likelihood:
    """The weights for this kind of record, "threat" or "denial"."""
    entry = knowledge("likelihood.json")[kind]
    return Likelihood(
        entry["bias"],
        entry["weights"],
        Thresholds(**entry["alone"]),
        Thresholds(**entry["beside"]),
        Thresholds(**entry["backed"]),
        entry["reach"],
        entry["share"],
        entry["sparse"],
        frozenset(entry["never"]),
        frozenset(entry["needs"]),
        frozenset(entry["joined"]),
    )


def decide(
    kind: str,
    features: AbstractSet[str],
    *,
    brief: bool,
    backing: int = 0,
    slack: float = 0.0,
) -> Rule | None:
    """What makes a record of a candidate: the rule that fits, or its signs together; None: nothing.

    Either way the signs must be likely enough, for what a rule takes is mostly something else
    in news where no two sides are at odds; less so near other records, which ``backing`` counts:
    where one threat is told another is no surprise. Only in a ``brief`` text, with nothing around
    that could tell, a rule decides alone. ``slack``: log-odds that what is not known yet may add.
    """
    rule = first_rule(kind, features)
    if rule is not None and brief:
        return rule
    learned = likelihood(kind)
    if rule is None and (brief or learned.never & features):
        return None
    if rule is None and not slack and not learned.needs <= features:
        return None
    probability = learned.probability(features, slack=slack)
    if probability < learned.least(backing).of(rule):
        return None
    return rule or by_signs(kind, probability)


def by_signs(kind: str, probability: float) -> Rule:
    """What stands for a rule where the signs of a candidate make it a record, this likely."""
    learned = likelihood(kind)
    return Rule(
        id=f"{kind}-by-its-signs",
        kind=kind,
        all=learned.needs,
        any=(),
        none=learned.never,
        confidence=round(probability, 2),
        match=(),
        refuse=(),
    )
