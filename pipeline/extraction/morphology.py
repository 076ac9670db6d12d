"""Parts of speech and lemmas of tagged and parsed words, each kind of word worked out once.

spaCy's attribute ruler and lemmatizer take a third of its pipeline's time. What they make of
a word depends on its text, tag and dependency label alone, but for the few rules of the ruler
that look at two words together; so their answers for single words are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

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
_GIVEN = ["ORTH", "TAG", "DEP", "LOWER"]
_ANY_OTHER = "compound"
"""Stands for all dependency labels that no rule of the ruler tells from others."""
ATTRIBUTES = ["TAG", "POS", "LEMMA", "DEP"]
"""What `Morphology.annotate` gives for each token."""

_Key = tuple[int, int, int]


class Morphology:
    """Attribute ruler and lemmatizer of a spaCy pipeline; keeps nothing of a text but words."""

    def __init__(self, nlp: Language) -> None:
        self._vocab: Any = nlp.vocab
        self._ruler = cast("Any", nlp.get_pipe("attribute_ruler"))
        self._lemmatizer: Any = nlp.get_pipe("lemmatizer")
        self._of_pairs: Any = AttributeRuler(nlp.vocab, name="pairs")
        for entry in self._ruler.patterns:
            longer = [pattern for pattern in entry["patterns"] if len(pattern) > 1]
            if longer:
                self._of_pairs.add(longer, entry["attrs"], entry["index"])
        self._labels = _Labels(self._ruler, nlp.vocab.strings.add)
        self._other = nlp.vocab.strings.add(_ANY_OTHER)
        self._comma = nlp.vocab.strings.add(",")
        self._known: dict[_Key, tuple[int, ...]] = {}
        self._for_now: dict[_Key, tuple[int, ...]] = {}
        """Of words that will be forgotten (`vocabulary.py`)."""
        vocabulary_of(nlp).when_forgetting(self._forget)

    def annotate(self, doc: Doc) -> NDArray[Any]:
        """The `ATTRIBUTES` of each token of ``doc``, which has tags and dependency labels."""
        if len(self._known) > _MAX_WORDS and not self._vocab.in_memory_zone:
            self._known.clear()
        given = token_arrays.read(doc, _GIVEN).tolist()
        keys: list[_Key] = [
            (orth, tag, dep if self._labels.count(tag, dep, lower) else self._other)
            for orth, tag, dep, lower in given
        ]
        known, for_now = self._known, self._for_now
        self._learn(sorted({key for key in keys if key not in known and key not in for_now}))
        found = numpy.array([known.get(key) or for_now[key] for key in keys], dtype="uint64")
        own = numpy.array([row[2] for row in given], dtype="uint64")
        unchanged = found[:, 3] == numpy.array([key[2] for key in keys], dtype="uint64")
        found[unchanged, 3] = own[unchanged]
        token_arrays.write(doc, ATTRIBUTES, found)
        return token_arrays.read(self._of_pairs(doc), ATTRIBUTES)

    def _learn(self, keys: Sequence[_Key]) -> None:
        if not keys:
            return
        # Something stands between the words, so that no rule takes two of them for a pair.
        rows = [row for key in keys for row in (key, (self._comma, self._comma, 0))]
        words = [self._vocab.strings[orth] for orth, _, _ in rows]
        doc = Doc(self._vocab, words)
        token_arrays.write(doc, _GIVEN[1:3], numpy.array(rows, dtype="uint64")[:, 1:])
        answers = token_arrays.read(self._lemmatizer(self._ruler(doc)), ATTRIBUTES)
        learned = self._for_now if self._vocab.in_memory_zone else self._known
        learned.update(zip(keys, map(tuple, answers[::2].tolist()), strict=True))

    def _forget(self) -> None:
        self._for_now.clear()
        # The lemmatizer keeps every word for ever.
        self._lemmatizer.cache.clear()


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
