"""Looks up words of an article among the known names, where the spelling allows it."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from pipeline.extraction.knowledge.base import KnowledgeBase, fold
from pipeline.extraction.wordview import POSSESSIVES, words
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.extraction.knowledge.base import KnownActor
    from pipeline.extraction.wordview import WordView

_SHORT = 3
MAX_KNOWN_WORDS = 9
"""No known name has more words."""
_COMBINED = frozenset(
    "afro anglo austro euro franco german greco hispano indo italo polish russo sino turko".split()
)
"""First parts of adjectives for two nations: "the Anglo-Dutch company"."""


class KnownNames:
    """The names of a knowledge base as they stand in texts."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self._longest = _longest_by_first_word(knowledge)

    def with_states_of(self, knowledge: KnowledgeBase) -> KnownNames:
        """The same for a knowledge base with these names that puts other states first."""
        other = copy(self)
        other.knowledge = knowledge
        return other

    def at(self, view: WordView, start: int, end: int) -> tuple[KnownActor, ...]:
        """The known actors that these words name, if the spelling is no ordinary word's."""
        text = view.phrase(start, end)
        found = self.knowledge.by_name.get(fold(text), ())
        if found and found[0].type is not ActorType.GOVERNMENT and self._goes_on(view, end):
            return ()
        if text.endswith(".") and text[1:].islower() and " " not in text:
            # "Fla." is Florida cut short, not a front with these initials.
            return ()
        if found and len(text) <= _SHORT and text.istitle() and not text.isupper():
            # "Ard" is no broadcaster: short acronyms stand in capitals.
            found = tuple(actor for actor in found if _spelled_so(actor, text))
        if found and self.knowledge.is_ambiguous(text):
            label = view.label[start]
            if label not in {"GPE", "ORG", "PERSON", "NORP"} and not self._stands_out(
                view, start, end
            ):
                return ()
        return found

    def _goes_on(self, view: WordView, end: int) -> bool:
        """Whether a hyphen joins more of the name: "Kabila-Mwamba", not "Hamas-Israel"."""
        if end + 1 >= len(view) or view.text[end] not in {"-", "–"}:
            return False
        if view.spaced[end - 1] or view.spaced[end] or not view.capital[end + 1]:
            return False
        behind = fold(view.text[end + 1])
        tables = (self.knowledge.by_name, self.knowledge.by_surname, self.knowledge.by_demonym)
        return not any(behind in table for table in tables)

    def is_place(self, view: WordView, start: int, end: int) -> bool:
        """Whether the words name a capital or the like, or are a country's adjective."""
        key = fold(view.phrase(start, end))
        return key in self.knowledge.by_metonym or key in self.knowledge.by_demonym

    def of_two_countries(self, view: WordView, at: int) -> bool:
        """Whether the word names what is between two states: "the U.S.-Japan dispute"."""
        if view.lower[at] in _COMBINED and view.at(at + 1) == "-":
            return fold(view.at(at + 2)) in self.knowledge.by_demonym
        parts = view.text[at].replace("–", "-").split("-")
        return len(parts) == 2 and all(
            part
            and (
                fold(part) in self.knowledge.by_demonym
                or self._is_state(part)
                or (part is parts[0] and part.lower() in _COMBINED)
            )
            for part in parts
        )

    def _is_state(self, word: str) -> bool:
        found = self.knowledge.by_name.get(fold(word), ())
        return bool(found) and found[0].type is ActorType.GOVERNMENT

    def prefix(self, view: WordView, start: int, end: int) -> int:
        """Length of the longest known name or adjective that begins at ``start``."""
        first = fold(view.text[start])
        longest = min(self._longest.get(first, 0), end - start)
        for length in range(longest, 0, -1):
            last = start + length - 1
            if not view.text[last][0].isalnum() and not self._own_possessive(view, start, last):
                continue
            if self.at(view, start, start + length) or self.is_place(view, start, start + length):
                return length
        return 0

    def _own_possessive(self, view: WordView, start: int, last: int) -> bool:
        """Whether the "'s" at ``last`` belongs to a known name: "Moody's", not "Iran's"."""
        if view.text[last] not in POSSESSIVES or last == start:
            return False
        whole = self.knowledge.by_name.get(fold(view.phrase(start, last + 1)), ())
        return any(actor.name.endswith(("'s", "s'", "’s")) for actor in whole)

    def _stands_out(self, view: WordView, start: int, end: int) -> bool:
        """What makes "Chad" a country and no man: it is capital, and something follows it."""
        if view.first[start]:
            return view.at(end) in words("saying") | POSSESSIVES
        return not (end < len(view) and view.capital[end])


def _spelled_so(actor: KnownActor, text: str) -> bool:
    key = fold(text)
    spelled = (actor.name, *actor.aliases, *actor.metonyms)
    return any(fold(name) == key and not name.isupper() for name in spelled)


def _longest_by_first_word(knowledge: KnowledgeBase) -> Mapping[str, int]:
    longest: dict[str, int] = {}
    for table in (knowledge.by_name, knowledge.by_metonym, knowledge.by_demonym):
        for key in table:
            first = key.split(" ", 1)[0]
            # A folded word may stand for several tokens ("al-", "'s"): leave room for them.
            length = min(key.count(" ") * 2 + 3, MAX_KNOWN_WORDS)
            longest[first] = max(longest.get(first, 0), length)
    for actor in knowledge.actors:
        for name in (actor.name, *actor.aliases):
            # "Moody's" is two tokens, and no word "moodys" stands in the text.
            owner, mark, _ = name.split(" ", 1)[0].replace("’", "'").partition("'s")
            if mark:
                length = min(name.count(" ") * 2 + 3, MAX_KNOWN_WORDS)
                longest[fold(owner)] = max(longest.get(fold(owner), 0), length)
    return longest
