"""An article's quotations by their place, so that a sentence need not ask all of them."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.extraction.document import Quote
    from pipeline.extraction.texts import Doc


class QuoteIndex:
    """Finds the quotations at a place of a field."""

    def __init__(self, quotes: Sequence[Quote]) -> None:
        """``quotes``: those of each field in the order in which they begin."""
        self._of: defaultdict[int, list[Quote]] = defaultdict(list)
        for quote in quotes:
            self._of[id(quote.span.doc)].append(quote)
        self._starts = {doc: [each.span.start for each in own] for doc, own in self._of.items()}
        self._reach = {
            doc: list(accumulate((each.span.end for each in own), max))
            for doc, own in self._of.items()
        }
        """How far the quotations up to each one reach."""

    def overlapping(self, doc: Doc, start: int, end: int) -> list[Quote]:
        """Those with a token from ``start`` to before ``end``, in the order of the text."""
        own = self._of.get(id(doc), [])
        found = []
        for at in range(self._first(doc, end) - 1, -1, -1):
            if self._reach[id(doc)][at] <= start:
                break
            if own[at].span.end > start:
                found.append(own[at])
        return found[::-1]

    def behind(self, doc: Doc, start: int) -> Iterator[Quote]:
        """Those that begin at the token ``start`` or later, in the order of the text."""
        own = self._of.get(id(doc), [])
        for at in range(self._first(doc, start), len(own)):
            yield own[at]

    def _first(self, doc: Doc, start: int) -> int:
        return bisect_left(self._starts.get(id(doc), []), start)
