"""The body that an office-holder leads: "his ministry", "President Adeyemi's office".

A minister's ministry has the name of his portfolio, the office of a president or prime minister
that of the country.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.datelines import Home
from pipeline.extraction.institution_owners import with_article
from pipeline.extraction.institutions import Organ, portfolio_of
from pipeline.extraction.knowledge.base import fold
from pipeline.records import ActorType

if TYPE_CHECKING:
    from pipeline.extraction.discourse import Course
    from pipeline.extraction.document import Entity
    from pipeline.extraction.noun_phrases import Phrase
    from pipeline.extraction.roster import Roster

_MINISTERS = frozenset({"minister", "secretary"})
_OFFICES = {
    "president": ("presidency", "Presidency of {country}"),
    "prime minister": ("prime minister's office", "Office of the Prime Minister of {country}"),
    "premier": ("prime minister's office", "Office of the Prime Minister of {country}"),
}
"""For a role the noun and the name of the office."""


@tracing.step("the ministry or office of the one before")
def own_office(course: Course, roster: Roster, phrase: Phrase) -> Entity | None:
    """The body that "his ministry" or "X's office" is, where the text tells the person's office."""
    noun = course.view.lower[phrase.head]
    if noun not in {"ministry", "office", "department"}:
        return None
    holder = _holder(course, roster, phrase)
    if holder is None:
        return None
    state = roster.knowledge.by_country.get(holder.country or "")
    if state is None:
        return None
    role = _role(roster, holder)
    country = with_article(state.name)
    if noun == "office":
        if role not in _OFFICES:
            return None
        called, name = _OFFICES[role]
    else:
        portfolio, words = portfolio_of(role)
        if portfolio is None:
            return None
        for known in roster.knowledge.by_name.get(fold(f"Department of {portfolio}"), ()):
            if known.country == state.country:
                return roster.known(known)
        called, name = f"{words} ministry", f"Ministry of {portfolio} of {{country}}"
    return roster.organ(
        Organ(
            start=phrase.start,
            end=phrase.end,
            core=phrase.head,
            name=name.format(country=country),
            noun=called,
            owned=True,
            type=ActorType.STATE_ORGAN,
            home=Home(state.name, state),
            as_called=True,
        )
    )


def _holder(course: Course, roster: Roster, phrase: Phrase) -> Entity | None:
    if phrase.determiner == "'s" and phrase.head == phrase.start:
        owner = roster.at(course.doc[phrase.start - 2])
        return owner if owner is not None and owner.type is ActorType.PERSON else None
    if phrase.determiner not in {"his", "her"} or phrase.head != phrase.start + 1:
        return None
    other = "f" if phrase.determiner == "his" else "m"

    def fits(entity: Entity) -> bool:
        return entity.type is ActorType.PERSON and roster.profile(entity).gender != other

    return course.nearest(phrase.start, 1, fits)


def _role(roster: Roster, holder: Entity) -> str:
    """What the text calls the person, else the office held on the article's day."""
    told = (holder.role or "").lower().split()
    if told and told[-1] in {*_MINISTERS, "president", "premier"}:
        return " ".join(word for word in told if word not in {"the", "new", "acting"})
    known = roster.profile(holder).known
    held = (office for office in known.roles if office.held_on(roster.day)) if known else ()
    return next((office.role for office in held if office.org is None), "")
