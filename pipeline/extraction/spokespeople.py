"""Unnamed officials who speak for a body: "a White House official", "its lawyer"."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.discourse import FAR, Course, is_body
from pipeline.extraction.document import field_of
from pipeline.extraction.knowledge.base import fold
from pipeline.extraction.lexicon import knowledge as data_file
from pipeline.extraction.noun_phrases import INDEFINITE, Phrase, alike_nouns, noun_list
from pipeline.extraction.roles import titles_a_name
from pipeline.extraction.wordview import words
from pipeline.records import ActorType

if TYPE_CHECKING:
    from pipeline.extraction.document import Entity
    from pipeline.extraction.roster import Roster

NEAR = 4
"""Sentences over which a nominal may reach back to a body not called so yet."""
_SPEAKING_FOR = frozenset({"for", "of", "from", "at", "with"})
_DESKS = frozenset({"service", "office", "department", "bureau"})
_KNOWN_HEADS = 4_096
"""Known actors of which the nouns are kept: what calls them so depends on nothing else."""
_AHEAD = 8
"""Sentences within which a person first called "a commander" is named."""


@tracing.step("who has no name is the body that he speaks for")
def spoken_for(course: Course, roster: Roster, phrase: Phrase) -> Entity | None:
    """The body for which an unnamed official speaks: "a White House official", "its lawyer"."""
    view, inner = course.view, phrase.head - 1
    if titles_a_name(view, phrase.head) or inner < phrase.start:
        return None
    # What stands right before the noun: an organ, a name, a body's noun.
    latent = roster.latent.get((field_of(view.doc), inner))
    if latent is not None and phrase.determiner in INDEFINITE | {""}:
        return roster.organ(latent)
    named = roster.at(view.doc[inner])
    if named is not None and is_body(named):
        return named
    if view.lower[inner] in words("organisation_heads"):
        return _called(course, roster, phrase, view.lower[inner])
    return _owner(course, roster, phrase) or _state(course, roster, phrase)


@tracing.step("the body whose press office it is")
def press_office(course: Course, roster: Roster, phrase: Phrase) -> Entity | None:
    """For whom a press office speaks: "the army's press service", "its press office"."""
    view = course.view
    if view.at(phrase.head - 1) not in {"press", "media"} or view.lower[phrase.head] not in _DESKS:
        return None
    if phrase.determiner == "'s":
        return roster.at(course.doc[phrase.start - 2])
    found = _owner(course, roster, phrase) if phrase.determiner in {"his", "her"} else None
    return found or course.nearest(phrase.start, NEAR, is_body)


def _called(course: Course, roster: Roster, phrase: Phrase, noun: str) -> Entity | None:
    """The body of "a company official"."""
    alike = alike_nouns(noun)
    for entity in course.entities_before(phrase.start, FAR):
        if is_body(entity) and alike & heads_of(roster, entity):
            return entity
    if noun in noun_list("companies"):
        return course.nearest(phrase.start, NEAR, lambda entity: is_company(roster, entity))
    return None


def _owner(course: Course, roster: Roster, phrase: Phrase) -> Entity | None:
    """Whose spokesman it is: "Helvagen's lawyer", "its lawyer", "his lawyer"."""
    if phrase.determiner == "'s":
        owner = roster.at(course.doc[phrase.start - 2])
        return owner if owner is not None and is_body(owner) else None
    if phrase.determiner in {"his", "her"}:
        other = "f" if phrase.determiner == "his" else "m"

        def fits(entity: Entity) -> bool:
            return entity.type is ActorType.PERSON and roster.profile(entity).gender != other

        return course.nearest(phrase.start, 1, fits)
    if phrase.determiner in {"its", "their"}:
        return course.nearest(phrase.start, 1, is_body)
    return None


def _state(course: Course, roster: Roster, phrase: Phrase) -> Entity | None:
    """The country of "a senior Iranian official"."""
    if phrase.determiner in INDEFINITE and course.view.lower[phrase.head] == "official":
        for at in range(phrase.head - 1, phrase.start, -1):
            country = roster.place(course.doc[at])
            if country is not None and country.country is not None:
                return roster.known(country)
    return None


@tracing.step("the body that spoke last")
def bare_speaker(course: Course, phrase: Phrase) -> Entity | None:
    """Whom "a spokesman" alone speaks for: the body that the sentences before were about."""
    if phrase.head - phrase.start > 1 or not course.view.lower[phrase.head].startswith("spokes"):
        return None
    if course.view.at(phrase.end) in _SPEAKING_FOR:
        return None
    return course.nearest(phrase.start, 2, is_body)


@tracing.step("the one whom the article names so later")
def named_later(course: Course, roster: Roster, phrase: Phrase, noun: str) -> Entity | None:
    """The actor first called "a U.S. envoy" whose name follows ("The envoy, X, said")."""
    nouns = alike_nouns(noun)
    for turn in course.after(phrase.head, _AHEAD):
        if turn.quoted or not nouns & roster.profile(turn.entity).heads:
            continue
        if (turn.entity.type is ActorType.PERSON) != (noun in words("person_roles")):
            continue
        if not course.is_before(phrase.start, FAR, turn.entity):
            return turn.entity
    return None


def heads_of(roster: Roster, entity: Entity) -> set[str]:
    """The nouns by which an actor may be taken up: the article's own and the known ones."""
    profile = roster.profile(entity)
    if profile.known is None:
        return profile.heads
    return profile.heads | _known_heads(
        profile.known.name, profile.known.aliases, entity.type is ActorType.ARMED_GROUP
    )


@lru_cache(maxsize=_KNOWN_HEADS)
def _known_heads(name: str, aliases: tuple[str, ...], armed: bool) -> frozenset[str]:
    own = words("organisation_heads") - noun_list("shared")
    named = {word for each in (name, *aliases) for word in fold(each).split() if word in own}
    if armed:
        named |= noun_list("groups")
    return frozenset(named.union(data_file("nominals.json")["known"].get(name, ())))


def is_company(roster: Roster, entity: Entity) -> bool:
    """Whether nothing speaks against "the company" being this actor."""
    if entity.type is not ActorType.ORGANISATION:
        return False
    heads = heads_of(roster, entity)
    return not heads & noun_list("no_companies")
