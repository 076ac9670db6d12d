"""State organs that are called by what they are: "Iran's oil ministry", "the army", "police".

Their canonical name is made of organ and country, as the rules in ``institutions.json`` say;
the country is the owner that the text names, else the one that the story is told from.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.extraction.datelines import Home, country_of_place
from pipeline.extraction.knowledge.base import fold
from pipeline.extraction.lexicon import knowledge as data_file
from pipeline.extraction.wordview import POSSESSIVES, WordView, words
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipeline.extraction.knowledge.base import KnowledgeBase

_OWN_COUNTRY = frozenset({"country", "island", "nation", "kingdom", "republic", "state"})
_ADJECTIVES = frozenset(
    {"powerful", "national", "new", "own", "former", "military", "semi-official"}
)
_NEED_AN_OWNER = frozenset({"side", "leadership", "administration", "regime"})
_FORCES = frozenset({"forces", "troops", "sources", "figures", "personnel", "chiefs", "council"})
_MAX_PORTFOLIO_WORDS = 3


@dataclass(frozen=True, slots=True)
class Organ:
    """An organ of a state, found in a text."""

    start: int
    end: int
    """Bounds of the mention, the owner among it."""
    core: int
    """First token of the organ's own noun, behind its owner."""
    name: str
    """Canonical name; empty for a government, which is its country."""
    noun: str
    """What the text calls it, in small letters: "defence ministry"."""
    owned: bool
    """The text itself names whose organ it is."""
    type: ActorType
    home: Home


@dataclass(frozen=True, slots=True)
class _Rule:
    nouns: tuple[str, ...]
    name: str
    type: ActorType
    bare: bool


@cache
def _rules() -> dict[str, tuple[_Rule, ...]]:
    """The rules by the last word of their nouns, the longest first."""
    rules: defaultdict[str, list[_Rule]] = defaultdict(list)
    data = data_file("institutions.json")
    for entry in data["institutions"]:
        for noun in entry["nouns"]:
            parts = tuple(noun.replace("'s", " 's").split())
            kind = ActorType(entry.get("type", "STATE_ORGAN"))
            rules[parts[-1]].append(_Rule(parts, entry["name"], kind, entry["bare"]))
    for noun in data["governments"]:
        parts = tuple(noun.split())
        rules[parts[-1]].append(_Rule(parts, "", ActorType.GOVERNMENT, False))
    return {
        last: tuple(sorted(found, key=lambda rule: -len(rule.nouns)))
        for last, found in rules.items()
    }


@cache
def _portfolios() -> dict[str, str]:
    portfolios: dict[str, str] = data_file("institutions.json")["portfolios"]
    return portfolios


def find_organs(
    view: WordView, knowledge: KnowledgeBase, home_at: Callable[[int], Home | None]
) -> Iterator[Organ]:
    """The organs of states in a field, in the order of the text.

    Args:
        view: the field's words.
        knowledge: tells the countries.
        home_at: the country that the story is told from at a token.
    """
    for at, word in enumerate(view.lower):
        if _modifies(view, at + 1):
            continue
        if word == "ministry" or (word == "office" and view.capital[at]):
            organ = _ministry(view, at, knowledge, home_at)
        elif word in _rules() and view.at(at + 1) not in words("organisation_heads"):
            organ = _by_rule(view, at, knowledge, home_at)
        else:
            continue
        if organ is not None:
            yield organ


def _modifies(view: WordView, behind: int) -> bool:
    """Whether the organ only says what kind a thing is: "an army base", "police cars"."""
    if behind >= len(view) or view.capital[behind]:
        return False
    word = view.lower[behind]
    people = word.removesuffix("s") in words("person_roles") or word in _FORCES
    return view.doc[behind].tag_ in {"NN", "NNS"} and not people


def _by_rule(
    view: WordView, at: int, knowledge: KnowledgeBase, home_at: Callable[[int], Home | None]
) -> Organ | None:
    for rule in _rules()[view.lower[at]]:
        start = at + 1 - len(rule.nouns)
        if start < 0 or tuple(view.lower[start : at + 1]) != rule.nouns:
            continue
        inner = view.capital[at] and view.capital[max(at - 1, 0)] and not view.first[at]
        if inner and not _is_owner(view, start, knowledge):
            # A name of its own ("Federal Election Commission") is no case for these rules.
            return None
        owner = _owner(view, start, at + 1, knowledge, home_at, bare=rule.bare)
        if owner is None:
            return None
        first, end, home = owner
        named = view.capital[first] and view.lower[first] != "the"
        owned = first < start - 1 or end > at + 1 or named
        if _too_vague(view, rule, first, start, owned):
            return None
        country = _with_article(home.name)
        if view.at(at + 1) in {"in", "to"}:
            seat = _seat(view, rule, at + 2, knowledge)
            if seat is not None:
                end, country = seat[0], seat[1].format(country=country)
                owned = True
        text = re.sub("^the ", "", view.phrase(first, at + 1), flags=re.IGNORECASE)
        name = rule.name.format(country=country, text=text)
        return Organ(first, end, start, name, " ".join(rule.nouns), owned, rule.type, home)
    return None


