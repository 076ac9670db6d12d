"""The actors of an article, found when the first of them is asked for, or not at all.

Most articles hold nothing that a rule takes, and of many of them nobody asks who is who.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.extraction.document import ActorIndex, Entity
    from pipeline.extraction.texts import Token


class LateActors:
    """The `ActorIndex` that a function makes, made once and not before it is needed."""

    def __init__(self, make: Callable[[], ActorIndex]) -> None:
        self._make = make
        self._made: ActorIndex | None = None

    def find(self) -> ActorIndex:
        """The index itself."""
        if self._made is None:
            self._made = self._make()
        return self._made

    @property
    def entities(self) -> list[Entity]:
        """As `ActorIndex.entities`."""
        return self.find().entities

    def resolve(self, token: Token) -> Entity | None:
        """As `ActorIndex.resolve`."""
        return self.find().resolve(token)

    def participant(self, token: Token) -> Entity | None:
        """As `ActorIndex.participant`."""
        return self.find().participant(token)

    def taken_up(self, pronoun: Token) -> Token | None:
        """As `ActorIndex.taken_up`."""
        return self.find().taken_up(pronoun)

    def unnamed(self, token: Token) -> Entity:
        """As `ActorIndex.unnamed`."""
        return self.find().unnamed(token)

    def place(self, token: Token) -> str | None:
        """As `ActorIndex.place`."""
        return self.find().place(token)

    def country(self, code: str) -> Entity:
        """As `ActorIndex.country`."""
        return self.find().country(code)

    def home(self, token: Token) -> str | None:
        """As `ActorIndex.home`."""
        return self.find().home(token)

    def story(self, token: Token) -> range:
        """As `ActorIndex.story`."""
        return self.find().story(token)


class NoActors:
    """The `ActorIndex` of an article of which it is not known yet who is who."""

    entities: ClassVar[list[Entity]] = []

    def resolve(self, token: Token) -> None:
        """Nobody is known."""

    def participant(self, token: Token) -> None:
        """Nobody is known."""

    def taken_up(self, pronoun: Token) -> None:
        """No antecedent is known."""

    def unnamed(self, token: Token) -> Entity:
        """Nobody is known."""
        raise LookupError(token.text)

    def place(self, token: Token) -> None:
        """No country is known."""

    def country(self, code: str) -> Entity:
        """Nobody can name a country that is not known."""
        raise LookupError(code)

    def home(self, token: Token) -> None:
        """No country is known."""

    def story(self, token: Token) -> range:
        """The whole field: stories are told apart by who is in them."""
        return range(len(token.doc))
