"""The whole names of relatives whom a story calls by a given name: "Sattari's brother, Reza".

Who shares a family name by custom is presumed to; where people have none, nobody is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.knowledge.base import fold
from pipeline.extraction.wordview import POSSESSIVES, words

if TYPE_CHECKING:
    from pipeline.extraction.document import Entity
    from pipeline.extraction.name_merging import Forms
    from pipeline.extraction.names import Name
    from pipeline.extraction.roster import Roster
    from pipeline.extraction.wordview import WordView

_KIN = frozenset(
    "wife husband widow widower brother sister son daughter father mother twin".split()
)
_AGED = frozenset("elder eldest older oldest younger youngest late twin only teenage".split())
_PRONOUNS = frozenset({"his", "her"})
_OTHER_CUSTOMS = frozenset("CHN TWN HKG KOR PRK VNM ETH ERI ISL MMR MNG IDN".split())
"""Countries where the last part of a name is not the family's."""
_NEAR = 40
"""Tokens before "his wife" among which the one is named whose wife she is."""


def family_name(name: Name, people: Forms, roster: Roster) -> str | None:
    """The family name of a relative whose given name is ``name``, or None.

    Args:
        name: a name of one word.
        people: the persons of the article whose names are known so far.
        roster: tells their countries.
    """
    view = name.view
    relative = _before(view, name.start, people) or _behind(view, name.end, people)
    if relative is None:
        return None
    home = roster.homes(view, name.start)
    parts = relative.name.split()
    if (
        len(parts) < 2
        or fold(parts[0]) in words("korean_surnames")
        or {relative.country, home.code if home is not None else None} & _OTHER_CUSTOMS
    ):
        return None
    at = len(parts) - 1
    while at > 1 and parts[at - 1].lower() in words("particles"):
        at -= 1
    return " ".join(parts[at:])


def _before(view: WordView, start: int, people: Forms) -> Entity | None:
    """Whose relative it is by the words before: "Qazi's elder sister, X", "his wife X"."""
    at = start - 1
    if view.at(at) == ",":
        at -= 1
    if view.at(at) not in _KIN:
        return None
    at -= 1
    while view.at(at) in _AGED or view.at(at) == "-" or view.text[at][0].isdigit():
        at -= 1
    return _owner(view, at, people)


def _behind(view: WordView, end: int, people: Forms) -> Entity | None:
    """Whose relative it is by the words behind: "X, Qazi's sister"."""
    if view.at(end) != ",":
        return None
    at = end + 1
    if view.at(at) not in _PRONOUNS:
        while at < min(end + 4, len(view)) and view.capital[at]:
            at += 1
    following = at + 2 if view.at(at + 1) in _AGED else at + 1
    return _owner(view, at, people) if view.at(following) in _KIN else None


def _owner(view: WordView, at: int, people: Forms) -> Entity | None:
    if at < 0:
        return None
    if view.lower[at] in POSSESSIVES:
        return _person(view, at - 1, people)
    if view.lower[at] not in _PRONOUNS:
        return None
    for before in range(at - 1, max(at - _NEAR, -1), -1):
        if view.capital[before]:
            found = _person(view, before, people)
            if found is not None:
                return found
    return None


def _person(view: WordView, at: int, people: Forms) -> Entity | None:
    alike = people.persons(fold(view.text[at]))
    return alike[0] if len(alike) == 1 else None