def _too_vague(view: WordView, rule: _Rule, first: int, start: int, owned: bool) -> bool:
    """Whether the words name no one body: "the television", "the side"."""
    if "{text}" in rule.name:
        return not owned and len(rule.nouns) == 1
    if rule.type is not ActorType.GOVERNMENT:
        return False
    if rule.nouns[0] == "state":
        return True
    return rule.nouns[0] in _NEED_AN_OWNER and (
        view.lower[start - 1] == "the" and first >= start - 1
    )


def _seat(view: WordView, rule: _Rule, at: int, knowledge: KnowledgeBase) -> tuple[int, str] | None:
    """Behind the place where an embassy or a town's police is, and how that is named."""
    if rule.nouns[-1] in {"embassy", "consulate"}:
        host = _host(view, at, knowledge)
        return (host[0], "{country} in " + _with_article(host[1].name)) if host else None
    if rule.nouns[-1] == "police":
        town = _town(view, at, knowledge)
        return (town, view.phrase(at, town)) if town is not None else None
    return None


def _ministry(
    view: WordView, at: int, knowledge: KnowledgeBase, home_at: Callable[[int], Home | None]
) -> Organ | None:
    if view.lower[at] == "ministry" and view.at(at + 1) in {"of", "for"}:
        portfolio, end = _portfolio_behind(view, at + 2)
        start = at
    else:
        portfolio, start = _portfolio_before(view, at)
        end = at + 1
        if view.lower[at] == "office" and portfolio not in {"Foreign Affairs", "Home Affairs"}:
            return None
    if portfolio is None:
        return None
    owner = _owner(view, start, end, knowledge, home_at, bare=True)
    if owner is None:
        return None
    first, end, home = owner
    name = f"Ministry of {portfolio} of {_with_article(home.name)}"
    noun = f"{view.phrase(start, at)} {view.lower[at]}".lower()
    return Organ(first, end, start, name, noun, True, ActorType.STATE_ORGAN, home)


def _portfolio_before(view: WordView, at: int) -> tuple[str | None, int]:
    for length in range(_MAX_PORTFOLIO_WORDS, 0, -1):
        start = at - length
        if start >= 0:
            name = _portfolios().get(" ".join(view.lower[start:at]))
            if name:
                return name, start
    return None, at


def _portfolio_behind(view: WordView, at: int) -> tuple[str | None, int]:
    if view.at(at) == "the":
        at += 1
    for length in range(_MAX_PORTFOLIO_WORDS, 0, -1):
        name = _portfolios().get(" ".join(view.lower[at : at + length]))
        if name:
            return name, at + length
    return None, at


def _is_owner(view: WordView, start: int, knowledge: KnowledgeBase) -> bool:
    before = start - 1
    if view.at(before) in POSSESSIVES:
        return True
    return before >= 0 and fold(view.text[before]) in knowledge.by_demonym


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
    while start > 0 and not view.doc[start].is_sent_start:
        start -= 1
    if view.lower[start] == "in":
        seat = _host(view, start + 1, knowledge)
        if seat is not None:
            return seat[1]
    for step in range(start, at):
        following = view.at(step + 1)
        if following in words("titles") or following in words("title_modifiers"):
            country = _country_ending_at(view, step, knowledge, adjective=True)
            if country is not None:
                return country[1]
    return home_at(at)


def _owner(
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
    before = view.lower[at] if at >= 0 and not view.doc[at + 1].is_sent_start else ""
    if before in POSSESSIVES:
        return _possessor(view, at, end, knowledge, home_at)
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
        seat = _host(view, end + 1, knowledge)
        if seat is not None and before == "the":
            return at, end, seat[1]
    here = _here(view, start, knowledge, home_at)
    if here is None:
        return None
    if before == "the":
        return at, end, here
    alone = not before or before in {"that", "and", "but", ",", "by", "told", "a", "an"} | words(
        "saying"
    )
    if bare and (alone or view.capital[start]):
        return start, end, here
    return None


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
        if any(view.doc[inner].is_sent_start for inner in range(start + 1, at + 1)):
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


def _host(view: WordView, at: int, knowledge: KnowledgeBase) -> tuple[int, Home] | None:
    """The country in which an embassy stands, by its name or its capital's."""
    if view.at(at) == "the":
        at += 1
    for length in (3, 2, 1):
        if at + length <= len(view) and view.capital[at]:
            actor = country_of_place(view.phrase(at, at + length), knowledge)
            if actor is not None:
                return at + length, Home(actor.name, actor)
    return None


def _town(view: WordView, at: int, knowledge: KnowledgeBase) -> int | None:
    """The token behind a place that begins at ``at`` and is neither country nor capital."""
    end = at
    while end < len(view) and view.capital[end] and not view.doc[end].is_sent_start:
        end += 1
    key = fold(view.phrase(at, end)) if end > at else ""
    known = key in knowledge.by_name or key in knowledge.by_metonym
    return end if key and not known else None


def _with_article(country: str) -> str:
    return f"the {country}" if country in data_file_articles() else country


@cache
def data_file_articles() -> frozenset[str]:
    """Names of countries that stand with "the" inside another name."""
    return frozenset(data_file("institutions.json")["with_article"])
