"""Why the extraction found what it found: typed, beside the records and never in them.

Made by `extraction/explaining.py`, shown by `explanation_text.py`; `to_json` gives what
``newswire extract --explain --format jsonl`` writes. Knows nothing of spaCy.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from pipeline.records import Field, MentionKind, Span


@dataclass(frozen=True, slots=True)
class Participant:
    """How an actor of a record was found in the sentence."""

    role: str
    """"threatener", "target", "denier" or "attribution"."""
    actor_id: str
    name: str
    words: str | None
    """The word of the text that names it; None where it was inferred."""
    path: str | None
    """Dependencies from the cue to that word; None where they are not of one sentence."""
    why: str | None
    """The step that made the word this actor; None where the word is its name."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a feature counted where no rule's wording decided."""

    feature: str
    weight: float
    """Added to the log odds of a record."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One place of the text that a record was made of."""

    rule: str
    cue: str
    """The word that brings it forward, or its verb where there is none."""
    evidence: Span
    fired: tuple[str, ...]
    """The features that the rule asked for and found."""
    modifiers: tuple[str, ...]
    """The other features: what else was seen around it (hedges, negation, speech)."""
    speech: tuple[str, ...]
    """The chain of speech around the words, innermost first."""
    notes: tuple[str, ...]
    """What took its word away or gave it: "hedged: reportedly"."""
    participants: tuple[Participant, ...]
    condition_path: str | None
    """Dependencies from the cue to the condition's head."""
    weights: tuple[Weight, ...] = ()
    """Of signs that add up to a record in place of a rule's wording, the heaviest first."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One step on the way to a record's confidence."""

    why: str
    value: float
    """The confidence behind it."""


@dataclass(frozen=True, slots=True)
class Link:
    """A threat that a denial was held against."""

    threat: str
    """The threat's record id."""
    linked: bool
    points: float
    """Log odds that the denial is of this threat."""
    reasons: tuple[str, ...]
    """The signs and what each adds, the weightiest first."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why there is a record."""

    record_id: str
    confidence: tuple[Reason, ...]
    tellings: tuple[Telling, ...]
    """The one that decided first."""
    links: tuple[Link, ...] = ()
    """Of a denial: the threats that it was held against."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What a candidate lacks for a rule."""

    rule: str
    missing: tuple[str, ...]
    """Features that the rule asks for; "a or b" where one of them would do."""
    forbidden: tuple[str, ...]
    """Features that the rule refuses."""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Words that are nearly a record."""

    kind: str
    """"threat" or "denial"."""
    cue: str
    evidence: Span
    features: tuple[str, ...]
    dropped: str | None
    """Why nothing came of it though a rule took it; None where no rule did."""
    nearest: tuple[Gap, ...]
    """The rules that lack least, the surest first."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """A noun or pronoun that was taken for an actor."""

    field: Field
    start: int
    end: int
    text: str
    kind: MentionKind
    actor_id: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Feature:
    """What a feature says."""

    kind: str
    """Of which candidates: "threat" or "denial"."""
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that explains an extraction."""

    threats: tuple[Why, ...] = ()
    denials: tuple[Why, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    left_out: int = 0
    """Further near misses, beyond the number that is listed."""
    features: tuple[Feature, ...] = ()
    """Those named above, in words."""


def to_json(explanation: Explanation) -> dict[str, Any]:
    """The explanation ready for `json.dumps`, by its fields' names."""
    return dataclasses.asdict(explanation)
