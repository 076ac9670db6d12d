"""Noun phrases that may take an actor up: "the minister", "its airline", "a ministry official".

Found by their head noun and the determiner before it, without a parse.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.extraction.lexicon import knowledge as data_file
from pipeline.extraction.roles import titles_a_name
from pipeline.extraction.wordview import POSSESSIVES, words

if TYPE_CHECKING:
    from pipeline.extraction.wordview import WordView

DEFINITE = frozenset({"the", "this", "that"})
INDEFINITE = frozenset({"a", "an", "another", "one"})
POSSESSIVE = frozenset({"its", "his", "her", "their", "our", "my", "your"})
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
_PHRASE_WORDS = 7


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase with a role or body noun as its head."""

    start: int
    head: int
    determiner: str
    """"the", "a", "its" or the like; "'s" behind a possessor; "" for none."""

    @property
    def end(self) -> int:
        """The token behind the phrase."""
        return self.head + 1

    def of(self, view: WordView) -> bool:
        """Whether "of" follows: "the leader of the opposition"."""
        return view.at(self.end) == "of"


@cache
def _alike() -> dict[str, frozenset[str]]:
    """For each noun the nouns that take up the same actor: spokesman, spokesperson."""
    groups = data_file("nominals.json")["alike"]
    table: dict[str, frozenset[str]] = {}
    for group in groups:
        for word in group:
            table[word] = table.get(word, frozenset()) | frozenset(group)
    return table


def alike_nouns(noun: str) -> frozenset[str]:
    """The noun and those that may take up the same actor."""
    return _alike().get(noun, frozenset({noun}))


@cache
def noun_list(name: str) -> frozenset[str]:
    """The list of nouns of this name in ``knowledge/nominals.json``."""
    return frozenset(data_file("nominals.json")[name])


def noun_phrases(view: WordView) -> list[Phrase]:
    """The noun phrases of a field whose head is a role's or a body's noun."""
    found = []
    heads = words("person_roles") | words("organisation_heads") | noun_list("collectives")
    for at, word in enumerate(view.lower):
        if word not in heads or (view.capital[at] and not view.first[at]):
            continue
        following = view.at(at + 1)
        if at + 1 < len(view) and _noun_follows(view, at):
            continue
        if following in heads or following.removesuffix("s") in heads or following == "-":
            continue
        if word in words("person_roles") and titles_a_name(view, at) and view.at(at + 1) != ",":
            continue
        phrase = _phrase(view, at)
        if phrase is not None:
            found.append(phrase)
    return found


def _noun_follows(view: WordView, at: int) -> bool:
    """Whether the noun only modifies another: "the bank source"."""
    behind = at + 1
    noun = view.doc[behind].tag_ in {"NN", "NNS"} and not view.lower[behind].endswith("ing")
    return noun and not view.capital[behind]


def _phrase(view: WordView, head: int) -> Phrase | None:
    at = head
    while head - at < _PHRASE_WORDS:
        if view.starts[at]:
            return Phrase(at, head, "")
        before = view.lower[at - 1]
        if before in DEFINITE | INDEFINITE | POSSESSIVE:
            return Phrase(at - 1, head, before)
        if before in POSSESSIVES:
            return Phrase(at, head, "'s")
        if not (view.text[at - 1][0].isalpha() or before == "-") or before in words("saying"):
            return Phrase(at, head, "")
        if view.doc[at - 1].tag_ in _FINITE:
            return Phrase(at, head, "")
        if before in words("not_names") | words("locative") | {"and", "or"}:
            return Phrase(at, head, "")
        at -= 1
    return None
