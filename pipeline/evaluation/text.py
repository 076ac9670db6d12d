"""Comparing names and phrases, and finding the sentence around a piece of text.

Sentences are found by punctuation alone, so that the yardstick does not move with the model
that it measures.
"""

from __future__ import annotations

import re
import unicodedata

_DROPPED = str.maketrans("", "", "'’‘.,")
_GOVERNMENT = re.compile(
    r"^(?:the )?(?:government of )?(?:the )?(.+?)(?: government| authorities)?$"
)
_BOUNDARY = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]*[^\Wa-z_])|\n+")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'“‘-])(?:(?:[A-Za-z]\.)*[A-Z]|[ap]\.m|Mrs?|Ms|Drs?|Prof|Gen|Lt|Col|Maj|Capt|Cmdr|"
    r"Adm|Sgt|Brig|Rev|Hon|Sens?|Reps?|Gov|Sir|St|Mt|Ft|No|Nos|vs|Jan|Feb|Mar|Apr|Jun|Jul|Aug|"
    r"Sept?|Oct|Nov|Dec|Inc|Ltd|Corp|Co)$"
)


def fold_name(name: str) -> str:
    """The form in which two spellings of one canonical name are equal.

    Case, diacritics, apostrophes, full stops and commas, a leading "the" or "Government of (the)"
    and a trailing "government" or "authorities" do not count.
    """
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    plain = " ".join(letters.translate(_DROPPED).split())
    found = _GOVERNMENT.match(plain)
    return found[1] if found else plain


def words(phrase: str) -> frozenset[str]:
    """The words of a phrase, folded."""
    return frozenset(re.findall(r"\w+", fold_name(phrase)))


def half_in_common(one: str, other: str) -> bool:
    """Whether the phrases share half of the words of the longer one."""
    left, right = words(one), words(other)
    return 2 * len(left & right) >= max(len(left), len(right), 1)


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence, or the run of sentences, begins and ends that holds these characters."""
    first, last = 0, len(text)
    for boundary in _boundaries(text):
        if boundary <= start:
            first = boundary
        elif boundary >= end:
            last = boundary
            break
    while first < start and text[first].isspace():
        first += 1
    while last > end and text[last - 1].isspace():
        last -= 1
    return first, last


def _boundaries(text: str) -> list[int]:
    return [
        found.end()
        for found in _BOUNDARY.finditer(text)
        if found[0] != "."
        or not _ABBREVIATION.search(text[max(0, found.start() - 12) : found.start()])
    ]
