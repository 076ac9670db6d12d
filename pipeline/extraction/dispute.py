"""Where in an article threats are made or denied in plain words.

Words that are less plain count near such a place. In the rest of the news, nearly all of it, what
has the same signs is something else: what someone will do, or has not done. A flash of a sentence
or two has no room for such a place, and is news of one thing.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from typing import TYPE_CHECKING

from pipeline.extraction.document import field_of, source_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spacy.tokens import Span, Token

    from pipeline.records import Field, Threat

REACH = 900
"""Characters, some six sentences of wire copy: as far as one turn of a dispute is told."""
FLASH = 400
"""Characters of a text that is a flash."""


class Dispute:
    """The places of an article at which a record is told."""

    def __init__(self) -> None:
        self._places: defaultdict[Field, list[int]] = defaultdict(list)
        """Where in each field, in the order of the text."""

    def add(self, evidence: Iterable[Span]) -> None:
        """Words that tell a record."""
        for words in evidence:
            insort(self._places[field_of(words.doc)], words.start_char)

    def add_threats(self, threats: Iterable[Threat]) -> None:
        """Threats that were found before."""
        for each in threats:
            for span in each.evidence:
                insort(self._places[span.field], span.start)

    def is_near(self, token: Token) -> bool:
        """Whether a record is told near the token."""
        here = self._places[field_of(token.doc)]
        at = bisect_left(here, token.idx - REACH)
        return at < len(here) and here[at] <= token.idx + REACH


def is_flash(token: Token) -> bool:
    """Whether the text that the token stands in is no longer than a sentence or two."""
    return len(source_of(token.doc)) <= FLASH
