"""Whose organ it is: the country before or behind "defence ministry", or the story's own."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pipeline.extraction.datelines import Home, country_of_place
from pipeline.extraction.knowledge.base import fold
from pipeline.extraction.lexicon import knowledge as data_file
from pipeline.extraction.wordview import POSSESSIVES, WordView, words
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.extraction.knowledge.base import KnowledgeBase

_OWN_COUNTRY = frozenset({"country", "island", "nation", "kingdom", "republic", "state"})
_ABROAD = frozenset({"ambassador", "envoy", "consul", "diplomat", "attaché"})
_ADJECTIVES = frozenset(
    """powerful national new own former military semi-official federal royal central interim
    caretaker transitional civilian elected outgoing incoming conservative leftist socialist
    communist islamist nationalist provisional revolutionary right-wing left-wing centre-right
    centre-left minority pro-western western-backed military-backed hardline reformist whole
    entire""".split()
)
_BEFORE_BARE = frozenset(
    """that and but , by told a an if unless until when while after before because as where whether
    since though so ago""".split()
)
"""Words behind which an organ stands without an article: "unless parliament passes"."""
PRONOUNS = frozenset({"its", "his", "her", "their"})


def owner_of(
    view: WordView,
    start: int,
    end: int,
    knowledge: KnowledgeBase,
    home_at: Callable[[int], Home | None],
    *,
    bare: bool,
) -> tuple[int, int, Home] | None:
    """First token, end and country of the phrase whose noun begins at ``start``."""
    at = start - 1
    if view.before(start) in _ADJECTIVES:
        at -= 1
    before = view.lower[at] if at >= 0 and not view.starts[at + 1] else ""
    if before in POSSESSIVES:
        return _possessor(view, at, end, knowledge, home_at)
    if before in PRONOUNS:
        told = _told_before(view, at, knowledge) or home_at(at)
        return (at, end, told) if told is not None else None
    country = _country_ending_at(view, at, knowledge, adjective=True) if before else None
    if country is not None:
        first, home = country
        return first, end, home
    if view.at(end) == "of":
        following = end + 2 if view.at(end + 1) == "the" else end + 1
        behind = _country_beginning_at(view, following, knowledge)
        if behind is not None:
            return start, behind[0], behind[1]
        return None
    if view.at(end) == "in":
        seat = host_of(view, end + 1, knowledge)
        if seat is not None and before == "the":
            return at, end, seat[1]
        if seat is not None and view.lower[end - 1] == "headquarters":
            return start, end, seat[1]
    here = _here(view, start, knowledge, home_at)
    if here is None:
        return None
    if before == "the":
        return at, end, here
    alone = not before or before in _BEFORE_BARE | words("saying")
    if bare and (alone or view.capital[start]):
        return start, end, here
    return None


def has_owner(view: WordView, start: int, knowledge: KnowledgeBase) -> bool:
    """Whether a possessor or a country's adjective stands before the noun at ``start``."""
    before = start - 1
    if view.at(before) in POSSESSIVES:
        return True
    return before >= 0 and fold(view.text[before]) in knowledge.by_demonym


def host_of(view: WordView, at: int, knowledge: KnowledgeBase) -> tuple[int, Home] | None:
    """The country in which an embassy stands, by its name or its capital's."""
    if view.at(at) == "the":
        at += 1
    for length in (3, 2, 1):
        if at + length <= len(view) and view.capital[at]:
            actor = country_of_place(view.phrase(at, at + length), knowledge)
            if actor is not None:
                return at + length, Home(actor.name, actor)
    return None


def town_behind(view: WordView, at: int, knowledge: KnowledgeBase) -> int | None:
    """The token behind a place that begins at ``at`` and is neither country nor capital."""
    end = at
    while end < len(view) and view.capital[end] and not view.starts[end]:
        end += 1
    key = fold(view.phrase(at, end)) if end > at else ""
    known = key in knowledge.by_name or key in knowledge.by_metonym
    return end if key and not known else None


def with_article(country: str) -> str:
    """The country's name as it stands inside another: "the Philippines"."""
    return f"the {country}" if country in _countries_with_article() else country


@cache
def _countries_with_article() -> frozenset[str]:
    """Names of countries that stand with "the" inside another name."""
    return frozenset(data_file("institutions.json")["with_article"])


