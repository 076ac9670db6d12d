"""Which sentences are worth parsing: those whose words may hold a threat or a denial.

Parsing costs more than all the rest of an article, and few sentences need it. The gate goes by
the words alone. It is wide: what it keeps out is lost, what it lets through the rules still weigh.
Its cues are those of the rules (``cues.json``, ``categories.json``), so that a new cue of a
rule is one of the gate too; which of them must come together is in ``gate.json``. Some of it is
said of ordinary business too ("will cut its dividend"): those gates ask for more, that the
article speaks of a conflict elsewhere or the sentence of violence or law.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pipeline.extraction.dispute import FLASH
from pipeline.extraction.lexicon import knowledge
from pipeline.extraction.quotes import quoted_words
from pipeline.extraction.topic_words import topic_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pipeline.extraction.document import Passed, RecordKind
    from pipeline.extraction.token_arrays import Bounds
    from pipeline.extraction.wordview import WordView

_QUOTED = "quoted"
_CATEGORIES = "categories"
_LOOK_BACK = 3
"""Sentences before a negation in which what it answers may stand (as in `claims_before.py`)."""
_APOSTROPHE = str.maketrans({"’": "'", "‘": "'"})
_MAX_WORDS = 50_000


@dataclass(frozen=True, slots=True)
class _Gate:
    id: str
    kind: RecordKind
    all: tuple[int, ...]
    """Of each of these sets of terms at least one must be there."""
    at_odds: bool
    """It counts only where sides are at odds."""
    answers: bool
    """It may be an answer to something before it."""

    def holds(self, mask: int) -> bool:
        """Whether a sentence of these terms passes."""
        for group in self.all:  # noqa: SIM110 - asked of each sentence; all() takes twice as long
            if not mask & group:
                return False
        return True


@dataclass(frozen=True, slots=True)
class Opened:
    """The sentences of a field that are worth parsing, each list in the order of the text."""

    chosen: tuple[Bounds, ...]
    """Those that pass."""
    answered: tuple[Bounds, ...]
    """Others that those may answer; told apart, for a first look does without them."""
    passed: Passed


@dataclass(frozen=True, slots=True)
class _Word:
    """What one written word can be a part of."""

    terms: int
    """Terms that the word alone makes."""
    parts: tuple[tuple[int, frozenset[str]], ...]
    """Terms that it makes where each of further lemmas stands in the sentence too."""
    lemmas: frozenset[str]


class _Terms:
    """The terms that the gates speak of, as bits, and the words that make them."""

    def __init__(self) -> None:
        self.bits: dict[str, int] = {}
        self.words: defaultdict[str, int] = defaultdict(int)
        self.phrases: defaultdict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)

    def bit(self, term: str) -> int:
        return self.bits.setdefault(term, 1 << len(self.bits))

    def add(self, term: str, cues: Iterable[str]) -> None:
        """Make each cue, a word or a phrase, one of the term's."""
        bit = self.bit(term)
        for cue in cues:
            first, *rest = cue.translate(_APOSTROPHE).split()
            if rest:
                self.phrases[first].append((bit, frozenset(rest)))
            else:
                self.words[first] |= bit

    def add_pairs(self, term: str, firsts: Iterable[str], seconds: Iterable[str]) -> None:
        """Make each pair of a cue and another word one of the term's."""
        bit = self.bit(term)
        others = [frozenset(second.translate(_APOSTROPHE).split()) for second in seconds]
        for cue in firsts:
            first, *rest = cue.translate(_APOSTROPHE).split()
            self.phrases[first] += [(bit, other.union(rest)) for other in others]


