"""The form in which names are compared, everywhere in the extraction."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_DROPPED = "'’‘ʼʻʿʾ`´.,"
_SPACED = "-‐‑–—_/"
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "ħ": "h"}
_TRANSLATION = str.maketrans(
    dict.fromkeys(_DROPPED, "") | dict.fromkeys(_SPACED, " ") | _LETTERS | {"þ": "th", "ə": "e"}
)
_KEPT = 20_000
"""Names of which the form is kept: an article asks for the same ones again and again."""


@lru_cache(maxsize=_KEPT)
def fold(name: str) -> str:
    """The form in which names are compared.

    Case and diacritics are dropped, so are apostrophes, full stops, commas and a leading
    "the"; hyphens become spaces and runs of spaces one. "The U.S." and "us" fold alike: a
    caller for whom case matters asks `KnowledgeBase.is_ambiguous`.
    """
    text = name.casefold()
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    words = text.translate(_TRANSLATION).split()
    if len(words) > 1 and words[0] == "the":
        del words[0]
    return " ".join(words)