def _here(
    view: WordView,
    at: int,
    knowledge: KnowledgeBase,
    home_at: Callable[[int], Home | None],
) -> Home | None:
    """The country that the sentence is set in or whose official speaks, else the story's own.

    "In New Delhi, ... the air force", "the Indian defence minister said the air force".
    """
    start = at
    while start > 0 and not view.starts[start]:
        start -= 1
    if view.lower[start] == "in":
        seat = host_of(view, start + 1, knowledge)
        if seat is not None:
            return seat[1]
    for step in range(start, at):
        following = view.at(step + 1)
        if following in _ABROAD:
            # "The U.S. ambassador went to the foreign ministry": not to his own.
            return home_at(at)
        if following in words("titles") or following in words("title_modifiers"):
            country = _country_ending_at(view, step, knowledge, adjective=True)
            if country is not None:
                return country[1]
    return home_at(at)


def _told_before(view: WordView, at: int, knowledge: KnowledgeBase) -> Home | None:
    """The country that a sentence is about before "its army", or the sentence before it.

    That is the first one named there: "Niger told France that its army was ready".
    """
    start = at
    for _ in range(2):
        end = start if start < at else at
        start = max(end - 1, 0)
        while start > 0 and not view.doc[start].is_sent_start:
            start -= 1
        for step in range(start, end):
            if view.capital[step] and not view.text[step].isupper():
                found = _country_ending_at(view, step, knowledge, adjective=True)
                if found is not None and not _describes(view, step, knowledge):
                    return found[1]
                leader = _country_of_person(view, step, knowledge)
                if leader is not None:
                    return leader
    return None


def _describes(view: WordView, at: int, knowledge: KnowledgeBase) -> bool:
    """Whether an adjective tells where a thing is from ("the Russian daily"), not who leads."""
    if fold(view.text[at]) not in knowledge.by_demonym or view.at(at + 1) in POSSESSIVES:
        return False
    following = view.lower[at + 1 : at + 4]
    return not any(word in words("titles") or word in words("person_roles") for word in following)


def _country_of_person(view: WordView, at: int, knowledge: KnowledgeBase) -> Home | None:
    """The country that all well-known persons of this surname share."""
    countries = {actor.country for actor in knowledge.by_surname.get(fold(view.text[at]), ())}
    state = knowledge.by_country.get(countries.pop() or "") if len(countries) == 1 else None
    return Home(state.name, state) if state is not None else None


def _possessor(
    view: WordView,
    at: int,
    end: int,
    knowledge: KnowledgeBase,
    home_at: Callable[[int], Home | None],
) -> tuple[int, int, Home] | None:
    if view.at(at - 1) in _OWN_COUNTRY:
        home = home_at(at)
        return (at - 1, end, home) if home else None
    found = _country_ending_at(view, at - 1, knowledge, adjective=False)
    if found is not None:
        return found[0], end, found[1]
    if view.lower[at - 1] in words("directions"):
        return None
    if view.capital[at - 1] and view.label[at - 1] in {"GPE", "LOC", ""}:
        start = at - 1
        while start > 0 and view.capital[start - 1] and not view.first[start]:
            start -= 1
        return start, end, Home(view.phrase(start, at), None)
    return None


def _country_ending_at(
    view: WordView, at: int, knowledge: KnowledgeBase, *, adjective: bool
) -> tuple[int, Home] | None:
    if at < 0 or not (view.capital[at] or view.lower[at] in {"koreans"}):
        return None
    for length in (4, 3, 2, 1):
        start = at + 1 - length
        if start < 0 or not view.text[start][0].isalnum():
            continue
        if any(view.starts[inner] for inner in range(start + 1, at + 1)):
            continue
        key = fold(view.phrase(start, at + 1))
        tables = [knowledge.by_name, knowledge.by_metonym]
        if adjective:
            tables.insert(0, knowledge.by_demonym)
        for table in tables:
            for actor in table.get(key, ()):
                if actor.type is ActorType.GOVERNMENT:
                    return start, Home(actor.name, actor)
    return None


def _country_beginning_at(
    view: WordView, at: int, knowledge: KnowledgeBase
) -> tuple[int, Home] | None:
    for length in (4, 3, 2, 1):
        if at + length > len(view) or not view.capital[at]:
            continue
        for actor in knowledge.by_name.get(fold(view.phrase(at, at + length)), ()):
            if actor.type is ActorType.GOVERNMENT:
                return at + length, Home(actor.name, actor)
    return None
