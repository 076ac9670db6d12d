"""What threats and denials are weighed as before they are records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.extraction.attribution import Attribution
from pipeline.extraction.conditions import Conditions
from pipeline.extraction.opposition import Opposition

if TYPE_CHECKING:
    from pipeline.extraction.attribution import Speech
    from pipeline.extraction.document import ActorIndex, Document
    from pipeline.extraction.texts import Span, Token
    from pipeline.records import Provenance


@dataclass(frozen=True, slots=True)
class Context:
    """What every stage behind coreference works with."""

    document: Document
    index: ActorIndex
    attribution: Attribution
    opposition: Opposition
    conditions: Conditions
    provenance: Provenance

    @classmethod
    def of(cls, document: Document, index: ActorIndex, provenance: Provenance) -> Context:
        """The context of one article, its quotations and actors being found."""
        return cls(
            document,
            index,
            Attribution(document),
            Opposition(document, index),
            Conditions(),
            provenance,
        )


@dataclass(slots=True)
class ThreatCandidate:
    """Words that may hold a threat, with the features that the rules look at."""

    predicate: Token
    """Head of what is threatened."""
    features: set[str]
    speeches: list[Speech]
    """The speech around the threat, the threatener's own first."""
    threatener: Token | None
    hearer: Token | None
    victims: list[list[Token]]
    """Where the victims are named, in rings around the predicate."""
    action: Span
    evidence: Span
    condition: Span | None = None
    cue: Token | None = None


@dataclass(slots=True)
class DenialCandidate:
    """Words that may hold a denial, with the features that the rules look at."""

    head: Token
    features: set[str]
    speeches: list[Speech]
    denier: Token | None
    cue: Span
    evidence: Span
    content: Span | None = None
    claimants: list[Token] = field(default_factory=list)
    """Who made the claim that is denied, where the words name them."""


Candidate = ThreatCandidate | DenialCandidate
