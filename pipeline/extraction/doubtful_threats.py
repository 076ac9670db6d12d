"""What is a threat only because somebody denies it: words too unlikely by themselves.

"A clerk says the mayor told her that ink runs out." Nobody would take that for a threat. Where the
mayor answers that he never rang her, both are told of one thing, and so the likelihood of the
words and the signs of the link add up. Only what stands in a denial's reach is looked at.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.likelihood import by_signs
from pipeline.extraction.link_signs import link_signs
from pipeline.extraction.link_views import threat_views
from pipeline.extraction.linking import least_doubtful, score
from pipeline.extraction.rules import first_rule
from pipeline.extraction.targets import choose_targets
from pipeline.extraction.threat_merging import composed, is_told_in
from pipeline.extraction.threats import told_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.extraction.candidates import Context, ThreatCandidate
    from pipeline.extraction.confidence import Confidence
    from pipeline.extraction.link_views import DenialView, ThreatView
    from pipeline.extraction.texts import Span
    from pipeline.extraction.threats import FoundThreats
    from pipeline.records import Threat

_REACH = 3
"""Sentences before a denial in which what it denies is mostly told."""
_OPENLY = "openly made: by the denier"
"""What someone says openly is a threat in plain words, or none that he would deny."""
_LEAST = 0.08
"""How likely words must be a threat by themselves for any denial to make them one."""


class DoubtfulThreats:
    """Those of one article."""

    def __init__(self, found: FoundThreats, context: Context) -> None:
        self._found = found
        self._context = context
        self._by_sentence: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for place, candidate in enumerate(found.candidates):
            sentence = candidate.predicate.sent
            self._by_sentence[id(sentence.doc), sentence.start].append(place)
        self._views: dict[int, list[tuple[ThreatView, float]]] = {}
        """Of each candidate that was asked for, with its own log odds."""
        self._made: dict[str, tuple[Threat, Sequence[ThreatCandidate], Confidence]] = {}
        self.denied: list[Threat] = []
        """Those that a denial has made threats, in the order in which they were denied."""

    def denied_by(
        self, denial: DenialView, threats: Sequence[ThreatView], denied_before: Sequence[str]
    ) -> ThreatView | None:
        """The likeliest one that the denial is of; None where none is likely enough.

        The other arguments are those of `link_signs`.
        """
        near = [
            (view, odds)
            for place in self._near(denial)
            for view, odds in self._views_of(place)
            if view.record not in self.denied
        ]
        if not near:
            return None
        views = [view for view, _ in near]
        signs = link_signs(denial, [*threats, *views], denied_before)[len(threats) :]
        best: tuple[float, ThreatView] | None = None
        for (view, odds), each in zip(near, signs, strict=True):
            points = score(each)
            tracing.linked(view.record, points, each)
            if _OPENLY in each:
                continue
            if points + odds >= least_doubtful() and (best is None or points + odds > best[0]):
                best = points + odds, view
        if best is None:
            return None
        self.denied.append(best[1].record)
        return best[1]

    def trace(self) -> None:
        """Tells the trace of those that were denied, once the denials are told."""
        for threat in self.denied:
            record, candidates, confidence = self._made[threat.record_id]
            tracing.made(record, list(candidates), confidence)

    def _near(self, denial: DenialView) -> Iterator[int]:
        """The candidates told shortly before the denial, or in its own sentence."""
        sentence = denial.spans[0][0].sent
        for _ in range(_REACH + 1):
            for place in self._by_sentence.get((id(sentence.doc), sentence.start), ()):
                if not _denies(denial, self._found.candidates[place].action):
                    yield place
            if not sentence.start:
                return
            sentence = sentence.doc[sentence.start - 1].sent

    def _views_of(self, place: int) -> list[tuple[ThreatView, float]]:
        if place not in self._views:
            self._views[place] = list(self._told(self._found.candidates[place]))
        return self._views[place]

    def _told(self, candidate: ThreatCandidate) -> Iterator[tuple[ThreatView, float]]:
        if is_told_in(candidate, self._found.merged):
            return
        likely = self._found.surroundings.likely(candidate)
        if likely < _LEAST:
            return
        rule = first_rule("threat", candidate.features) or by_signs("threat", likely)
        for telling in told_by(rule, candidate, self._context):
            if not telling.targets:
                telling.targets = choose_targets(telling, self._found.merged, self._context)
            if not telling.targets:
                continue
            threat, confidence = composed(
                [telling], self._context.provenance, others=bool(self._found.records)
            )
            self._made[threat.record_id] = threat, [candidate], confidence
            odds = math.log(likely / (1 - likely)) if likely < 1 else math.inf
            for view in threat_views([threat], self._context):
                yield view, min(odds, 0.0)


def _denies(denial: DenialView, words: Span) -> bool:
    """Whether the words are those that deny."""
    cues = (each.cue for each in denial.candidates)
    return any(
        cue.doc is words.doc and cue.start < words.end and words.start < cue.end for cue in cues
    )


def place_of(threat: Threat) -> tuple[str, int]:
    """By which threats are ordered as the text tells them, the headline first."""
    first = min(threat.evidence, key=lambda span: span.start)
    return ("" if first.field.value == "headline" else "body", first.start)


def in_order(threats: Sequence[Threat], denied: Sequence[Threat]) -> list[Threat]:
    """All of them; each of the denied stands before the first that is told behind it."""
    ordered = list(threats)
    for each in denied:
        behind = (at for at, other in enumerate(ordered) if place_of(other) > place_of(each))
        ordered.insert(next(behind, len(ordered)), each)
    return ordered
