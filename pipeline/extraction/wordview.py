"""An article's words as plain lists, and the word lists that the actor rules speak of.

The rules about names look at many neighbours of many words; lists of strings are several
times cheaper to look into than spaCy's tokens, and stay true where nothing is parsed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.extraction.lexicon import knowledge

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.tokens import Doc

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


@dataclass(slots=True)
class WordView:
    """One field's words in parallel lists, by token index."""

    doc: Doc
    text: list[str]
    lower: list[str]
    """In small letters, with straight apostrophes, without an abbreviation's full stop."""
    capital: list[bool]
    """Begins with a capital letter, or holds one."""
    first: list[bool]
    """Begins a sentence, marks that open it left aside."""
    spaced: list[bool]
    """A space follows."""
    label: list[str]
    """Label of the named entity that the token belongs to, or ""."""
    titled: list[bool]
    """Stands in a line whose words are capital for being a title: "Kremlin Pushes Back"."""
    is_common: Callable[[str], bool]
    """Whether a word in small letters is an ordinary English word."""

    def __len__(self) -> int:
        return len(self.text)

    def at(self, index: int) -> str:
        """The word in small letters, "" outside the text."""
        return self.lower[index] if 0 <= index < len(self.lower) else ""

    def before(self, index: int) -> str:
        """The word before ``index`` in the same sentence, in small letters, or ""."""
        return "" if index <= 0 or self.doc[index].is_sent_start else self.lower[index - 1]

    def phrase(self, start: int, end: int) -> str:
        """The text of the tokens from ``start`` to before ``end``."""
        return str(self.doc[start:end].text)


def view(doc: Doc, is_common: Callable[[str], bool]) -> WordView:
    """The lists for ``doc``."""
    text = [token.text for token in doc]
    first = [False] * len(text)
    pending = True
    for token in doc:
        pending = pending or bool(token.is_sent_start)
        if pending and (token.is_alpha or token.text[0].isalnum()):
            first[token.i] = True
            pending = False
    return WordView(
        doc=doc,
        text=text,
        lower=[_small(word) for word in text],
        capital=[
            word[0].isupper() or (word[0].isalpha() and _inner_capital(word)) for word in text
        ],
        first=first,
        spaced=[bool(token.whitespace_) for token in doc],
        label=[token.ent_type_ for token in doc],
        titled=_titled(doc),
        is_common=is_common,
    )


def _titled(doc: Doc) -> list[bool]:
    titled: list[bool] = []
    for sentence in doc.sents:
        long = [token.text for token in sentence if token.is_alpha and len(token) > _SHORT]
        capital = sum(word[0].isupper() for word in long)
        ended = any(token.text in {".", "!", ","} for token in sentence[1:])
        shouted = sum(word.isupper() for word in long) > _MOSTLY * len(long)
        title = len(long) >= 2 and capital > _MOSTLY * len(long) and (not ended or shouted)
        dateline = sentence[-1].text in {"-", "--", "–", "—"}
        # "By Jo Meyer", "(Reporting by Jo Meyer; Editing by A. Bo)": names, and no title.
        credits = sentence[0].text == "(" or sentence[0].lower_ == "by"
        titled.extend([title and not dateline and not credits] * len(sentence))
    return titled


def _small(word: str) -> str:
    small = word.lower().replace("’", "'")
    return small[:-1] if small.endswith(".") and small.count(".") == 1 and len(small) > 2 else small


def _inner_capital(word: str) -> bool:
    return not word.islower() and any(char.isupper() for char in word[1:])
