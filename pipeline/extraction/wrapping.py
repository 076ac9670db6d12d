"""Copy that was cut into lines at a column: which line breaks stand inside a sentence.

`unwrap` turns those into spaces, character for character, so that offsets stay what they are.
Decided by the text's own lines: how long they are, how they end, how the next one begins.
"""

from __future__ import annotations

import re
from itertools import pairwise

_TERMINALS = ".!?…:"
_CLOSERS = "\"”’'»)]"
_MIN_CUTS = 3
"""Fewer line breaks in mid-sentence show no column."""
_FULL = 0.7
"""A line of this share of the longest one's length was cut for want of room."""
_LONGEST_COLUMN = 132
"""No wire sends wider lines; a longer one is a paragraph."""


def unwrap(text: str) -> str:
    """The text with each line break that stands inside a paragraph as spaces; same length."""
    if "\n" not in text:
        return text
    lines = text.split("\n")
    width = _column(lines)
    pieces = [lines[0]]
    for before, after in pairwise(lines):
        pieces += [" " if _goes_on(before, after, width) else "\n", after]
    return "".join(pieces)


def _column(lines: list[str]) -> int | None:
    """The width that the text is wrapped at, or None where its lines are paragraphs."""
    longest = max(len(line.rstrip()) for line in lines)
    if longest > _LONGEST_COLUMN:
        return None
    cuts = [
        (before.rstrip(), after.strip())
        for before, after in pairwise(lines)
        if before.strip() and after.strip()
    ]
    inside = [pair for pair in cuts if not _ends(pair[0])]
    small = [pair for pair in inside if pair[1][0].islower()]
    wrapped = len(inside) >= _MIN_CUTS and len(inside) > len(cuts) / 2
    return longest if wrapped and len(small) > len(inside) / 3 else None


def _goes_on(before: str, after: str, width: int | None) -> bool:
    before, indented = before.rstrip(), after[:1].isspace() and after[:2].isspace()
    if not before.strip() or not after.strip():
        return False
    if not _ends(before) and after.lstrip()[0].islower() and re.search(r"[\w,;–—-]$", before):
        return True
    if width is None or indented:
        return False
    # The first word of the next line would not have fitted any more: this one is full.
    first = len(after.split(maxsplit=1)[0])
    return len(before) + 1 + first > _FULL * width


def _ends(line: str) -> bool:
    return line.rstrip(_CLOSERS)[-1:] in _TERMINALS
