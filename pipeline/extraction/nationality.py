"""The countries of actors that no knowledge base knows, by what the article tells of them.

In this order: an adjective or a name of a country beside the name ("the German daily X", "X, a
Kenyan judge"), the body that a person speaks for, and the country that the story is told from
where it must be meant: for organs of a state, for those who hold an office there, and for
organisations that nothing calls foreign.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.document import field_of
from pipeline.extraction.wordview import POSSESSIVES, words
from pipeline.records import ActorType, Field, MentionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extraction.discourse import Course
    from pipeline.extraction.document import Entity
    from pipeline.extraction.roster import Roster
    from pipeline.records import Mention

_BEFORE = 5
_BEHIND = 9
_SERVICES = frozenset(
    """army police navy military presidential parliamentary government state federal palace
    ministry provincial""".split()
)
"""Words of a role that only servants of a state have."""
_AT_HOME = frozenset(
    """leader chairman captain editor owner activist businessman tycoon sheikh sheik archbishop
    bishop imam cleric rep sen gov gen col steward organiser organizer dissident warlord""".split()
)
"""Words of a role that are mostly somebody's of the country that the story is told from."""
_STOPS = frozenset({",", ".", ";", ":", "(", ")", '"', "“", "”", "-", "--", "–", "—"})
_BREAKS = frozenset("of for at in on to by with from who that which and or but as".split())


def infer_countries(roster: Roster, courses: Sequence[Course]) -> None:
    """Give a country to each named actor that has none, where the article tells it."""
    starts = {field_of(course.doc): course.view.begins for course in courses}
    of_field = {field_of(course.doc): course for course in courses}
    for entity in roster.entities:
        if entity.country is not None or entity.type is ActorType.GROUP:
            continue
        if roster.profile(entity).known is not None:
            continue
        names = [m for m in entity.mentions if m.kind is MentionKind.NAME]
        places = [(of_field[m.field], starts[m.field][m.start], m) for m in names]
        entity.country = next(
            (code for place in places if (code := _beside(roster, *place))), None
        ) or _by_kind(roster, entity, places)


def _beside(roster: Roster, course: Course, start: int, mention: Mention) -> str | None:
    """The country that the noun phrase of a name or its apposition speaks of."""
    view = course.view
    at = start - 1
    while at >= 0 and start - at <= _BEFORE and not view.starts[at + 1]:
        word = view.lower[at]
        if word in _STOPS or word in _BREAKS or word in words("saying"):
            break
        place = roster.place(view.doc[at])
        if place is not None and (at == start - 2 or view.at(start - 1) not in POSSESSIVES):
            return place.country
        if view.at(at + 1) in POSSESSIVES and at + 2 < start:
            owner = roster.at(view.doc[at])
            if owner is not None and owner.type is not ActorType.PERSON:
                return owner.country
        at -= 1
    end = start
    while end < len(view) and view.doc[end].idx < mention.end:
        end += 1
    if view.at(end) != "," or view.at(end + 1) not in {"a", "an", "the"}:
        return None
    for at in range(end + 1, min(end + _BEHIND, len(view))):
        if view.lower[at] in _STOPS or view.lower[at] in _BREAKS | words("saying"):
            return None
        place = roster.place(view.doc[at])
        if place is not None:
            return place.country
    return None


def _by_kind(
    roster: Roster, entity: Entity, places: Sequence[tuple[Course, int, Mention]]
) -> str | None:
    if not places:
        return None
    course, start, _ = places[0]
    lines = roster.datelines.get(field_of(course.doc), ())
    if any(line.start <= start < line.end for line in lines):
        # The agency that sent the story may be of any country.
        return None
    home = roster.homes(course.view, start)
    code = home.code if home is not None else None
    if entity.type is ActorType.GOVERNMENT:
        return None
    if entity.type is not ActorType.PERSON:
        # Without a dateline the country spoken of most says nothing of a firm's own.
        told = any(line.home is not None for line in roster.datelines.get(Field.BODY, ()))
        return code if told or entity.type is ActorType.STATE_ORGAN else None
    heads = roster.profile(entity).heads
    role = set((entity.role or "").lower().replace(".", "").split())
    speaks = any(head.startswith("spokes") for head in heads)
    if speaks or not role or role & _AT_HOME:
        entity.presumed = code
    if speaks:
        return _spoken_for(course, start)
    return code if role & _SERVICES or heads & words("offices") else None


def _spoken_for(course: Course, start: int) -> str | None:
    """The country of the body for which a person speaks: the last one told of before."""
    for turn in course.before(start, 1):
        if turn.entity.type is not ActorType.PERSON and turn.entity.country is not None:
            return turn.entity.country
    return None
