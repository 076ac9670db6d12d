"""Officers without a name of regions, towns and central banks: "Iowa's governor", "the mayor of X".

They are named by the office, where the story names nobody who holds one like it.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.discourse import FAR
from pipeline.extraction.governments import acts
from pipeline.extraction.institution_owners import with_article
from pipeline.extraction.noun_phrases import alike_nouns
from pipeline.extraction.wordview import POSSESSIVES, words
from pipeline.records import ActorType

if TYPE_CHECKING:
    from pipeline.extraction.discourse import Course
    from pipeline.extraction.document import Entity
    from pipeline.extraction.noun_phrases import Phrase
    from pipeline.extraction.roster import Roster

_LOCAL = frozenset({"governor", "mayor", "prefect"})
_BANK = ["central", "bank"]
_AHEAD = 12
"""Sentences within which the officer is named."""
_REGION_WORDS = 4


@tracing.step("the officer of that place, named by the office")
def local_officer(course: Course, roster: Roster, phrase: Phrase) -> Entity | None:
    """The unnamed governor or mayor who acts here, of the place or bank that the text names."""
    view = course.view
    head = view.lower[phrase.head]
    if head not in _LOCAL or phrase.head in course.quoted:
        return None
    bank = _of_the_bank(course, phrase)
    place = "" if bank else _place(course, roster, phrase)
    if not (bank or place) or _named(course, roster, phrase, head):
        return None
    end = _behind(course, phrase)
    if not acts(view, phrase.start, end, capital=False) and view.at(end) not in words("saying"):
        return None
    home = roster.homes(view, phrase.start)
    if bank:
        if home is None or home.actor is None:
            return None
        place = f"the Central Bank of {with_article(home.name)}"
    name = f"{head.capitalize()} of {place}"
    return roster.named(name, ActorType.PERSON, home.code if home is not None else None)


def _of_the_bank(course: Course, phrase: Phrase) -> bool:
    """Whether it is "the central bank's governor" or "the governor of the central bank"."""
    lower = course.view.lower
    if lower[phrase.end : phrase.end + 2] == ["of", "the"]:
        return lower[phrase.end + 2 : phrase.end + 4] == _BANK
    before = phrase.head - 3 if lower[phrase.head - 1] in POSSESSIVES else phrase.head - 2
    return before >= 0 and lower[before : before + 2] == _BANK


def _place(course: Course, roster: Roster, phrase: Phrase) -> str:
    """The name of the region or town, or "" where a country or no place is named."""
    view = course.view
    if phrase.determiner == "'s" and phrase.start == phrase.head:
        end = phrase.start - 1
        start = end
        while start > 0 and end - start < _REGION_WORDS and view.capital[start - 1]:
            start -= 1
            if view.first[start]:
                break
    elif view.at(phrase.end) == "of":
        start = end = phrase.end + 1
        while end < len(view) and end - start < _REGION_WORDS and view.capital[end]:
            end += 1
    else:
        return ""
    if start == end or any(_is_actor(roster, course, at) for at in range(start, end)):
        return ""
    return view.phrase(start, end)


def _is_actor(roster: Roster, course: Course, at: int) -> bool:
    """Whether a token belongs to a country or to somebody who is no region."""
    token = course.doc[at]
    found = roster.at(token)
    state = roster.place(token)
    return state is not None or (found is not None and found.type is not ActorType.GOVERNMENT)


def _named(course: Course, roster: Roster, phrase: Phrase, head: str) -> bool:
    """Whether the story names somebody who holds such an office."""
    alike = alike_nouns(head)
    around = chain(
        course.entities_before(phrase.start, FAR),
        (turn.entity for turn in course.after(phrase.head, _AHEAD)),
    )
    return any(
        entity.type is ActorType.PERSON and alike & roster.profile(entity).heads
        for entity in around
    )


def _behind(course: Course, phrase: Phrase) -> int:
    """The token behind "of Iowa", or behind the noun."""
    view = course.view
    end = phrase.end
    if view.at(end) != "of":
        return end
    end += 1
    while end < len(view) and (view.capital[end] or view.lower[end] in {"the", *_BANK}):
        end += 1
    return end
