"""Who holds an office that a story speaks of without a name: "the French foreign minister said".

The known holder on the article's day; where none is known, or an office has many holders, an
actor named by the office itself: "Ambassador of Paraguay to Israel", "King of Nepal".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.discourse import Course
from pipeline.extraction.governments import acts
from pipeline.extraction.institution_owners import host_of, with_article
from pipeline.extraction.shallow_syntax import subject_rank
from pipeline.extraction.spokespeople import NEAR
from pipeline.extraction.wordview import words
from pipeline.records import ActorType

if TYPE_CHECKING:
    from pipeline.extraction.document import Entity
    from pipeline.extraction.noun_phrases import Phrase
    from pipeline.extraction.roster import Roster

_MANY = frozenset({"ambassador"})
"""Offices that a country has many holders of at a time."""
_OF_STATE = frozenset(
    {
        "ambassador",
        "king",
        "queen",
        "president",
        "premier",
        "minister",
        "emir",
        "sultan",
        "governor",
    }
)
"""Heads of titles that name one office of a state, alone or with a portfolio."""
_CROWNED = frozenset({"king", "queen", "emir", "sultan"})
_BARE = frozenset({"king", "queen", "president", "premier", "emir", "sultan", "ambassador"})
"""Those that do without a portfolio."""
_OUT_OF_OFFICE = frozenset(
    """former ex deposed ousted toppled exiled late jailed impeached elected would-be
    self-proclaimed designate next""".split()
)


@tracing.step("who holds the office on the article's day, or the office itself")
def office_holder(course: Course, roster: Roster, phrase: Phrase) -> Entity | None:
    """The known holder of an office that acts here: "the French foreign minister said"."""
    view = course.view
    if not acts(view, phrase.start, phrase.end, capital=False):
        owned = phrase.determiner == "'s" and view.at(phrase.end) in words("saying")
        if not owned and not _is_subject(course, phrase):
            return None
    country = _country_of(course, roster, phrase)
    if phrase.of(view) and not _of_a_country(course, roster, phrase):
        # "the chairman of the Four Winds Tribe", "the president of their union"
        return None
    title = [
        word
        for word in view.lower[phrase.start : phrase.end]
        if word in words("title_modifiers") | words("titles")
    ]
    if country is None or not title or _OUT_OF_OFFICE & set(view.lower[phrase.start : phrase.head]):
        return None
    if view.lower[phrase.head] in _MANY:
        return _by_office(course, roster, phrase, country, title)
    role = roster.knowledge.role_name(" ".join(title))
    # One whom the story has just named is meant rather than who holds the office now.
    for turn in course.before(phrase.start, NEAR):
        known = roster.profile(turn.entity).known
        if known is not None and any(
            roster.knowledge.role_name(office.role) == role and office.country == country
            for office in known.roles
        ):
            return turn.entity
    holders = [
        holder
        for holder in roster.knowledge.holders(role, country, roster.day)
        # "The chairman" of a country's central bank or union is not the country's.
        if any(office.org is None and office.held_on(roster.day) for office in holder.roles)
    ]
    if len(holders) == 1:
        return roster.known(holders[0])
    return None if holders else _by_office(course, roster, phrase, country, title)


def _of_a_country(course: Course, roster: Roster, phrase: Phrase) -> bool:
    at = phrase.end + 1
    if course.view.at(at) == "the":
        at += 1
    if at >= len(course.view):
        return False
    actor = roster.at(course.doc[at])
    return roster.place(course.doc[at]) is not None or (
        actor is not None and actor.type is ActorType.GOVERNMENT
    )


def _is_subject(course: Course, phrase: Phrase) -> bool:
    return subject_rank(course.doc[phrase.head]) > 0


def _country_of(course: Course, roster: Roster, phrase: Phrase) -> str | None:
    """Whose office the phrase speaks of: the country in it or before it, else the story's."""
    view = course.view
    first = phrase.start - 2 if phrase.determiner == "'s" else phrase.start
    country = None
    for at in range(max(first, 0), phrase.head):
        place = roster.place(view.doc[at])
        country = place.country if place is not None else country
    if country is None and phrase.determiner != "'s":
        home = roster.homes(view, phrase.start)
        country = home.code if home is not None else None
    return country


def _by_office(
    course: Course, roster: Roster, phrase: Phrase, country: str, title: list[str]
) -> Entity | None:
    """The actor whom only the office names."""
    view = course.view
    head = view.lower[phrase.head]
    state = roster.knowledge.by_country.get(country)
    if head not in _OF_STATE or state is None or phrase.head in course.quoted:
        return None
    if head not in _BARE and len(title) < 2:
        return None
    if view.at(phrase.end) == "of" or (head in _CROWNED and state.leader == "president"):
        return None
    name = f"{' '.join(title).title()} of {with_article(state.name)}"
    if head == "ambassador":
        if phrase.determiner != "'s" and not _owned(roster, course, phrase):
            return None
        name += _accredited(course, roster, phrase, country)
    return roster.named(name, ActorType.PERSON, country)


def _owned(roster: Roster, course: Course, phrase: Phrase) -> bool:
    inside = range(phrase.start, phrase.head)
    return any(roster.place(course.doc[at]) is not None for at in inside)


def _accredited(course: Course, roster: Roster, phrase: Phrase, country: str) -> str:
    """To which country an ambassador is sent: the one named, else the story's own."""
    view = course.view
    if view.at(phrase.end) in {"to", "in"}:
        host = host_of(view, phrase.end + 1, roster.knowledge)
        return " to " + with_article(host[1].name) if host is not None else ""
    home = roster.homes(view, phrase.start)
    if home is None or home.code in {None, country}:
        return ""
    return " to " + with_article(home.name)
