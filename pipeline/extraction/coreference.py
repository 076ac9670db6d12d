"""Who nominals and pronouns refer to, and the index that the later stages ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.document import Entity, field_of
from pipeline.records import ActorType, MentionKind

if TYPE_CHECKING:
    from spacy.tokens import Token

    from pipeline.extraction.roster import Roster


class ArticleActors:
    """The actors of one article (an `ActorIndex`)."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    @property
    def entities(self) -> list[Entity]:
        """Every actor, in the order of first mention."""
        return self._roster.entities

    def resolve(self, token: Token) -> Entity | None:
        """The actor that ``token`` belongs to."""
        return self._roster.at(token)

    def participant(self, token: Token) -> Entity | None:
        """As `resolve`, or the country of a place, or a GROUP made of the noun phrase."""
        found = self.resolve(token)
        if found is not None:
            return found
        country = self._roster.places.get((field_of(token.doc), token.i))
        if country is not None:
            entity = self._roster.known(country)
            self._roster.mention(entity, token.doc, token.i, token.i + 1, MentionKind.METONYM)
            return entity
        if token.pos_ != "NOUN":
            return None
        start = token.left_edge.i
        while start < token.i and token.doc[start].pos_ in {"DET", "PRON", "PUNCT"}:
            start += 1
        entity = self._roster.named(token.doc[start : token.i + 1].text, ActorType.GROUP)
        self._roster.mention(entity, token.doc, start, token.i + 1, MentionKind.NOMINAL)
        return entity

    def country(self, code: str) -> Entity:
        """The government of a country."""
        return self._roster.country(code)
