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

from pipeline.extraction.datelines import Home
from pipeline.extraction.institution_owners import (
    PRONOUNS,
    has_owner,
    host_of,
    owner_of,
    town_behind,
    with_article,
)
from pipeline.extraction.lexicon import knowledge as data_file
from pipeline.extraction.wordview import WordView, words
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipeline.extraction.knowledge.base import KnowledgeBase

_NEED_AN_OWNER = frozenset({"side", "leadership", "administration", "regime"})
_ABROAD = frozenset({"embassy", "consulate"})
_FORCES = frozenset({"forces", "troops", "sources", "figures", "personnel", "chiefs", "council"})
_NO_OWNERS = PRONOUNS | {"the"}
_BUILDINGS = frozenset({"house", "hall", "square", "building", "gate", "hill", "street"})
"""What makes a place of an organ's noun: "Parliament House"."""
_HEARINGS = frozenset({"hearing", "hearings", "panel", "inquiry", "committee", "subcommittee"})
_MAX_PORTFOLIO_WORDS = 3
_DETERMINER = re.compile("^(?:the|its|his|her|their) ", re.IGNORECASE)


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
    as_called: bool = False
    """A body that has a name of its own goes by `name` where the article never uses it."""


@dataclass(frozen=True, slots=True)
class _Rule:
    nouns: tuple[str, ...]
    name: str
    type: ActorType
    bare: bool
    as_called: bool = False


@cache
def _rules() -> dict[str, tuple[_Rule, ...]]:
    """The rules by the last word of their nouns, the longest first."""
    rules: defaultdict[str, list[_Rule]] = defaultdict(list)
    data = data_file("institutions.json")
    for entry in data["institutions"]:
        for noun in entry["nouns"]:
            parts = tuple(noun.replace("'s", " 's").split())
            kind = ActorType(entry.get("type", "STATE_ORGAN"))
            called = entry.get("as_called", False)
            rules[parts[-1]].append(_Rule(parts, entry["name"], kind, entry["bare"], called))
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
    rules = _rules()
    for at, word in enumerate(view.lower):
        ministry = word == "ministry" or (word == "office" and view.capital[at])
        if not (ministry or word in rules) or (_modifies(view, at + 1) and not _hears(view, at)):
            continue
        if ministry:
            organ = _ministry(view, at, knowledge, home_at)
        elif view.at(at + 1) not in words("organisation_heads") and not (
            view.capital[at] and view.at(at + 1) in _BUILDINGS
        ):
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


def _hears(view: WordView, at: int) -> bool:
    """Whether a house of parliament hears somebody: "told a Senate hearing"."""
    return view.capital[at] and view.at(at + 1) in _HEARINGS


def _by_rule(
    view: WordView, at: int, knowledge: KnowledgeBase, home_at: Callable[[int], Home | None]
) -> Organ | None:
    for rule in _rules()[view.lower[at]]:
        start = at + 1 - len(rule.nouns)
        if start < 0 or tuple(view.lower[start : at + 1]) != rule.nouns:
            continue
        inner = view.capital[at] and view.before(start) != "the" and _capital_before(view, start)
        if inner and not has_owner(view, start, knowledge):
            # A name of its own ("Federal Election Commission") is no case for these rules.
            return None
        if _named_beside(rule, view, at):
            return None
        bare = rule.bare or _has_servant(view, at) or _hears(view, at)
        owner = owner_of(view, start, at + 1, knowledge, home_at, bare=bare)
        if owner is None:
            return None
        first, end, home = owner
        named = view.capital[first] and view.lower[first] != "the"
        owned = (first < start - 1 and view.lower[first] not in PRONOUNS) or end > at + 1 or named
        if _too_vague(view, rule, first, start, owned):
            return None
        country = with_article(home.name)
        if view.at(at + 1) in {"in", "to"}:
            seat = _seat(view, rule, at + 2, knowledge)
            if seat is not None:
                end, country = seat[0], seat[1].format(country=country)
                owned = True
        elif rule.nouns[-1] in _ABROAD:
            host = home_at(at)
            if host is not None and host.name != home.name:
                country = f"{country} in {with_article(host.name)}"
        own = view.capital[at] and not view.first[at]
        if own and "{noun}" in rule.name:
            name = view.phrase(start, at + 1)
        else:
            text = re.sub(_DETERMINER, "", view.phrase(first, at + 1))
            name = _name_by(rule, text, country, home)
        as_called = rule.as_called and (not own or len(rule.nouns) == 1)
        noun = " ".join(rule.nouns)
        return Organ(first, end, start, name, noun, owned, rule.type, home, as_called)
    return None


