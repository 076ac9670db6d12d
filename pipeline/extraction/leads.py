"""Bodies that a story's first sentence calls by a noun and that the next sentences name.

"A billboard company told the council ... said J.T. Hargrove, whose Hargrove Outdoor owns": wire
stories keep a name that few know for the second paragraph, where someone speaks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.discourse import FAR, Course, is_body
from pipeline.extraction.governments import acts
from pipeline.extraction.knowledge.base import fold
from pipeline.extraction.lexicon import knowledge as data_file
from pipeline.extraction.noun_phrases import INDEFINITE, Phrase
from pipeline.extraction.wordview import POSSESSIVES
from pipeline.records import ActorType

if TYPE_CHECKING:
    from pipeline.extraction.discourse import Turn
    from pipeline.extraction.document import Entity
    from pipeline.extraction.roster import Roster
    from pipeline.extraction.wordview import WordView

_SOON = 3
"""Sentences within which the body is named."""
_BESIDE = 14
"""Tokens between a person and the body that he speaks for."""
_FOR = frozenset({"of", "for", "whose", "at", "from"})
_SAID_OF = frozenset({"that", "which", "representing", "calling", "behind", "for", "of"})
_NAMED = frozenset({ActorType.ORGANISATION, ActorType.ARMED_GROUP})
_COMPLEMENT = 12
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})


@dataclass(frozen=True, slots=True)
class _Kind:
    nouns: frozenset[str]
    """What a text calls such a body."""
    names: frozenset[str]
    """Words in the names of such bodies."""


@cache
def _kinds() -> tuple[_Kind, ...]:
    kinds = data_file("nominals.json")["kinds"]
    return tuple(_Kind(frozenset(k["nouns"]), frozenset(k["names"])) for k in kinds)


@tracing.step("the body for which someone speaks in the next sentences")
def named_soon(course: Course, roster: Roster, phrase: Phrase) -> Entity | None:
    """The body that the phrase of a story's first sentence means, where the next ones name it."""
    view = course.view
    sentence = course.sentence_of[phrase.head]
    noun = view.lower[phrase.head]
    kinds = [kind for kind in _kinds() if noun in kind.nouns]
    described = view.at(phrase.end) in _SAID_OF
    if course.opening(phrase.head) != sentence or not kinds:
        return None
    if phrase.determiner not in INDEFINITE and not (phrase.determiner == "the" and described):
        return None
    if phrase.head in course.quoted or not _acts(view, phrase):
        return None
    known = {turn.entity.actor_id for turn in course.before(phrase.start, FAR)}
    for turn in course.after(phrase.head, _SOON):
        entity = turn.entity
        if turn.sentence == sentence:
            known.add(entity.actor_id)
        if entity.actor_id in known or entity.type not in _NAMED or turn.quoted:
            continue
        if _known_as(view, turn.start, noun):
            return entity
        if _speaks_for(course, turn) and _may_be_called(roster, entity, kinds, noun):
            return entity
    return None


def _acts(view: WordView, phrase: Phrase) -> bool:
    """Whether the phrase, with what is said of it, is followed by what it does."""
    end = phrase.end
    if acts(view, phrase.start, end, capital=False):
        return True
    while end < len(view) and end - phrase.end < _COMPLEMENT and view.doc[end].tag_ not in _FINITE:
        end += 1
    return acts(view, phrase.start, end, capital=False)


def _speaks_for(course: Course, turn: Turn) -> bool:
    """ "said Tarweh Kollie, who speaks for the Patriotic Front", "Hargrove, whose Hargrove ..."."""
    view, at = course.view, turn.start
    if view.before(at) in {"the", "a"} or view.before(at) in POSSESSIVES:
        at -= 1
    if view.before(at) not in _FOR:
        return False
    return any(
        other.entity.type is ActorType.PERSON and turn.start - other.start <= _BESIDE
        for other in course.before(turn.start, 0)
    )


def _known_as(view: WordView, start: int, noun: str) -> bool:
    """ "the Southern Bloc, as the column is known"."""
    behind = view.lower[start : start + _BESIDE]
    return any(
        behind[at : at + 5] == ["as", "the", noun, "is", called]
        for at in range(len(behind))
        for called in ("known", "called")
    )


def _may_be_called(roster: Roster, entity: Entity, kinds: list[_Kind], noun: str) -> bool:
    """Whether nothing in the actor's name or in what it is called says that it is another kind."""
    profile = roster.profile(entity)
    named = set(fold(entity.name).split())
    if any(named & kind.names for kind in kinds) or noun in profile.heads:
        return is_body(entity)
    if profile.known is not None:
        return False
    others = [kind for kind in _kinds() if kind not in kinds]
    return not any(named & kind.names or profile.heads & kind.nouns for kind in others)
