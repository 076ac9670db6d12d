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
    from collections.abc import Iterable

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
        self._plain: defaultdict[Field, list[int]] = defaultdict(list)
        """Where in each field, in the order of the text."""

    def add(self, found: Iterable[Candidate]) -> None:
        """Candidates; those in plain words count."""
        for candidate in found:
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

    def features(self, sentence: Span) -> set[str]:
        """How many records are told near the sentence, and not in it."""
        places = self._plain[field_of(sentence.doc)]
        start, end = sentence.start_char, sentence.end_char
        before = places[bisect_left(places, start - REACH) : bisect_left(places, start)]
        behind = places[bisect_left(places, end) : bisect_left(places, end + REACH)]
        near = {*before[:_MOST], *behind[:_MOST]}
        return {f"told-near-{n}" for n in range(1, _MOST + 1) if len(near) >= n}