class Gate:
    """The gate of ``gate.json`` over the lemmas of one spaCy pipeline; holds nothing of a text."""

    def __init__(self, lemmas: Callable[[str], frozenset[str]]) -> None:
        data: dict[str, Any] = knowledge("gate.json")
        self._lemmas = lemmas
        self._terms = _compiled(data)
        self._gates = tuple(
            _Gate(
                entry["id"],
                entry["kind"],
                tuple(self._mask(group) for group in entry["all"]),
                entry.get("at_odds", False),
                entry.get("answers", False),
            )
            for entry in data["gates"]
        )
        self._answered = self._mask(data["answered"])
        self._at_odds: dict[str, Any] = data["at_odds"]
        self._quoted = self._terms.bit(_QUOTED)
        self._words: dict[str, _Word] = {}

    def _mask(self, terms: Sequence[str]) -> int:
        return sum({self._terms.bits[term] for term in terms})

    def open(self, views: Sequence[WordView]) -> list[Opened]:
        """Which sentences of each field of an article are worth parsing, and what for."""
        setting = _Setting(views, self._at_odds)
        return [self._opened(view, setting) for view in views]

    def _opened(self, view: WordView, setting: _Setting) -> Opened:
        quoted = quoted_words(view.doc)
        bounds = view.sentences
        terms = [
            self._found(view.lower[start:end]) | (self._quoted if any(quoted[start:end]) else 0)
            for start, end in bounds
        ]
        passed: dict[RecordKind, set[int]] = {"threat": set(), "denial": set()}
        chosen: list[Bounds] = []
        answered: set[Bounds] = set()
        for at, mask in enumerate(terms):
            start, end = bounds[at]
            gates = [
                gate
                for gate in self._gates
                if gate.holds(mask)
                and (not gate.at_odds or setting.is_at_odds(view.lower[start:end]))
            ]
            for gate in gates:
                passed[gate.kind].add(start)
            if gates:
                chosen.append((start, end))
            if any(gate.answers for gate in gates):
                answered.update(bounds[before] for before in self._before(at, terms))
        return Opened(
            tuple(chosen),
            tuple(sorted(answered.difference(chosen))),
            {kind: frozenset(starts) for kind, starts in passed.items()},
        )

    def _before(self, at: int, terms: Sequence[int]) -> Iterator[int]:
        """The sentences that one may answer: the one before, and those that tell a claim."""
        for before in range(max(at - _LOOK_BACK, 0), at):
            if before == at - 1 or terms[before] & self._answered:
                yield before

    def passed(self, words: Sequence[str], *, quoted: bool = False) -> list[str]:
        """The ids of the gates that a sentence of these words passes where sides are at odds."""
        mask = self._found([word.lower() for word in words]) | (self._quoted if quoted else 0)
        return [gate.id for gate in self._gates if gate.holds(mask)]

    def _found(self, words: Iterable[str]) -> int:
        """The terms that a sentence's words make, as bits."""
        known = self._words
        entries = [known.get(word) or self._learn(word) for word in words]
        mask = 0
        for entry in entries:
            mask |= entry.terms
        begun = [part for entry in entries for part in entry.parts if not mask & part[0]]
        if begun:
            lemmas = frozenset().union(*[entry.lemmas for entry in entries])
            for bit, rest in begun:
                if rest <= lemmas:
                    mask |= bit
        return mask

    def _learn(self, word: str) -> _Word:
        if len(self._words) >= _MAX_WORDS:
            self._words.clear()
        lemmas = self._lemmas(word.translate(_APOSTROPHE))
        terms = 0
        parts: list[tuple[int, frozenset[str]]] = []
        for form in sorted(lemmas):
            terms |= self._terms.words.get(form, 0)
            parts += self._terms.phrases.get(form, ())
        parts = [(bit, rest) for bit, rest in parts if not terms & bit]
        entry = self._words[word] = _Word(terms, tuple(parts), lemmas)
        return entry


class _Setting:
    """What an article speaks of around its sentences; counted when somebody first asks."""

    def __init__(self, views: Sequence[WordView], at_odds: dict[str, Any]) -> None:
        self._views = views
        self._topic: str = at_odds["topic"]
        self._least: float = at_odds["in_a_hundred"]
        self._harm: frozenset[str] = frozenset(at_odds["or_harm"])
        self._topics = topic_words("topics.json")
        self._harms = topic_words("harm_words.json")

    @cached_property
    def _is_brief(self) -> bool:
        """A flash of a sentence or two has no room for what else there is."""
        return sum(len(view.source) for view in self._views) <= FLASH

    @cached_property
    def _everywhere(self) -> int:
        return sum(self._count(view.lower) for view in self._views)

    @cached_property
    def _words(self) -> int:
        return sum(map(len, self._views))

    def _count(self, words: Iterable[str]) -> int:
        return sum(self._topic in self._topics.of(word) for word in words)

    def is_at_odds(self, sentence: Sequence[str]) -> bool:
        """Whether the rest of the article speaks of conflict, or the sentence of such harm."""
        if self._is_brief or any(not self._harm.isdisjoint(self._harms.of(w)) for w in sentence):
            return True
        around = self._everywhere - self._count(sentence)
        return 100 * around >= self._least * max(self._words - len(sentence), 1)


def _compiled(data: dict[str, Any]) -> _Terms:
    terms = _Terms()
    terms.bit(_QUOTED)
    for name, words in data["lists"].items():
        terms.add(f"list:{name}", words)
    for name, entry in knowledge("cues.json")["sets"].items():
        terms.add(f"cues:{name}", entry["cues"])
    for entry in knowledge("categories.json")["entries"]:
        if "with" in entry:
            terms.add_pairs(_CATEGORIES, entry["verbs"], entry["with"])
        else:
            terms.add(_CATEGORIES, entry.get("verbs", ()))
        terms.add(_CATEGORIES, entry.get("nouns", ()))
    return terms
