"""Which CAMEO category a threatened action has, by the lexicon in ``knowledge/categories.json``.

Also tells whether words name harm at all: an action without a category is not known to be one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.extraction.lexicon import CueSet, knowledge, lemma

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extraction.texts import Token

UNSPECIFIED = "130"
ULTIMATUM = "139"


@dataclass(frozen=True, slots=True)
class _Entry:
    code: str
    verbs: CueSet
    with_: CueSet
    nouns: CueSet


def _cues(words: Sequence[str], pos: frozenset[str] = frozenset()) -> CueSet:
    parts = [tuple(word.split()) for word in words]
    return CueSet(
        frozenset(part[0] for part in parts if len(part) == 1),
        tuple(part for part in parts if len(part) > 1),
        pos,
    )


@cache
def _entries() -> tuple[_Entry, ...]:
    return tuple(
        _Entry(
            entry["code"],
            _cues(entry.get("verbs", ())),
            _cues(entry.get("with", ())),
            _cues(entry.get("nouns", ())),
        )
        for entry in knowledge("categories.json")["entries"]
    )


@cache
def _verbs() -> CueSet:
    """Every verb of the lexicon: most words are none, and need not be held against each entry."""
    return _union([entry.verbs for entry in _entries()])


@cache
def _nouns() -> CueSet:
    return _union([entry.nouns for entry in _entries()])


def _union(sets: Sequence[CueSet]) -> CueSet:
    return CueSet(
        frozenset().union(*(each.words for each in sets)),
        tuple(dict.fromkeys(phrase for each in sets for phrase in each.phrases)),
        frozenset(),
    )


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = knowledge("categories.json")["names"]
    return names


def name_of(code: str) -> str:
    """The category's name in words."""
    return _names()[code]


def category(head: Token, words: Sequence[Token]) -> str | None:
    """The CAMEO code of the action that ``head`` leads and ``words`` make up; None for no harm.

    A verb counts before a noun, and a verb with its object before the verb alone.
    """
    return verb_category(head, words) or noun_category(words)


def verb_category(head: Token, words: Sequence[Token]) -> str | None:
    """The code by what is done: the verb with its object, or the verb alone."""
    verbs = [head, *(word for word in head.conjuncts if word in words)]
    for verb in filter(_verbs().matches, verbs):
        rest = [word for word in words if word.i != verb.i]
        entries = [entry for entry in _entries() if entry.verbs.may_match(verb)]
        for entry in entries:
            if entry.verbs.matches(verb) and entry.with_.first(rest) is not None:
                return entry.code
        for entry in entries:
            if not entry.with_.words and entry.verbs.matches(verb):
                return entry.code
    return None


def noun_category(words: Sequence[Token]) -> str | None:
    """The code by the nouns among ``words`` alone."""
    for word in filter(_nouns().matches, words):
        for entry in _entries():
            if entry.nouns.matches(word) and word.pos_ != "VERB":
                return entry.code
    return None


def lemmas(words: Sequence[Token]) -> frozenset[str]:
    """The words that carry meaning, as lemmas: what two tellings of one thing share."""
    return frozenset(
        lemma(word)
        for word in words
        if word.pos_ in ("NOUN", "VERB", "PROPN", "ADJ", "NUM") and not word.is_stop
    )
