"""Where a story is told from: its datelines, and the country that "the government" is of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.extraction.knowledge.base import fold
from pipeline.extraction.lexicon import knowledge as data_file
from pipeline.extraction.sentences import dateline_end
from pipeline.extraction.wordview import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.extraction.knowledge.base import KnowledgeBase, KnownActor
    from pipeline.extraction.names import Name
    from pipeline.extraction.wordview import WordView

_MAX_PLACE_WORDS = 4
_FIRST_WORDS = 30
_AT_FIRST = 3
_OPENING = 16
"""Tokens from the beginning of a sentence over which its first words tell whence it is told."""
_WHENCE = frozenset({"in", "from"})


@dataclass(frozen=True, slots=True)
class Home:
    """A country that an article is told from."""

    name: str
    """The country's name, also where no knowledge base has it."""
    actor: KnownActor | None

    @property
    def code(self) -> str | None:
        """ISO 3166-1 alpha-3, where known."""
        return self.actor.country if self.actor else None


@dataclass(frozen=True, slots=True)
class Dateline:
    """The tokens of a dateline, and its home country."""

    start: int
    end: int
    """The token behind the dash."""
    home: Home | None


@cache
def _cities() -> dict[str, str]:
    table: dict[str, list[str]] = data_file("cities.json")["cities"]
    return {fold(city): code for code, cities in table.items() for city in cities}


def is_city(key: str) -> bool:
    """Whether a folded name is that of a large city."""
    return key in _cities()


def datelines(view: WordView, knowledge: KnowledgeBase) -> list[Dateline]:
    """The datelines of a field in the order of the text."""
    found = []
    fresh = True
    for at, word in enumerate(view.text):
        if word.isspace():
            fresh = fresh or "\n" in word
            continue
        if fresh and view.starts[at]:
            dash = dateline_end(view.doc, at)
            if dash is None:
                dash = _dated(view, at) or _with_colon(view, at, knowledge)
            if dash is not None:
                home = _home(view, at, dash, knowledge)
                found.append(Dateline(at, dash + 1, home))
        fresh = False
    return found


def _dated(view: WordView, start: int) -> int | None:
    """End of a dateline that is a sentence of its own: "BUDAPEST, 14 May 1997."."""
    first = view.text[start]
    if not (first.isupper() and first.isalpha() and len(first) > 2 and view.at(start + 1) == ","):
        return None
    for at in range(start + 2, min(start + 10, len(view))):
        if view.text[at] == ".":
            return at
        if not (view.lower[at].isdigit() or view.capital[at] or view.text[at] == ","):
            return None
    return None


def _with_colon(view: WordView, start: int, knowledge: KnowledgeBase) -> int | None:
    """End of a dateline with a colon: "KABUL: ..."."""
    for end in (start + 1, start + 2):
        place = view.phrase(start, end)
        if view.at(end) == ":" and place.isupper():
            return end if country_of_place(place, knowledge) is not None else None
    return None


def _home(view: WordView, start: int, end: int, knowledge: KnowledgeBase) -> Home | None:
    at = start
    places: list[str] = []
    while at < end:
        if view.text[at] == "(":
            break
        if view.capital[at] and view.lower[at] not in words("calendar"):
            for length in range(min(_MAX_PLACE_WORDS, end - at), 0, -1):
                actor = country_of_place(view.phrase(at, at + length), knowledge)
                if actor is not None:
                    return Home(actor.name, actor)
            stop = at + 1
            while stop < end and view.capital[stop]:
                stop += 1
            places.append(view.phrase(at, stop))
            at = stop
            continue
        at += 1
    # "MBOLENGA, Kivara, Sept 22": what follows an unknown city is its region or country.
    named = [place for place in places if not place.isupper()]
    return Home(named[-1], None) if named else None


def opening_place(view: WordView, at: int, knowledge: KnowledgeBase) -> Home | None:
    """The country of "In Baku, presidential aide X said": whence that sentence is told."""
    start = at
    while start > 0 and not view.starts[start] and at - start < _OPENING:
        start -= 1
    if (
        not view.starts[start]
        or view.at(start) not in _WHENCE
        or not view.capital[min(start + 1, len(view) - 1)]
    ):
        return None
    for end in range(start + 2, min(start + 2 + _MAX_PLACE_WORDS, len(view))):
        if view.at(end) == ",":
            actor = country_of_place(view.phrase(start + 1, end), knowledge)
            return Home(actor.name, actor) if actor is not None and end <= at else None
    return None


def country_of_place(place: str, knowledge: KnowledgeBase) -> KnownActor | None:
    """The country of this name, capital or large city."""
    key = fold(place)
    for actor in (*knowledge.by_name.get(key, ()), *knowledge.by_metonym.get(key, ())):
        if actor.type == "GOVERNMENT" and actor.country is not None:
            return actor
    code = _cities().get(key)
    return knowledge.by_country.get(code) if code else None


def main_country(names: Iterable[Name], knowledge: KnowledgeBase) -> Home | None:
    """The country that an article without a useful dateline speaks of most and first."""
    counts: Counter[str] = Counter()
    for name in names:
        actor = name.demonym or country_of_place(name.text, knowledge)
        if actor is not None and actor.country is not None:
            counts[actor.country] += _AT_FIRST if name.start < _FIRST_WORDS else 1
    if not counts:
        return None
    (code, most), *others = counts.most_common(2)
    if others and others[0][1] == most:
        return None
    actor = knowledge.by_country.get(code)
    return Home(actor.name, actor) if actor else None