def _name_by(rule: _Rule, text: str, country: str, home: Home) -> str:
    demonyms = home.actor.demonyms if home.actor is not None else ()
    noun = " ".join(rule.nouns)
    return rule.name.format(
        country=country,
        text=text,
        adjective=demonyms[0] if demonyms else home.name,
        noun=noun[0].upper() + noun[1:],
    )


def _capital_before(view: WordView, start: int) -> bool:
    return bool(view.before(start)) and view.capital[start - 1]


def _named_behind(view: WordView, at: int) -> bool:
    behind = at + 1
    return behind < len(view) and view.capital[behind] and not view.starts[behind]


def _named_beside(rule: _Rule, view: WordView, at: int) -> bool:
    """Whether the name follows: "the state news agency MENA", "the oil company, Petrobangla,"."""
    if rule.type is ActorType.ORGANISATION and _apposed(view, at):
        return True
    return "{text}" in rule.name and _named_behind(view, at)


def _apposed(view: WordView, at: int) -> bool:
    """Whether a name between commas stands behind the organ's noun at ``at``."""
    end = at + 2
    while end < len(view) and view.capital[end] and not view.starts[end]:
        end += 1
    return view.at(at + 1) == "," and end > at + 2 and view.at(end) == ","


def _has_servant(view: WordView, at: int) -> bool:
    """Whether the noun at ``at`` says whose man somebody is: "an army officer"."""
    if view.lower[at] in _ABROAD:
        return False
    behind = view.at(at + 1)
    return behind.removesuffix("s") in words("person_roles") and not view.capital[at]


def _too_vague(view: WordView, rule: _Rule, first: int, start: int, owned: bool) -> bool:
    """Whether the words name no one body: "the television", "the side"."""
    if "{text}" in rule.name:
        return not owned and len(rule.nouns) == 1
    if rule.type is not ActorType.GOVERNMENT:
        return False
    if rule.nouns[0] == "state":
        return True
    return rule.nouns[0] in _NEED_AN_OWNER and (
        view.lower[start - 1] in _NO_OWNERS and first >= start - 1
    )


def _seat(view: WordView, rule: _Rule, at: int, knowledge: KnowledgeBase) -> tuple[int, str] | None:
    """Behind the place where an embassy or a town's police is, and how that is named."""
    if rule.nouns[-1] in _ABROAD:
        host = host_of(view, at, knowledge)
        return (host[0], "{country} in " + with_article(host[1].name)) if host else None
    if rule.nouns[-1] == "police":
        town = town_behind(view, at, knowledge)
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
    owner = owner_of(view, start, end, knowledge, home_at, bare=True)
    if owner is None:
        return None
    first, end, home = owner
    name = f"Ministry of {portfolio} of {with_article(home.name)}"
    noun = f"{view.phrase(start, at)} {view.lower[at]}".lower()
    owned = view.lower[first] not in PRONOUNS
    called = view.lower[at] == "ministry"
    return Organ(first, end, start, name, noun, owned, ActorType.STATE_ORGAN, home, called)


def portfolio_of(role: str) -> tuple[str | None, str]:
    """The portfolio of a minister's role and the words that tell it, or None and "".

    "Fisheries Minister" has "Fisheries", "minister of public works" "Public Works".
    """
    words_of = role.lower().replace("'s", " 's").split()
    at = next((at for at, word in enumerate(words_of) if word in {"minister", "secretary"}), None)
    if at is None:
        return None, ""
    behind = words_of[at + 2 :] if words_of[at + 1 : at + 2] in (["of"], ["for"]) else []
    if behind[:1] == ["the"]:
        del behind[0]
    for length in range(_MAX_PORTFOLIO_WORDS, 0, -1):
        for part in (words_of[max(at - length, 0) : at], behind[:length]):
            name = _portfolios().get(" ".join(part))
            if name:
                return name, " ".join(part)
    return None, ""


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
