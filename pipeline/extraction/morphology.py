"""Parts of speech and lemmas of tagged and parsed words, each kind of word worked out once.

spaCy's attribute ruler and lemmatizer take a third of its pipeline's time. What they make of
a word depends on its text, tag and dependency label alone, but for the few rules of the ruler
that look at two words together; so their answers for single words are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy
from spacy.pipeline import AttributeRuler
from spacy.tokens import Doc

from pipeline.extraction import token_arrays
from pipeline.extraction.vocabulary import vocabulary_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from spacy.language import Language

_MAX_WORDS = 100_000
"""Words of which the answers are kept: some twenty megabytes."""
GIVEN = ["ORTH", "TAG", "DEP", "LOWER"]
"""What `Morphology.annotate` wants to know of each token."""
_ANY_OTHER = "compound"
"""Stands for all dependency labels that no rule of the ruler tells from others."""
ATTRIBUTES = ["TAG", "POS", "LEMMA", "DEP"]
"""What `Morphology.annotate` gives for each token."""

_Key = tuple[int, int, int]


class Morphology:
    """Attribute ruler and lemmatizer of a spaCy pipeline; keeps nothing of a text but words."""

    def __init__(self, nlp: Language) -> None:
        self._vocab: Any = nlp.vocab
        self._lemmatizer: Any = nlp.get_pipe("lemmatizer")
        ruler: Any = nlp.get_pipe("attribute_ruler")
        self._of_words: Any = AttributeRuler(nlp.vocab, name="words")
        self._of_pairs: Any = AttributeRuler(nlp.vocab, name="pairs")
        for entry in ruler.patterns:
            for rules, long in ((self._of_words, False), (self._of_pairs, True)):
                own = [pattern for pattern in entry["patterns"] if (len(pattern) > 1) is long]
                if own:
                    rules.add(own, entry["attrs"], entry["index"])
        self._anchors = _Anchors(self._of_pairs, nlp.vocab.strings.add)
        self._labels = _Labels(ruler, nlp.vocab.strings.add)
        self._other = nlp.vocab.strings.add(_ANY_OTHER)
        self._known: dict[_Key, tuple[int, ...]] = {}
        self._for_now: dict[_Key, tuple[int, ...]] = {}
        """Of words that will be forgotten (`vocabulary.py`)."""
        vocabulary_of(nlp).when_forgetting(self._forget)

    def annotate(self, given: NDArray[Any]) -> NDArray[Any]:
        """The `ATTRIBUTES` of tokens of which these (`GIVEN`) are known, in a text's order."""
        if len(self._known) > _MAX_WORDS and not self._vocab.in_memory_zone:
            self._known.clear()
        rows = given.tolist()
        keys: list[_Key] = [
            (orth, tag, dep if self._labels.count(tag, dep, lower) else self._other)
            for orth, tag, dep, lower in rows
        ]
        known, for_now = self._known, self._for_now
        self._learn(sorted({key for key in keys if key not in known and key not in for_now}))
        found = numpy.array([known.get(key) or for_now[key] for key in keys], dtype="uint64")
        unchanged = found[:, 3] == numpy.array([key[2] for key in keys], dtype="uint64")
        found[unchanged, 3] = given[unchanged, 2]
        around = self._anchors.around(rows)
        if around:
            self._pair(found, [row[0] for row in rows], around)
        return found

    def _pair(self, found: NDArray[Any], words: Sequence[int], around: Sequence[int]) -> None:
        """Put in what the rules make of words together, all of which stand at these places."""
        # What does not stand together in the text is no pair.
        places = [
            place
            for at, before in zip(around, [around[0] - 1, *around], strict=False)
            for place in ([at] if at == before + 1 else [None, at])
        ]
        strings = self._vocab.strings
        doc = Doc(self._vocab, ["," if at is None else strings[words[at]] for at in places])
        values = numpy.zeros((len(places), len(ATTRIBUTES)), dtype="uint64")
        kept = [number for number, at in enumerate(places) if at is not None]
        values[kept] = found[around]
        token_arrays.write(doc, ATTRIBUTES, values)
        found[around] = token_arrays.read(self._of_pairs(doc), ATTRIBUTES)[kept]

    def _learn(self, keys: Sequence[_Key]) -> None:
        if not keys:
            return
        doc = Doc(self._vocab, [self._vocab.strings[orth] for orth, _, _ in keys])
        token_arrays.write(doc, GIVEN[1:3], numpy.array(keys, dtype="uint64")[:, 1:])
        answers = token_arrays.read(self._lemmatizer(self._of_words(doc)), ATTRIBUTES)
        learned = self._for_now if self._vocab.in_memory_zone else self._known
        learned.update(zip(keys, map(tuple, answers.tolist()), strict=True))

    def _forget(self) -> None:
        self._for_now.clear()
        # The lemmatizer keeps every word for ever.
        self._lemmatizer.cache.clear()


class _Anchors:
    """Words and labels without one of which no rule of the ruler takes several words together."""

    def __init__(self, ruler: Any, number: Callable[[str], int]) -> None:
        self._words: set[int] = set()
        self._labels: set[int] = set()
        self._always = False
        patterns = [pattern for entry in ruler.patterns for pattern in entry["patterns"]]
        self._reach = max(map(len, patterns), default=1) - 1
        for pattern in patterns:
            for kind, into in (("LOWER", self._words), ("DEP", self._labels)):
                named = [token[kind] for token in pattern if isinstance(token.get(kind), str)]
                if named:
                    into.add(number(named[0]))
                    break
            else:
                self._always = True

    def around(self, rows: Sequence[Sequence[int]]) -> list[int]:
        """The places, in their order, of tokens (`GIVEN`) that such a rule may take."""
        if self._always:
            return list(range(len(rows)))
        found = {
            place
            for at, (_, _, dep, lower) in enumerate(rows)
            if lower in self._words or dep in self._labels
            for place in range(at - self._reach, at + self._reach + 1)
        }
        return sorted(place for place in found if 0 <= place < len(rows))


class _Labels:
    """Which dependency labels the ruler's rules tell from others, for a word and its tag."""

    def __init__(self, ruler: Any, number: Callable[[str], int]) -> None:
        self._words: set[int] = set()
        self._tags: set[int] = set()
        self._always: set[int] = set()
        patterns = [
            token
            for entry in ruler.patterns
            for pattern in entry["patterns"]
            for token in pattern
            if len(pattern) == 1 and "DEP" in token
        ]
        for token in patterns:
            for kind, into in (("LOWER", self._words), ("TAG", self._tags), ("DEP", self._always)):
                named = token.get(kind, {"NOT_IN": []})
                one_of = [named] if isinstance(named, str) else named.get("IN", [])
                if kind == "DEP" and not one_of:
                    one_of = token[kind]["NOT_IN"]
                if one_of:
                    into.update(map(number, one_of))
                    break

    def count(self, tag: int, dep: int, lower: int) -> bool:
        """Whether another label could mean other answers."""
        return dep in self._always or lower in self._words or tag in self._tags
