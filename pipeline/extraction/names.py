"""Finds names: sequences of capitalised words, cut where titles and known names end.

Says where a name stands and which known actors it may be; what an unknown name is the name
of is decided in `name_types.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extraction.knowledge.base import KnowledgeBase, fold
from pipeline.extraction.wordview import OPENING_QUOTES, POSSESSIVES, WordView, words
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.extraction.knowledge.base import KnownActor

_JOINERS = frozenset({"of", "for", "and", "&"})
_TITLE_OBJECTS = frozenset({"state", "the", "exchequer", "and", "affairs"})
_MAX_KNOWN_WORDS = 9


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
        self._longest = _longest_by_first_word(knowledge)

    def find(self, views: Sequence[WordView]) -> list[Name]:
        """The names of an article, field by field in the order of the text.

        In headings, where every word is capital, only known names and those of the running
        text are found.
        """
        running = [name for view in views for name in self._running(view)]
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

    def _in_headings(self, view: WordView, familiar: Mapping[str, int]) -> Iterator[Name]:
        at = 0
        while at < len(view):
            step = 1
            if view.titled[at] and view.capital[at]:
                for length in range(min(_MAX_KNOWN_WORDS, len(view) - at), 0, -1):
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
            bracketed = self._angle_end(view, at)
            if bracketed is not None:
                if not self._ticker(view, at, bracketed):
                    yield self._name(view, at, bracketed)
                at = bracketed
                continue
            end = self._run_end(view, at)
            yield from self._names(view, at, end)
            at = max(end, at + 1)

    def known_at(self, view: WordView, start: int, end: int) -> tuple[KnownActor, ...]:
        """The known actors that these words name, if the spelling is no ordinary word's."""
        text = view.phrase(start, end)
        found = self._knowledge.by_name.get(fold(text), ())
        if found and self._knowledge.is_ambiguous(text):
            label = view.label[start]
            if label not in {"GPE", "ORG", "PERSON", "NORP"} and not self._acts(view, start, end):
                return ()
        return found

    def _angle_end(self, view: WordView, at: int) -> int | None:
        """End of a name that stands in angle brackets: "<Condor Computer Corp>"."""
        if view.at(at - 1) != "<":
            return None
        for end in range(at + 1, min(at + _MAX_KNOWN_WORDS, len(view))):
            if view.text[end] == ">":
                return end
            if view.doc[end].is_sent_start:
                return None
        return None

    def _ticker(self, view: WordView, start: int, end: int) -> bool:
        """A share's code behind the company's name: "Tesco Plc <TSCO.L>"."""
        named = start >= 2 and view.capital[start - 2]
        return named and view.phrase(start, end).replace(".", "").isupper()

    def _acts(self, view: WordView, start: int, end: int) -> bool:
        """What makes "Chad" a country and no man: it is capital, and something follows it."""
        if view.first[start]:
            return view.at(end) in words("saying") | POSSESSIVES
        return not (end < len(view) and view.capital[end])

    def _run_end(self, view: WordView, start: int) -> int:
        at = start + 1
        while at < len(view):
            step = self._step(view, start, at)
            if not step:
                break
            at += step
        return at

    def _step(self, view: WordView, start: int, at: int) -> int:
        """How many tokens behind the run belong to it."""
        if view.doc[at].is_sent_start:
            return 0
        word = view.lower[at]
        following = (
            at + 1 < len(view) and view.capital[at + 1] and not view.doc[at + 1].is_sent_start
        )
        if view.capital[at] and view.text[at][0].isalnum():
            return 0 if word in words("calendar") or (word == "i") else 1
        if word in {"-", "–"} and not view.spaced[at - 1] and not view.spaced[at]:
            if view.lower[at - 1] in words("not_names"):
                return 0
            if at + 1 >= len(view):
                return 0
            # "Kim Min-seok", but not "Moscow-backed".
            foreign = view.doc[at + 1].is_alpha and not view.is_common(view.lower[at + 1])
            return 2 if following or view.label[at + 1] == "PERSON" or foreign else 0
        if not following:
            two = at + 2 < len(view) and view.capital[at + 2]
            if two and word == "of" and view.lower[at + 1] == "the":
                return 2 if self._joins(view, start, at) else 0
            if (
                two
                and word in words("particles")
                and (view.lower[at + 1] in words("particles") or view.text[at + 1] == "-")
            ):
                return 2
            return 0
        if view.lower[at + 1] in words("calendar") or view.lower[at + 1] == "i":
            return 0
        if word in words("particles") and view.text[at].islower():
            return 1
        if word in POSSESSIVES:
            return 1 if self._possessive_joins(view, at) else 0
        if word in _JOINERS:
            return 1 if self._joins(view, start, at) else 0
        return 0

    def _possessive_joins(self, view: WordView, at: int) -> bool:
        owner = view.lower[at - 1]
        if owner in words("joining_possessives"):
            return True
        inside = bool(view.label[at - 1]) and view.doc[at].ent_iob_ == "I"
        last = view.lower[at + 1] in words("organisation_words")
        return view.lower[at] == "'" and view.is_common(owner) and (last or inside)

    def _joins(self, view: WordView, start: int, at: int) -> bool:
        """Whether "of", "for" or "and" at ``at`` goes on with the name begun at ``start``."""
        joiner, head = view.lower[at], view.lower[at - 1]
        inside = view.doc[at].ent_iob_ == "I" and view.label[at] == "ORG"
        if joiner == "&":
            return True
        if joiner == "and":
            tail = view.lower[at + 1 : at + 4]
            organ = any(word in words("organ_words") for word in view.lower[start:at])
            if organ_of(view, start, at):
                following = self._known_prefix(view, at + 1, min(at + 3, len(view)))
                if not following and view.label[at + 1] != "PERSON":
                    return True
            within = "of" in view.lower[start:at] or any(
                word in words("organisation_words") for word in tail[:2]
            )
            return inside and within and (organ or not self.known_at(view, start, at))
        if head in words("titles") or head in words("calendar"):
            return joiner == "of" and self._title_object(view, at + 1)
        if head in words("organisation_words") or head in words("place_words"):
            return True
        if view.first[at - 1] and view.at(start - 1) not in OPENING_QUOTES:
            return inside and head.removesuffix("s") not in words("person_roles")
        return inside or (joiner == "of" and at - start == 1 and view.is_common(head))

    def _title_object(self, view: WordView, at: int) -> bool:
        word = view.lower[at + 1] if view.lower[at] == "the" else view.lower[at]
        return word in _TITLE_OBJECTS or word in words("title_modifiers")

    def _names(self, view: WordView, start: int, end: int) -> Iterator[Name]:
        """The names in one sequence of capitalised words."""
        start = self._skip_ordinary(view, start, end)
        while end > start and view.lower[end - 1] in words("not_names") and end - start > 1:
            end -= 1
        if start >= end:
            return
        known = self.known_at(view, start, end)
        if known or self._place(view, start, end):
            yield self._name(view, start, end)
            return
        title_end = self._title_end(view, start, end)
        if title_end is not None:
            if title_end < end:
                yield self._name(view, title_end, end, (start, title_end))
            else:
                yield from self._title_parts(view, start, end)
            return
        first = self._known_prefix(view, start, end)
        if (
            first
            and fold(view.phrase(start, start + first)) in self._knowledge.by_demonym
            and self.known_at(view, start + first, end)
        ):
            # "Japanese Jiji Press", where "Jiji Press" is known.
            yield self._name(view, start + first, end)
            return
        cut = self._prefix(view, start, end)
        if cut:
            yield self._name(view, start, start + cut)
            yield from self._names(view, start + cut, end)
            return
        person = self._person_suffix(view, start, end)
        if person is not None:
            start = person
        yield self._name(view, start, end)

    def _name(
        self, view: WordView, start: int, end: int, title: tuple[int, int] | None = None
    ) -> Name:
        key = fold(view.phrase(start, end))
        known = self.known_at(view, start, end)
        bare = end
        while not known and bare - start > 1 and view.lower[bare - 1] in words("legal_forms"):
            # "Tesco Plc" is Tesco.
            bare -= 1
            known = tuple(
                actor
                for actor in self.known_at(view, start, bare)
                if actor.type is ActorType.ORGANISATION
            )
        metonym = self._knowledge.by_metonym.get(key, ())
        demonyms = self._knowledge.by_demonym.get(key, ())
        adjective = demonyms and not any(actor.type is not ActorType.GOVERNMENT for actor in known)
        return Name(view, start, end, known, metonym, demonyms[0] if adjective else None, title)

    def _place(self, view: WordView, start: int, end: int) -> bool:
        key = fold(view.phrase(start, end))
        return key in self._knowledge.by_metonym or key in self._knowledge.by_demonym

    def _skip_ordinary(self, view: WordView, start: int, end: int) -> int:
        """Past the words that are capital only because a sentence begins there."""
        while start < end:
            word = view.lower[start]
            if word in words("calendar") or not view.text[start][0].isalpha():
                start += 1
                continue
            recognised = self.known_at(view, start, end) or self._place(view, start, end)
            if recognised and not (end - start == 1 and word in words("not_names")):
                break
            if word in words("not_names") and not (
                len(view.text[start]) > 1 and view.text[start].isupper() and view.label[start]
            ):
                start += 1
                continue
            if view.first[start] and self._opens_sentence(view, start, end):
                start += 1
                continue
            if not view.first[start] or (view.label[start] and end - start > 1):
                break
            if word in words("titles") or word in words("title_modifiers"):
                break
            if not view.is_common(word) or word in words("organisation_words"):
                break
            start += 1
        return start

    def _opens_sentence(self, view: WordView, start: int, end: int) -> bool:
        """An ordinary word before a known name: "Asserting Clinton had lied"."""
        if end - start < 2 or not view.is_common(view.lower[start]):
            return False
        rest = fold(view.phrase(start + 1, end))
        return bool(self._knowledge.by_surname.get(rest) or self.known_at(view, start + 1, end))

    def _title_end(self, view: WordView, start: int, end: int) -> int | None:
        """Where the title that the sequence begins with ends; None where it has none."""
        if view.lower[end - 1] in words("organisation_words") and end - start > 1:
            organ = view.lower[end - 1] in words("organ_words")
            if view.label[end - 1] == "ORG" or organ:
                return None
        at, last = start, None
        while at < end:
            word = view.lower[at]
            if word in words("titles") or (
                at == start and end - start > 2 and word in words("person_roles")
            ):
                at += 1
                last = at
                if at < end and view.lower[at] == "of":
                    at = self._past_title_object(view, at + 1, end)
                    last = at
            elif (
                word in words("title_modifiers")
                or word in {"-", ".", "for", "and", "of", "the"}
                or word in POSSESSIVES
            ):
                at += 1
            elif step := self._known_prefix(view, at, end):
                at += step
            elif (word in words("organisation_words") and at > start) or last is None:
                # What stands before a title belongs to it: "Exco Chairman Richard Lacy".
                at += 1
            else:
                break
            if at < end and last is None and at > start and self._surname(view, start, at):
                return None
        if last is None or (last < end and at < last):
            return None
        return last

    def _surname(self, view: WordView, start: int, at: int) -> bool:
        """Whether the title word at ``at`` is rather part of a name: "Stephen King"."""
        return view.lower[at] in words("titles_as_names") and not (
            view.lower[at - 1] in words("title_modifiers") or self._known_prefix(view, start, at)
        )

    def _past_title_object(self, view: WordView, at: int, end: int) -> int:
        while at < end:
            word = view.lower[at]
            if not (word in _TITLE_OBJECTS or word in words("title_modifiers")):
                break
            at += 1
        return at

    def _title_parts(self, view: WordView, start: int, end: int) -> Iterator[Name]:
        """The names inside a title that stands alone: "White House Chief of Staff"."""
        at = start
        while at < end:
            step = self._known_prefix(view, at, end)
            if step:
                yield self._name(view, at, at + step)
            at += step or 1

    def _known_prefix(self, view: WordView, start: int, end: int) -> int:
        """Length of the longest known name or adjective that begins at ``start``."""
        first = fold(view.text[start])
        longest = min(self._longest.get(first, 0), end - start)
        for length in range(longest, 0, -1):
            if self.known_at(view, start, start + length) or self._place(
                view, start, start + length
            ):
                return length
        return 0

    def _prefix(self, view: WordView, start: int, end: int) -> int:
        """Length of a known name at the head of a sequence that is not its own name."""
        length = self._known_prefix(view, start, end)
        if not length or start + length >= end:
            return 0
        rest = view.lower[start + length : end]
        if any(
            word in words("organisation_words") or word in words("place_words") for word in rest
        ):
            return 0
        if any(word in words("thing_words") for word in rest):
            return 0
        found = self.known_at(view, start, start + length)
        if found and found[0].type is ActorType.PERSON and length == 1:
            return 0
        inside = view.doc[start + length].ent_iob_ == "I" and view.label[start] in {"ORG", "PERSON"}
        if inside and not self._knowledge.by_demonym.get(fold(view.phrase(start, start + length))):
            return 0
        return length

    def _person_suffix(self, view: WordView, start: int, end: int) -> int | None:
        """Where a known person's full name ends the sequence, its start."""
        for at in range(start + 1, end - 1):
            known = self.known_at(view, at, end)
            if known and known[0].type is ActorType.PERSON:
                return at
        return None


def organ_of(view: WordView, start: int, end: int) -> bool:
    """Whether a name goes on like "Organization for Economic Cooperation (and ...)"."""
    own = view.lower[start:end]
    joiner = next((at for at, word in enumerate(own) if word in {"of", "for"}), None)
    return bool(joiner) and joiner is not None and own[joiner - 1] in words("policy_bodies")


def _longest_by_first_word(knowledge: KnowledgeBase) -> Mapping[str, int]:
    longest: dict[str, int] = {}
    for table in (knowledge.by_name, knowledge.by_metonym, knowledge.by_demonym):
        for key in table:
            first = key.split(" ", 1)[0]
            # A folded word may stand for several tokens ("al-", "'s"): leave room for them.
            length = min(key.count(" ") * 2 + 3, _MAX_KNOWN_WORDS)
            longest[first] = max(longest.get(first, 0), length)
    return longest
