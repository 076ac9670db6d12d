"""Finds names: sequences of capitalised words, cut where titles and known names end.

Says where a name stands and which known actors it may be; what an unknown name is the name
of is decided in `name_types.py`.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extraction.knowledge.base import KnowledgeBase, fold
from pipeline.extraction.known_names import MAX_KNOWN_WORDS, KnownNames
from pipeline.extraction.name_bounds import (
    angle_end,
    are_people,
    begins_with_month,
    describes_a_name,
    describes_a_role,
    is_compound,
    is_explained_body,
    is_given_like_word,
    is_ticker,
    officer_behind_body,
    run_end,
    sentence_end,
)
from pipeline.extraction.titles import title_end
from pipeline.extraction.wordview import POSSESSIVES, WordView, is_given_name, words
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.extraction.knowledge.base import KnownActor
_PARTY_AND_STATE = re.compile(r"[A-Z]-[A-Z][A-Za-z.]*")
"""What stands behind an American politician's name: "R-Texas"."""
_ARTICLES_OF_NAMES = frozenset({"al", "el", "as", "ash", "an", "ar", "ad", "az"})
_ARTICLES = frozenset({"the", "a", "an"})
_AUXILIARY = frozenset({"has", "had", "is", "was"})
_NUMBERS = frozenset({"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"})
"""Words that no sentence has capital unless they begin a name: "the Four Winds Tribe"."""
_NO_NOUN = ("ing", "ed", "ly")
"""Endings of what may stand before a name at the head of a sentence: "Asked", "Separately"."""


@dataclass(slots=True)
class Name:
    """A name in the text, without title, article and possessive."""

    view: WordView
    start: int
    end: int
    known: tuple[KnownActor, ...] = ()
    """Known actors with this name or alias."""
    metonym: tuple[KnownActor, ...] = ()
    """Known actors for which a place of this name may stand."""
    demonym: KnownActor | None = None
    """The country of which this is the adjective, where that is all the name is."""
    title: tuple[int, int] | None = None
    """Token bounds of the title before it, with its modifiers."""

    @property
    def text(self) -> str:
        """The name as written."""
        return self.view.phrase(self.start, self.end)

    @property
    def key(self) -> str:
        """The form in which names are compared."""
        return fold(self.text)

    @property
    def words(self) -> list[str]:
        """The words in small letters."""
        return self.view.lower[self.start : self.end]


