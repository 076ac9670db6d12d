"""What the extraction finds: typed records with deterministic ids.

The field names and values here are those of the Avro schemas in ``schemas/``.
Knows nothing of Kafka, Beam or spaCy.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Field(StrEnum):
    """The part of an article that a span points into."""

    HEADLINE = "HEADLINE"
    BODY = "BODY"


class ActorType(StrEnum):
    """What an actor is."""

    PERSON = "PERSON"
    GOVERNMENT = "GOVERNMENT"
    """A country or its government."""
    STATE_ORGAN = "STATE_ORGAN"
    """A ministry, court, parliament, army, or a metonym of one (Kremlin)."""
    ARMED_GROUP = "ARMED_GROUP"
    ORGANISATION = "ORGANISATION"
    """A company, medium, party, NGO or international body."""
    GROUP = "GROUP"
    """An unnamed plural ("US officials"), only as threatener, target or denier."""


class MentionKind(StrEnum):
    """How a text refers to an actor."""

    NAME = "NAME"
    METONYM = "METONYM"
    NOMINAL = "NOMINAL"
    PRONOUN = "PRONOUN"


class Modality(StrEnum):
    """Whether the text vouches for a threat (ASSERTED) or hedges it (ALLEGED)."""

    ASSERTED = "ASSERTED"
    ALLEGED = "ALLEGED"


CATEGORIES = ("130", "131", "132", "133", "134", "136", "137", "138", "139")
"""The CAMEO codes that a threat's category is one of."""


class DenialKind(StrEnum):
    """What a denial denies."""

    FACT = "FACT"
    """It did not happen, or is not so."""
    RESPONSIBILITY = "RESPONSIBILITY"
    """It did happen, but not by us."""
    CLAIM = "CLAIM"
    """The report or allegation is dismissed as untrue."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the article: ``text`` is the field's text from ``start`` to ``end``."""

    field: Field
    start: int
    """Offset of the first character, in Unicode code points."""
    end: int
    """Offset just behind the last character."""
    text: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A span that refers to an actor."""

    field: Field
    start: int
    end: int
    text: str
    kind: MentionKind


@dataclass(frozen=True, slots=True)
class ActorRef:
    """An actor as threats and denials name it."""

    actor_id: str
    """The knowledge base's id, or a slug of type and name where it knows none."""
    name: str
    """The canonical name."""
    type: ActorType
    country: str | None
    """ISO 3166-1 alpha-3."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What every record of one article has in common."""

    article_id: str
    revision: int
    source: str
    published_at: datetime | None
    extractor_version: str
    model: str
    """Name and version of the spaCy pipeline."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor of an article, with all its mentions."""

    provenance: Provenance
    actor_id: str
    name: str
    type: ActorType
    country: str | None
    role: str | None
    """What the text calls the actor ("Kremlin spokesperson"), as written."""
    mentions: tuple[Mention, ...]
    """In the order of the text, the headline's first; never empty."""

    @property
    def record_id(self) -> str:
        """Follows from the article, its revision and the actor's id."""
        return _record_id(self.provenance, "actor", self.actor_id)

    @property
    def ref(self) -> ActorRef:
        """The actor as other records name it."""
        return ActorRef(self.actor_id, self.name, self.type, self.country)


@dataclass(frozen=True, slots=True)
class Threat:
    """Someone holds harm over someone else."""

    provenance: Provenance
    threatener: ActorRef
    targets: tuple[ActorRef, ...]
    action: str
    """What is threatened: a verb phrase of the text."""
    condition: str | None
    """The if, unless or until clause, as the text has it."""
    category: str
    """CAMEO code, "130" to "139"."""
    category_name: str
    modality: Modality
    attribution: ActorRef | None
    """Who says that the threat was made, where that is not the threatener."""
    quoted: bool
    """Words of the threat itself stand in quotation marks."""
    evidence: tuple[Span, ...]
    """The words that show it, the fullest telling first; never empty."""
    confidence: float
    """0 to 1, rounded to two places."""

    @property
    def record_id(self) -> str:
        """Follows from the article, the first evidence, who, whom and the action."""
        who = [self.threatener.actor_id, [target.actor_id for target in self.targets]]
        return _record_id(self.provenance, "threat", _place(self.evidence), *who, self.action)


@dataclass(frozen=True, slots=True)
class Denial:
    """Someone says that something is not so."""

    provenance: Provenance
    denier: ActorRef
    content: str | None
    """What is denied, as a phrase of the text; None where only "denied it" stands."""
    cue: str
    """The words that deny."""
    kind: DenialKind
    denies: tuple[str, ...]
    """Record ids of the article's threats that it denies."""
    attribution: ActorRef | None
    """Who reports the denial, where that is not the denier."""
    quoted: bool
    evidence: tuple[Span, ...]
    confidence: float

    @property
    def record_id(self) -> str:
        """Follows from the article, the first evidence, who and the content."""
        return _record_id(
            self.provenance, "denial", _place(self.evidence), self.denier.actor_id, self.content
        )


Record = Actor | Threat | Denial


class ExtractionStatus(StrEnum):
    """Whether the wire stands by an article."""

    USABLE = "USABLE"
    WITHDRAWN = "WITHDRAWN"


SKIPPED_WITHDRAWN = "withdrawn"
"""What `Extraction.skipped` says of an article that the wire has taken back."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything found in one revision of an article."""

    provenance: Provenance
    actors: tuple[Actor, ...] = ()
    threats: tuple[Threat, ...] = ()
    denials: tuple[Denial, ...] = ()
    skipped: str | None = None
    """Why the article was not looked into ("withdrawn", "language de"); None where it was."""

    @property
    def status(self) -> ExtractionStatus:
        """Whether the wire stands by this revision."""
        withdrawn = self.skipped == SKIPPED_WITHDRAWN
        return ExtractionStatus.WITHDRAWN if withdrawn else ExtractionStatus.USABLE

    @property
    def states_truth(self) -> bool:
        """Whether it says what holds of the article: it was looked into, or is withdrawn.

        An article skipped for its language says nothing of what was found before.
        """
        return self.skipped in {None, SKIPPED_WITHDRAWN}

    @property
    def records(self) -> tuple[Record, ...]:
        """All records: actors, then threats, then denials."""
        return (*self.actors, *self.threats, *self.denials)


OutputValue = Record | Extraction
"""What the value of a message on an output topic holds."""


def _place(evidence: tuple[Span, ...]) -> list[object]:
    first = evidence[0]
    return [first.field, first.start, first.end]


def _record_id(provenance: Provenance, kind: str, *content: object) -> str:
    # A JSON list keeps the parts apart, whatever characters they hold; 128 bits make a
    # collision within an archive of any size implausible.
    key = json.dumps([provenance.article_id, provenance.revision, kind, *content])
    return hashlib.sha256(key.encode("ascii")).hexdigest()[:32]
