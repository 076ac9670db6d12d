"""Who stands against whom in an article, and which states it is about.

A threat often names no one: then it is meant for the one with whom the threatener quarrels
elsewhere in the article, or whose state the article is about.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.extraction.clauses import agent, conjuncts, is_passive, is_verb, surface_subject
from pipeline.extraction.lexicon import cue_set
from pipeline.extraction.participants import same_side
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extraction.document import ActorIndex, Document, Entity
    from pipeline.extraction.texts import Token

_BESIDE = 2
"""Tokens between a name and the noun that says what it is."""
_OUTLETS = frozenset(
    """newspaper daily weekly magazine tabloid broadsheet broadcaster channel website blog radio
    television tv station""".split()
)
_AT = frozenset({"on", "against", "at", "upon", "from", "with", "to", "over", "of"})


@dataclass(frozen=True, slots=True)
class _Foes:
    """Those with whom one side quarrels."""

    ids: frozenset[int]
    countries: frozenset[str]
    """Countries that any of them is of."""
    states: frozenset[str | None]
    """Countries that are themselves among them: then whoever is of one is on its side."""


class Opposition:
    """What the whole article tells of its parties; worked out when it is first asked for."""

    def __init__(self, document: Document, index: ActorIndex) -> None:
        self._document = document
        self._index = index
        self._sides: dict[int, _Foes] = {}

    def opposes(self, one: Entity, other: Entity | None, country: str | None) -> bool:
        """Whether the article tells that either does something against the other.

        Args:
            one: an actor.
            other: another actor, or None where only a country is asked for.
            country: the country of the other, where it is a state.
        """
        if id(one) not in self._sides:
            self._sides[id(one)] = self._against(one)
        foes = self._sides[id(one)]
        if other is None:
            return country in foes.countries
        if id(other) in foes.ids:
            return True
        return other.country in (
            foes.countries if other.type is ActorType.GOVERNMENT else foes.states
        )

    def _against(self, one: Entity) -> _Foes:
        """All that act against the one or his side, or against whom it acts."""
        found = [b for a, b in self._pairs if a is one or same_side(a, one)]
        return _Foes(
            frozenset(id(foe) for foe in found),
            frozenset(foe.country for foe in found if foe.country),
            frozenset(foe.country for foe in found if foe.type is ActorType.GOVERNMENT),
        )

    def reports(self, entity: Entity) -> bool:
        """Whether the text presents the body as an outlet: "the newspaper Midi Ovale"."""
        return id(entity) in self._outlets

    @cached_property
    def _outlets(self) -> frozenset[int]:
        found: set[int] = set()
        for doc in self._document.docs:
            for token in doc:
                entity = self._index.resolve(token)
                if entity is None or entity.type is not ActorType.ORGANISATION:
                    continue
                beside = doc[max(token.i - _BESIDE, 0) : token.i + _BESIDE + 1]
                if any(word.lower_ in _OUTLETS for word in beside):
                    found.add(id(entity))
        return frozenset(found)

    def foremost_state(self, but: str | None) -> str | None:
        """The country that the article names most often, by any word for it, ``but`` left out."""
        named = [(count, code) for code, count in self._states.items() if code != but]
        most = max((count for count, _ in named), default=0)
        # Of two that are named as often the first named comes first.
        return next((code for count, code in named if count == most), None)

    @cached_property
    def _states(self) -> Counter[str]:
        """How often each state is named, in the order of first mention."""
        found: Counter[str] = Counter()
        for doc in self._document.docs:
            for token in doc:
                entity = self._index.resolve(token)
                if entity is not None and entity.type is ActorType.GOVERNMENT and entity.country:
                    found[entity.country] += 1
                elif entity is None and (code := self._index.place(token)) is not None:
                    found[code] += 1
        return found

    @cached_property
    def _pairs(self) -> list[tuple[Entity, Entity]]:
        """Each pair of actors one of whom acts against the other, both ways round."""
        found: dict[tuple[int, int], tuple[Entity, Entity]] = {}
        for doc in self._document.docs:
            for verb in doc:
                if not is_verb(verb) or not cue_set("opposing").matches(verb):
                    continue
                for doer in self._doers(verb):
                    for other in self._patients(verb):
                        if not same_side(doer, other):
                            found[id(doer), id(other)] = (doer, other)
                            found[id(other), id(doer)] = (other, doer)
        return list(found.values())

    def _doers(self, verb: Token) -> Iterator[Entity]:
        doer = agent(verb)
        for token in conjuncts(doer) if doer is not None else ():
            entity = self._index.resolve(token)
            if entity is not None:
                yield entity

    def _patients(self, verb: Token) -> Iterator[Entity]:
        """Whom the verb is done to: its object or passive subject, and what hangs on it."""
        nouns = [child for child in verb.children if child.dep_ in ("dobj", "obj", "dative")]
        subject = surface_subject(verb) if is_passive(verb) else None
        if subject is not None:
            nouns.append(subject)
        nouns += [
            noun
            for child in verb.children
            if child.dep_ == "prep" and child.lower_ in _AT
            for noun in child.children
            if noun.dep_ == "pobj"
        ]
        for noun in nouns:
            for token in noun.subtree:
                entity = self._index.resolve(token)
                if entity is None and (code := self._index.place(token)) is not None:
                    entity = next(
                        (
                            state
                            for state in self._index.entities
                            if state.type is ActorType.GOVERNMENT and state.country == code
                        ),
                        None,
                    )
                if entity is not None:
                    yield entity
