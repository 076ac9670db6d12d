"""Who acts in an article: the names in it, merged to actors with a canonical name each."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from pipeline.extraction.document import Document, Entity, to_mention
from pipeline.records import ActorType, MentionKind

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_TYPES = {
    "PERSON": ActorType.PERSON,
    "ORG": ActorType.ORGANISATION,
    "GPE": ActorType.GOVERNMENT,
}
_LEAVE_OUT = re.compile(r"^(?:the|a|an)\s+|['’]s?$", re.IGNORECASE)


def slug(text: str) -> str:
    """Lower case ASCII with hyphens, for ids."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x" + text.encode("utf-8").hex()


class ArticleActors:
    """The actors of one article (an `ActorIndex`)."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._entities: list[Entity] = []
        self._tokens: dict[tuple[int, int], Entity] = {}
        spans = [span for doc in document.docs for span in doc.ents if span.label_ in _TYPES]
        # Long names first, so that a surname finds the full name it belongs to.
        for span in sorted(spans, key=lambda span: -len(span.text.split())):
            self._add(span)

    @property
    def entities(self) -> list[Entity]:
        """Every actor, in the order of first mention."""
        return self._entities

    def resolve(self, token: Token) -> Entity | None:
        """The actor that ``token`` belongs to."""
        return self._tokens.get((id(token.doc), token.i))

    def participant(self, token: Token) -> Entity | None:
        """As `resolve`, or a GROUP made of the noun phrase."""
        found = self.resolve(token)
        if found is not None or token.pos_ != "NOUN":
            return found
        phrase = token.doc[token.left_edge.i : token.i + 1]
        while len(phrase) > 1 and phrase[0].pos_ in {"DET", "PRON"}:
            phrase = phrase[1:]
        return self._enter(phrase, phrase.text, ActorType.GROUP, MentionKind.NOMINAL)

    def country(self, code: str) -> Entity:
        """The government of a country."""
        for entity in self._entities:
            if entity.country == code and entity.type is ActorType.GOVERNMENT:
                return entity
        entity = Entity(f"country:{code.lower()}", code, ActorType.GOVERNMENT, code)
        self._entities.append(entity)
        return entity

    def _add(self, span: Span) -> None:
        name = _LEAVE_OUT.sub("", span.text)
        kind = _TYPES[span.label_]
        if kind is ActorType.PERSON:
            for entity in self._entities:
                if entity.type is kind and entity.name.endswith(" " + name):
                    name = entity.name
        self._enter(span, name, kind, MentionKind.NAME)

    def _enter(self, span: Span, name: str, kind: ActorType, how: MentionKind) -> Entity:
        actor_id = f"{kind.value.lower()}:{slug(name)}"
        for entity in self._entities:
            if entity.actor_id == actor_id:
                break
        else:
            entity = Entity(actor_id, name, kind)
            self._entities.append(entity)
        entity.mentions.append(to_mention(span, how))
        for token in span:
            self._tokens[id(token.doc), token.i] = entity
        return entity
