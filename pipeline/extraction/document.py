"""The working state of one article's extraction, handed from stage to stage.

Order of the stages (`extractor.py` runs them):
reading (parsing) -> quotes -> actors -> coreference -> threats -> denials -> linking.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Literal, Protocol

from pipeline.extraction.limits import WorkLimits
from pipeline.records import ActorRef, ActorType, Field, Mention, MentionKind, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from pipeline.extraction.names import Name
    from pipeline.extraction.texts import Doc, Token
    from pipeline.extraction.texts import Span as DocSpan
    from pipeline.extraction.token_arrays import Bounds
    from pipeline.extraction.wordview import WordView

FIELD_KEY = "newswire_field"
"""Key of a Doc's ``user_data`` under which the `Field` that it was made of stands."""

_NUMBERS_KEY = "newswire_sentence_numbers"

RecordKind = Literal["threat", "denial"]

Passed = dict[RecordKind, frozenset[int]]
"""First tokens of the sentences that may hold a record, by its kind."""

TEXT_KEY = "newswire_text"
"""Key under which the field's text stands as it came: in the Doc, line breaks may be spaces."""


@dataclass(slots=True)
class Quote:
    """A quotation: the tokens between the marks, and who says them."""

    span: DocSpan
    """The quoted tokens, without the quotation marks."""
    speaker: Token | None = None
    """Head of the noun phrase that names the speaker; None where the text leaves it open."""
    cue: Token | None = None
    """The verb of saying, or "to" of "according to"."""
    addressee: Token | None = None
    """Head of the noun phrase spoken to ("told reporters"), for "you" inside the quotation."""
    parent: Quote | None = None
    """The quotation that this one is nested in."""


@dataclass(slots=True, eq=False)
class Entity:
    """An actor while the article is being read; identity is by object."""

    actor_id: str
    name: str
    type: ActorType
    country: str | None = None
    role: str | None = None
    mentions: list[Mention] = field(default_factory=list)
    presumed: str | None = None
    """The country that the story lets presume of a person: told in records, asked by no rule."""

    @property
    def told_country(self) -> str | None:
        """The country that records tell."""
        return self.country or self.presumed

    @property
    def ref(self) -> ActorRef:
        """The entity as records name it."""
        return ActorRef(self.actor_id, self.name, self.type, self.told_country)


class ActorIndex(Protocol):
    """Who a token refers to. Made by `actors.py` and `coreference.py`, asked by the rest."""

    @property
    def entities(self) -> list[Entity]:
        """Every actor of the article, in the order of first mention."""
        ...

    def resolve(self, token: Token) -> Entity | None:
        """The actor that the noun phrase around ``token`` refers to.

        Takes any token of a name, metonym, nominal or pronoun mention (a noun phrase's head
        among them); None where it refers to no actor or is left unresolved.
        """
        ...

    def participant(self, token: Token) -> Entity | None:
        """As `resolve`, but an unnamed plural or group noun becomes a GROUP actor.

        To be called only for the threatener, target or denier of a record that is really
        made, since it adds the actor to the article.
        """
        ...

    def taken_up(self, pronoun: Token) -> Token | None:
        """The noun that ``pronoun`` takes up where that is no actor of the article yet."""
        ...

    def unnamed(self, token: Token) -> Entity:
        """A GROUP actor for someone whom the text names nowhere, called by its own word: "he".

        To be called only as `participant`.
        """
        ...

    def place(self, token: Token) -> str | None:
        """ISO 3166-1 alpha-3 code of the country that ``token`` names or lies in, as a place.

        For words that are no actor where they stand ("bombed Moscow", "French wine"), so that
        the country can become the target of a record by `country`.
        """
        ...

    def country(self, code: str) -> Entity:
        """The government of the country with this ISO 3166-1 alpha-3 code, added if need be."""
        ...

    def home(self, token: Token) -> str | None:
        """ISO 3166-1 alpha-3 code of the country that the story around ``token`` is told from."""
        ...

    def story(self, token: Token) -> range:
        """The tokens of the story that ``token`` stands in: a field may hold several in brief."""
        ...


@dataclass(slots=True)
class Document:
    """One article in the works."""

    headline: Doc | None
    body: Doc
    published_at: datetime | None
    limits: WorkLimits = field(default_factory=WorkLimits)
    views: list[WordView] = field(default_factory=list)
    """The words of each of `docs`."""
    names: list[Name] = field(default_factory=list)
    """The names in it once somebody has looked, as the words tell them and no parse."""
    quotes: list[Quote] = field(default_factory=list)
    recognised: bool = False
    """Whether the entities of all sentences are marked."""
    passed: dict[Field, Passed] | None = None
    """What passed the gate (`gate.py`); None where everything is weighed."""
    answered: list[tuple[Bounds, ...]] = field(default_factory=list)
    """Of each of `docs` the sentences that what passed the gate may answer."""
    sure: dict[Field, list[int]] = field(default_factory=dict)
    """Where the records that were found at a first weighing are told, in the order of the text."""
    doubts: list[Callable[[], bool]] = field(default_factory=list)
    """Of each candidate that was weighed, whether what is `sure` by now decides it otherwise."""

    @property
    def docs(self) -> list[Doc]:
        """The fields' texts that there are, the headline first."""
        return [doc for doc in (self.headline, self.body) if doc is not None and len(doc)]

    def to_weigh(self, doc: Doc, kind: RecordKind) -> Iterator[DocSpan]:
        """The sentences of a field that may hold a record of this kind."""
        if self.passed is None:
            return doc.sents
        starts = self.passed[field_of(doc)][kind]
        return (sentence for sentence in doc.sents if sentence.start in starts)


def sentence_numbers(doc: Doc) -> list[int]:
    """For each token how many sentences have begun up to it, counted once."""
    if _NUMBERS_KEY not in doc.user_data:
        doc.user_data[_NUMBERS_KEY] = list(accumulate(bool(token.is_sent_start) for token in doc))
    numbers: list[int] = doc.user_data[_NUMBERS_KEY]
    return numbers


def field_of(doc: Doc) -> Field:
    """The field of the article that ``doc`` was made of."""
    field_name: Field = doc.user_data[FIELD_KEY]
    return field_name


def to_span(tokens: DocSpan) -> Span:
    """The record's span for these tokens."""
    return Span(field_of(tokens.doc), tokens.start_char, tokens.end_char, _as_it_came(tokens))


def to_mention(tokens: DocSpan, kind: MentionKind) -> Mention:
    """The record's mention for these tokens."""
    return Mention(
        field_of(tokens.doc), tokens.start_char, tokens.end_char, _as_it_came(tokens), kind
    )


def _as_it_came(tokens: DocSpan) -> str:
    text: str = tokens.doc.user_data[TEXT_KEY]
    return text[tokens.start_char : tokens.end_char]
