"""An article's words as plain lists, and the word lists that the actor rules speak of.

The rules about names look at many neighbours of many words; lists of strings are several
times cheaper to look into than spaCy's tokens, and stay true where nothing is parsed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.extraction import token_arrays
from pipeline.extraction.document import field_of
from pipeline.extraction.lexicon import knowledge
from pipeline.records import Field

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.extraction.texts import Doc

_MARKS = ["SENT_START", "IDX", "SPACY"]

POSSESSIVES = frozenset({"'s", "’s", "'", "’", "'S", "’S"})
"""Tokens that make the noun before them a possessor."""

_SHORT = 3
"""Words up to this length ("of", "the") may be small in a title."""
_MOSTLY = 0.8

OPENING_QUOTES = frozenset('"“‘«„') | {"``"}
CLOSING_QUOTES = frozenset('"”’»') | {"''"}


@cache
def words(name: str) -> frozenset[str]:
    """The word list of this name in ``knowledge/actor_words.json``, in small letters."""
    return frozenset(knowledge("actor_words.json")[name])


def is_given_name(word: str) -> bool:
    """Whether a word in small letters is a usual given name."""
    return any(word in words(name) for name in ("men", "women", "men_or_women"))


@dataclass
class WordView:
    """One field's words in parallel lists, by token index; most are made when first asked for."""

    doc: Doc
    source: str
    """The field's text."""
    offsets: list[int]
    """Where each token begins in the text."""
    text: list[str]
    lower: list[str]
    """In small letters, with straight apostrophes, without an abbreviation's full stop."""
    starts: list[bool]
    """Begins a sentence."""
    spaced: list[bool]
    """A space follows."""
    is_common: Callable[[str], bool]
    """Whether a word in small letters is an ordinary English word."""

    @cached_property
    def capital(self) -> list[bool]:
        """Begins with a capital letter, or holds one."""
        return [
            word[0].isupper() or (word[0].isalpha() and _inner_capital(word)) for word in self.text
        ]

    @cached_property
    def first(self) -> list[bool]:
        """Begins a sentence or what is quoted behind a colon, marks that open it left aside."""
        first = [False] * len(self.text)
        pending = True
        for at, word in enumerate(self.text):
            pending = pending or self.starts[at]
            if word in OPENING_QUOTES and self.at(at - 1) in {":", ","} and not self.spaced[at]:
                pending = True
            elif word == ":" and at and self.text[at - 1].isupper():
                # "RESIDENT: People saw it."
                pending = True
            if pending and word[0].isalnum():
                first[at] = True
                pending = False
        return first

    @cached_property
    def label(self) -> list[str]:
        """Label of the named entity that the token belongs to, or ""; asked once all are marked."""
        strings = self.doc.vocab.strings
        labels = token_arrays.read(self.doc, ["ENT_TYPE"]).tolist()
        return [strings[label] if label else "" for label in labels]

    @cached_property
    def titled(self) -> list[bool]:
        """Stands in a line whose words are capital for being a title: "Kremlin Pushes Back"."""
        headline = field_of(self.doc) is Field.HEADLINE
        return _titled(self.text, self.starts, headline=headline)

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """First token of each sentence, and the one behind it."""
        return _bounds(self.starts)

    def __len__(self) -> int:
        return len(self.text)

    @property
    def ends(self) -> dict[int, int]:
        """The token behind each place in the text where one ends."""
        return {
            begin + len(word): at + 1
            for at, (begin, word) in enumerate(zip(self.offsets, self.text, strict=True))
        }

    @property
    def begins(self) -> dict[int, int]:
        """The token at each place in the text where one begins."""
        return {begin: at for at, begin in enumerate(self.offsets)}

    def at(self, index: int) -> str:
        """The word in small letters, "" outside the text."""
        return self.lower[index] if 0 <= index < len(self.lower) else ""

    def before(self, index: int) -> str:
        """The word before ``index`` in the same sentence, in small letters, or ""."""
        return "" if index <= 0 or self.starts[index] else self.lower[index - 1]

    def phrase(self, start: int, end: int) -> str:
        """The text of the tokens from ``start`` to before ``end``."""
        if end == start + 1 and 0 <= start < len(self.text):
            return self.text[start]
        start, end = max(start, 0), min(end, len(self.text))
        if start >= end:
            return ""
        return self.source[self.offsets[start] : self.offsets[end - 1] + len(self.text[end - 1])]


def view(doc: Doc, is_common: Callable[[str], bool]) -> WordView:
    """The lists for ``doc``."""
    text = [token.text for token in doc]
    marks = token_arrays.read(doc, _MARKS)
    return WordView(
        doc=doc,
        source=doc.text,
        offsets=marks[:, 1].tolist(),
        text=text,
        lower=[_small(word) for word in text],
        starts=(marks[:, 0] == 1).tolist(),
        spaced=(marks[:, 2] != 0).tolist(),
        is_common=is_common,
    )


def _bounds(starts: list[bool]) -> list[tuple[int, int]]:
    return list(pairwise([*(at for at, begins in enumerate(starts) if begins), len(starts)]))


def _titled(text: list[str], starts: list[bool], *, headline: bool) -> list[bool]:
    titled: list[bool] = []
    for start, end in _bounds(starts):
        words = text[start:end]
        long = [word for word in words if len(word) > _SHORT and word.isalpha()]
        capital = sum(word[0].isupper() for word in long)
        ended = any(word in {".", "!", ","} for word in words[1:])
        shouted = sum(word.isupper() for word in long) > _MOSTLY * len(long)
        running = ended and not shouted and not headline
        title = len(long) >= 2 and capital > _MOSTLY * len(long) and not running
        dateline = words[-1] in {"-", "--", "–", "—"}
        # "By Jo Meyer", "(Reporting by Jo Meyer; Editing by A. Bo)": names, and no title.
        credits = words[0] == "(" or words[0].lower() == "by"
        titled.extend([title and not dateline and not credits] * len(words))
    return titled


def _small(word: str) -> str:
    small = word.lower().replace("’", "'")
    return small[:-1] if small.endswith(".") and small.count(".") == 1 and len(small) > 2 else small


def _inner_capital(word: str) -> bool:
    return not word.islower() and any(char.isupper() for char in word[1:])
