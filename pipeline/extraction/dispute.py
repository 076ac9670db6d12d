"""Where in an article threats are made or denied, by the wordings that the rules take.

Words that are less plain count the more near such a place. In the rest of the news, nearly all of
it, what has the same signs is something else: what someone will do, or has not done.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from typing import TYPE_CHECKING

from pipeline.extraction.candidates import ThreatCandidate
from pipeline.extraction.document import field_of
from pipeline.extraction.rules import first_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.extraction.candidates import Candidate
    from pipeline.extraction.texts import Span
    from pipeline.records import Field, Threat

REACH = 900
"""Characters, some six sentences of wire copy: as far as one turn of a dispute is told."""
FLASH = 400
"""Characters of a text that is a flash of a sentence or two, with no room for a dispute."""
_MOST = 2
"""Places beyond which more tell no more."""


class Dispute:
    """The places of an article at which a record may be told."""

    def __init__(self) -> None:
        self._speaking: defaultdict[Field, list[int]] = defaultdict(list)
        """Where the sentences begin that have any candidate, in the order of the text."""
        self._plain: defaultdict[Field, list[int]] = defaultdict(list)
        """Where in each field, in the order of the text."""

    def add(self, found: Iterable[Candidate]) -> None:
        """The candidates of a sentence; those in plain words tell of a dispute."""
        for candidate in found:
            self._note(candidate.evidence.sent)
            kind = "threat" if isinstance(candidate, ThreatCandidate) else "denial"
            rule = first_rule(kind, candidate.features)
            if rule is not None and rule.is_plain:
                evidence = candidate.evidence
                insort(self._plain[field_of(evidence.doc)], evidence.start_char)

    def add_threats(self, threats: Iterable[Threat]) -> None:
        """Threats that were found before."""
        for each in threats:
            for span in each.evidence:
                insort(self._plain[span.field], span.start)

    def _note(self, sentence: Span) -> None:
        places = self._speaking[field_of(sentence.doc)]
        if not places or places[-1] != sentence.start_char:
            insort(places, sentence.start_char)

    def speaking(self, sentence: Span, reach: int) -> int:
        """How many other sentences so many characters around have a candidate."""
        return places_around(sentence, self._speaking[field_of(sentence.doc)], reach)

    def features(self, sentence: Span) -> set[str]:
        """How many records are told near the sentence, and not in it."""
        places = self._plain[field_of(sentence.doc)]
        start, end = sentence.start_char, sentence.end_char
        before = places[bisect_left(places, start - REACH) : bisect_left(places, start)]
        behind = places[bisect_left(places, end) : bisect_left(places, end + REACH)]
        near = {*before[:_MOST], *behind[:_MOST]}
        return {f"told-near-{n}" for n in range(1, _MOST + 1) if len(near) >= n}


def places_around(sentence: Span, places: Sequence[int], reach: int) -> int:
    """How many of these places, in order, lie so many characters around, and not in it."""
    start, end = sentence.start_char, sentence.end_char
    near = bisect_left(places, end + reach) - bisect_left(places, start - reach)
    return near - (bisect_left(places, end) - bisect_left(places, start))
