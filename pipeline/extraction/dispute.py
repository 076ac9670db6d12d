"""Where in an article threats are made or denied in plain words.

Words that are less plain count near such a place. In the rest of the news, nearly all of it, what
has the same signs is something else: what someone will do, or has not done. A flash of a sentence
or two has no room for such a place, and is news of one thing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.document import field_of

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
        self._places: list[tuple[Field, int]] = []

    def add(self, evidence: Iterable[Span]) -> None:
        """Words that tell a record."""
        self._places += [(field_of(words.doc), words.start_char) for words in evidence]

    def add_threats(self, threats: Iterable[Threat]) -> None:
        """Threats that were found before."""
        self._places += [(span.field, span.start) for each in threats for span in each.evidence]

    def is_near(self, token: Token) -> bool:
        """Whether a record is told near the token."""
        here = field_of(token.doc)
        return any(
            field is here and abs(start - token.idx) <= REACH for field, start in self._places
        )


def is_flash(token: Token) -> bool:
    """Whether the text that the token stands in is no longer than a sentence or two."""
    return len(token.doc.text) <= FLASH
