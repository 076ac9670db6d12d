"""The actors of one article while they are being collected, and which words refer to them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.document import Document, Entity, field_of, to_mention
from pipeline.extraction.knowledge.base import fold
from pipeline.records import ActorType, Field, MentionKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from pipeline.extraction.datelines import Dateline, Home
    from pipeline.extraction.institutions import Organ
    from pipeline.extraction.knowledge.base import KnowledgeBase, KnownActor
    from pipeline.extraction.texts import Doc, Token
    from pipeline.extraction.wordview import WordView
    from pipeline.records import Mention

_FIELD_ORDER = {Field.HEADLINE: 0, Field.BODY: 1}


@cache
def newest_day(knowledge: KnowledgeBase) -> date:
    """The last day on which anybody is known to have taken office."""
    return max(office.from_ for actor in knowledge.actors for office in actor.roles)


def slug(text: str) -> str:
    """Small ASCII letters, digits and hyphens, for ids; never empty."""
    plain = unicodedata.normalize("NFKD", fold(text)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x" + text.encode("utf-8").hex()


@dataclass(slots=True)
class Profile:
    """What the article tells of an actor beside its record, for coreference."""

    heads: set[str] = field(default_factory=set)
    """Nouns that the text calls it by: "minister", "airline"."""
    gender: str | None = None
    """Either "m" or "f", where title or role tell."""
    known: KnownActor | None = None


class Roster:
    """Collects entities and their mentions; answers which entity a token belongs to."""

    def __init__(self, document: Document, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        published = document.published_at
        # Where the wire gives no date the newest that the knowledge base knows of is right most
        # often, and never changes the records of an article by the day it is read on.
        self.day = published.date() if published is not None else newest_day(knowledge)
        """The day that tells who "the president" is."""
        self._by_id: dict[str, Entity] = {}
        self._present: list[Entity] | None = []
        """Those with a mention, in the order of the first; None where that is to be found anew."""
        self._unsorted: dict[str, Entity] = {}
        """Those whose mentions are no longer in the order of the text."""
        self._by_ending: defaultdict[tuple[str, ...], list[Entity]] = defaultdict(list)
        self._profiles: dict[str, Profile] = {}
        self._mentioned: set[tuple[str, Field, int, int]] = set()
        self._tokens: dict[tuple[Field, int], Entity] = {}
        self._widths: dict[tuple[Field, int], int] = {}
        self.homes: Callable[[WordView, int], Home | None] = lambda _view, _at: None
        """The country that the story is told from, by field and token."""
        self.datelines: dict[Field, list[Dateline]] = {}
        self.latent: dict[tuple[Field, int], Organ] = {}
        """Organs that stand before a role ("a foreign ministry spokesman")."""
        self.places: dict[tuple[Field, int], KnownActor] = {}
        """Names of countries, capitals and their adjectives where they stand as no actor."""

    @property
    def entities(self) -> list[Entity]:
        """Every actor with a mention, in the order of first mention."""
        for entity in self._unsorted.values():
            entity.mentions.sort(key=_place)
        self._unsorted.clear()
        if self._present is None:
            present = [entity for entity in self._by_id.values() if entity.mentions]
            self._present = sorted(present, key=_first_place)
        return list(self._present)

    def ending(self, words: list[str]) -> list[Entity]:
        """The actors whose folded names end with two or more words, first mentioned first."""
        return sorted(
            (
                entity
                for entity in self._by_ending.get(tuple(words[-2:]), ())
                if entity.mentions and fold(entity.name).split()[-len(words) :] == words
            ),
            key=lambda entity: min(_place(mention) for mention in entity.mentions),
        )

    def profile(self, entity: Entity) -> Profile:
        """What else is told of the actor."""
        return self._profiles[entity.actor_id]

    def known(self, actor: KnownActor, called: str | None = None) -> Entity:
        """The entity of a known actor; ``called`` so where it was not there before."""
        entity = self._by_id.get(actor.id)
        if entity is None:
            entity = Entity(actor.id, called or actor.name, actor.type, actor.country)
            self._enter(entity, Profile(known=actor))
        return entity

    def named(self, name: str, kind: ActorType, country: str | None = None) -> Entity:
        """The entity of this name and type, made where there is none yet."""
        for actor in self.knowledge.by_name.get(fold(name), ()):
            if actor.type is kind and (country is None or actor.country == country):
                return self.known(actor)
        actor_id = f"{kind.value.lower().replace('_', '-')}:{slug(name)}"
        entity = self._by_id.get(actor_id)
        if entity is None:
            entity = Entity(actor_id, name, kind, country)
            self._enter(entity, Profile())
        return entity

    @tracing.step("an organ of the country that it belongs to or the story is told from")
    def organ(self, organ: Organ) -> Entity:
        """The entity of a state's organ, or of the state where the organ is its government."""
        if organ.type is not ActorType.GOVERNMENT:
            known = self._known_organ(organ)
            if known is not None:
                return self.known(known, organ.name if organ.as_called else None)
            return self.named(organ.name, organ.type, organ.home.code)
        if organ.home.actor is not None:
            return self.known(organ.home.actor)
        return self.named(organ.home.name, ActorType.GOVERNMENT)

    def _known_organ(self, organ: Organ) -> KnownActor | None:
        """The organ under a name of its own: "the Israeli army" is the Israel Defense Forces."""
        state = organ.home.actor
        if state is None:
            return None
        for owner in (state.name, *state.demonyms[:1]):
            for phrase in (f"{owner} {organ.noun}", f"{owner}'s {organ.noun}"):
                for actor in self.knowledge.by_name.get(fold(phrase), ()):
                    if actor.country == state.country:
                        return actor
        if organ.noun == "central bank":
            banks = [entity for entity in self._by_id.values() if _is_bank(entity)]
            own = [entity for entity in banks if entity.country == state.country]
            if own or (len(banks) == 1 and not organ.owned):
                return self._profiles[(own or banks)[0].actor_id].known
        return None

    def country(self, code: str) -> Entity:
        """The government of the country with this ISO 3166-1 alpha-3 code."""
        actor = self.knowledge.by_country.get(code)
        if actor is not None:
            return self.known(actor)
        return self.named(code, ActorType.GOVERNMENT, code)

    def mention(self, entity: Entity, doc: Doc, start: int, end: int, kind: MentionKind) -> None:
        """Record that the tokens from ``start`` to before ``end`` refer to the entity.

        Where mentions overlap the shorter one keeps its tokens, except that a token never
        refers to two actors.
        """
        where = field_of(doc)
        mention = to_mention(doc[start:end], kind)
        tracing.mentioned(mention, entity)
        where_mentioned = (entity.actor_id, where, mention.start, mention.end)
        if where_mentioned not in self._mentioned:
            self._mentioned.add(where_mentioned)
            if not entity.mentions or _place(mention) < _first_place(entity):
                self._present = None
            entity.mentions.append(mention)
            self._unsorted[entity.actor_id] = entity
        for at in range(start, end):
            if self._widths.get((where, at), end - start) >= end - start:
                self._widths[where, at] = end - start
                self._tokens[where, at] = entity

    def mentions_of(self, actor: KnownActor) -> int:
        """How often the article mentions a known actor, as far as it is read."""
        entity = self._by_id.get(actor.id)
        return len(entity.mentions) if entity is not None else 0

    def at(self, token: Token) -> Entity | None:
        """The entity that a mention with this token refers to."""
        return self._tokens.get((field_of(token.doc), token.i))

    def place(self, token: Token) -> KnownActor | None:
        """The country that this token names, or is the capital or adjective of, as a place."""
        return self.places.get((field_of(token.doc), token.i))

    def free(self, doc: Doc, start: int, end: int) -> bool:
        """Whether no mention covers any of these tokens."""
        where = field_of(doc)
        return not any((where, at) in self._tokens for at in range(start, end))

    def _enter(self, entity: Entity, profile: Profile) -> None:
        self._by_id[entity.actor_id] = entity
        self._by_ending[tuple(fold(entity.name).split()[-2:])].append(entity)
        self._profiles[entity.actor_id] = profile


def _is_bank(entity: Entity) -> bool:
    return entity.type is ActorType.STATE_ORGAN and "bank" in entity.name.casefold().split()


def _first_place(entity: Entity) -> tuple[int, int, int]:
    return _place(entity.mentions[0])


def _place(mention: Mention) -> tuple[int, int, int]:
    return (_FIELD_ORDER[mention.field], mention.start, mention.end)