class NameFinder:
    """Finds names with the help of a knowledge base; holds nothing of an article."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge
        self._known = KnownNames(knowledge)

    def with_states_of(self, knowledge: KnowledgeBase) -> NameFinder:
        """The same by the states of another day, whose names are those of this one."""
        other = copy(self)
        other._knowledge, other._known = knowledge, self._known.with_states_of(knowledge)
        return other

    def find(self, views: Sequence[WordView]) -> list[Name]:
        """The names of an article, field by field in the order of the text.

        In headings, where every word is capital, only known names and those of the running
        text are found.
        """
        running = [name for view in views for name in self._running(view)]
        running = self._without_people_s_own(running)
        running = [name for name in running if not set(name.words) <= words("legal_forms")]
        familiar: dict[str, int] = {}
        for name in running:
            for key in (name.key, name.key.rsplit(" ", 1)[-1]):
                familiar[key] = name.end - name.start
        headings = [name for view in views for name in self._in_headings(view, familiar)]
        taken = {(id(name.view), at) for name in running for at in range(name.start, name.end)}
        openings = [
            self._name(view, at, at + 1)
            for view in views
            for at, first in enumerate(view.first)
            # "Haldane" is an ordinary word to a dictionary that knows the biologist.
            if first
            and view.capital[at]
            and not view.titled[at]
            and (id(view), at) not in taken
            and familiar.get(fold(view.text[at]))
            and view.lower[at] not in words("not_names")
        ]
        found = [*running, *headings, *openings]
        order = {id(view): number for number, view in enumerate(views)}
        return sorted(found, key=lambda name: (order[id(name.view)], name.start))

    def _without_people_s_own(self, names: Sequence[Name]) -> list[Name]:
        """The names, where "Christie's" is a person's and not the auctioneers'."""
        surnames = {name.words[-1] for name in names if name.end - name.start > 1}
        return [
            self._name(name.view, name.start, name.end - 1, name.title)
            if name.end - name.start == 2
            and name.words[-1] in POSSESSIVES
            and name.words[0] in surnames
            else name
            for name in names
        ]

    def _in_headings(self, view: WordView, familiar: Mapping[str, int]) -> Iterator[Name]:
        at = 0
        while at < len(view):
            step = 1
            if view.titled[at] and view.capital[at]:
                for length in range(min(MAX_KNOWN_WORDS, len(view) - at), 0, -1):
                    if self._in_heading(view, at, at + length, familiar):
                        yield self._name(view, at, at + length)
                        step = length
                        break
            at += step

    def _in_heading(
        self, view: WordView, start: int, end: int, familiar: Mapping[str, int]
    ) -> bool:
        if not (view.text[end - 1][0].isalnum() and all(view.titled[start:end])):
            return False
        key = fold(view.phrase(start, end))
        if key in familiar:
            return True
        text = view.phrase(start, end)
        common = end - start == 1 and view.is_common(view.lower[start])
        known = self._knowledge.by_name.get(key) or self._knowledge.by_metonym.get(key)
        return bool(known) and not common and not self._knowledge.is_ambiguous(text.title())

    def _running(self, view: WordView) -> Iterator[Name]:
        at = 0
        while at < len(view):
            if not view.capital[at] or not view.text[at][0].isalnum() or view.titled[at]:
                at += 1
                continue
            if view.before(at) in {",", "("} and _PARTY_AND_STATE.fullmatch(
                view.phrase(at, at + 3)
            ):
                at += 3
                continue
            bracketed = angle_end(view, at)
            if bracketed is not None:
                if not is_ticker(view, at, bracketed):
                    yield self._name(view, at, bracketed)
                at = bracketed
                continue
            if is_compound(view, at) or self._known.of_two_countries(view, at):
                at += 1
                continue
            # "al-Shabab" begins with its particle.
            arabic = view.at(at - 1) == "-" and view.at(at - 2) in _ARTICLES_OF_NAMES
            end = run_end(view, at, self._known)
            # "The U.S. 6th Fleet said": what opens the sentence is none of the name.
            lead = at + 1 if view.first[at] and view.lower[at] in words("not_names") else at
            lead = lead if lead < end else at
            known = self._known.prefix(view, lead, sentence_end(view, at))
            if lead + known > end:
                # "Save the Children" has small words that no rule would join.
                yield self._name(view, lead, lead + known)
                at = lead + known
                continue
            if arabic and not view.spaced[at - 2] and not view.capital[at - 2]:
                yield self._name(view, at - 2, end)
                at = end
                continue
            yield from self._names(view, at, end)
            at = max(end, at + 1)

    def _names(self, view: WordView, start: int, end: int) -> Iterator[Name]:
        """The names in one sequence of capitalised words."""
        if end - start > 1 and fold(view.phrase(start, end)) in words("regions"):
            # "British Columbia", "Western Australia"
            yield self._name(view, start, end)
            return
        start = self._skip_ordinary(view, start, end)
        while end - start > 1 and view.lower[end - 1] in words("not_names"):
            inside = view.label[end - 1] == "PERSON" and view.doc[end - 1].ent_iob_ == "I"
            if inside or view.lower[end - 2] in {"of", "-"}:  # "Theresa May", "the Group of Seven"
                break
            end -= 1
        if start >= end:
            return
        known = self._known.at(view, start, end)
        if known or self._known.is_place(view, start, end):
            yield self._name(view, start, end)
            return
        behind_title = title_end(view, start, end, self._known)
        if behind_title is not None:
            if behind_title < end:
                yield self._name(view, behind_title, end, (start, behind_title))
            else:
                yield from self._title_parts(view, start, end)
            return
        first = self._known.prefix(view, start, end)
        if (
            first
            and fold(view.phrase(start, start + first)) in self._knowledge.by_demonym
            and (named := self._known.at(view, start + first, end))
        ):
            # "Japanese Jiji Press", where "Jiji Press" is known; a "Kenyan Red Crescent" that is
            # known in another country only is a body of its own.
            owners = self._knowledge.by_demonym[fold(view.phrase(start, start + first))]
            own = {owner.country for owner in owners} | {None}
            foreign = not any(actor.country in own for actor in named)
            yield self._name(view, start if foreign else start + first, end)
            return
        cut = self._prefix(view, start, end)
        if cut:
            yield self._name(view, start, start + cut)
            yield from self._names(view, start + cut, end)
            return
        person = self._person_suffix(view, start, end)
        if person is not None:
            start = person
        headed = officer_behind_body(view, start, end)
        if headed is not None:
            role, name = headed
            yield self._name(view, start, name)
            yield self._name(view, name, end, (role, name))
            return
        yield self._name(view, start, end)

    def _name(
        self, view: WordView, start: int, end: int, title: tuple[int, int] | None = None
    ) -> Name:
        key = fold(view.phrase(start, end))
        known = self._known.at(view, start, end)
        bare = end
        while not known and bare - start > 1 and view.lower[bare - 1] in words("legal_forms"):
            # "Tesco Plc" is Tesco.
            bare -= 1
            known = tuple(
                actor
                for actor in self._known.at(view, start, bare)
                if actor.type is ActorType.ORGANISATION
            )
        metonym = self._knowledge.by_metonym.get(key, ())
        demonyms = self._knowledge.by_demonym.get(key, ())
        adjective = demonyms and not any(actor.type is not ActorType.GOVERNMENT for actor in known)
        return Name(view, start, end, known, metonym, demonyms[0] if adjective else None, title)

    def _skip_ordinary(self, view: WordView, start: int, end: int) -> int:
        """Past the words that are capital only because a sentence begins there."""
        while start < end:
            word = view.lower[start]
            if not view.text[start][0].isalpha() or (
                word in words("calendar") and not begins_with_month(view, start, end)
            ):
                start += 1
                continue
            recognised = self._known.at(view, start, end) or self._known.is_place(view, start, end)
            if recognised and not (end - start == 1 and word in words("not_names")):
                break
            number = (
                not view.first[start]
                and end - start > 1
                and word not in _ARTICLES
                and (
                    word in _NUMBERS
                    or view.lower[start + 1] in words("organisation_words")
                    # "the All Burma Monks' Alliance"
                    or (word == "all" and view.lower[end - 1] in words("organisation_words"))
                )
            )
            if (
                word in words("not_names")
                and not number
                and not is_given_like_word(view, start, end)
                and not (
                    len(view.text[start]) > 1 and view.text[start].isupper() and view.label[start]
                )
            ):
                start += 1
                continue
            if view.first[start] and (
                self._opens_sentence(view, start, end) or describes_a_name(view, start, end)
            ):
                start += 1
                continue
            if not view.first[start]:
                break
            if end - start == 1 and (describes_a_role(view, start) or are_people(view, start)):
                start += 1
                continue
            if end - start > 1 and (
                view.label[start]
                or not word.endswith(_NO_NOUN)
                or view.lower[start + 1] in words("organisation_words")
            ):
                break
            if end - start == 1 and is_explained_body(view, start):
                break
            if end - start == 1 and self._known_surname(view, start):
                break
            title = word in words("titles") or word in words("title_modifiers")
            if title and end - start > 1:
                break
            if not view.is_common(word):
                break
            start += 1
        return start

    def _known_surname(self, view: WordView, at: int) -> bool:
        """Whether a well-known person acts at the head of a sentence: "Trump said"."""
        behind = view.at(at + 1)
        # "Rice has come down to 9 dollars"
        follows = behind in POSSESSIVES or (behind in words("saying") and behind not in _AUXILIARY)
        named = view.label[at] == "PERSON" and (behind == "," or behind in words("saying"))
        return (follows or named) and fold(view.text[at]) in self._knowledge.by_surname

    def _opens_sentence(self, view: WordView, start: int, end: int) -> bool:
        """An ordinary word before a known name: "Asserting Clinton had lied"."""
        word = view.lower[start]
        if end - start < 2 or not view.is_common(word) or is_given_name(word):
            return False
        rest = fold(view.phrase(start + 1, end))
        known = self._known.at(view, start + 1, end)
        if known and known[0].type is ActorType.GOVERNMENT and word in words("organisation_words"):
            return False  # "Power Tonga"
        region = word.endswith("ing") and rest in words("regions")
        return bool(self._knowledge.by_surname.get(rest) or known) or region

    def _title_parts(self, view: WordView, start: int, end: int) -> Iterator[Name]:
        """The names inside a title that stands alone: "White House Chief of Staff"."""
        at = start
        while at < end:
            step = self._known.prefix(view, at, end)
            if step:
                yield self._name(view, at, at + step)
            at += step or 1

    def _prefix(self, view: WordView, start: int, end: int) -> int:
        """Length of a known name at the head of a sequence that is not its own name."""
        length = self._known.prefix(view, start, end)
        if not length or start + length >= end:
            return 0
        rest = view.lower[start + length : end]
        if length and len(rest) == 1 and rest[0].removesuffix("s") in words("adjectives"):
            return length  # "Boko Haram Islamists"
        if any(
            word in words("organisation_words") or word in words("place_words") for word in rest
        ):
            return 0
        if any(word in words("thing_words") for word in rest):
            return 0
        found = self._known.at(view, start, start + length)
        if found and found[0].type is ActorType.PERSON and length == 1:
            return 0
        inside = view.doc[start + length].ent_iob_ == "I" and view.label[start] in {"ORG", "PERSON"}
        if inside and not self._knowledge.by_demonym.get(fold(view.phrase(start, start + length))):
            return 0
        return length

    def _person_suffix(self, view: WordView, start: int, end: int) -> int | None:
        """Where a known person's full name ends the sequence, its start."""
        for at in range(start + 1, end - 1):
            known = self._known.at(view, at, end)
            if known and known[0].type is ActorType.PERSON:
                return at
        return None
