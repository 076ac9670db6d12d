"""The candidates that were nearly records: what a rule missed in them or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.explanations import Gap, NearMiss
from pipeline.extraction.candidates import ThreatCandidate
from pipeline.extraction.document import to_span
from pipeline.extraction.rules import Rule, first_rule, rules

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from pipeline.extraction.candidates import Candidate
    from pipeline.extraction.tracing import Trace, Weighed

MOST = 10
"""Near misses listed of an article, the nearest first."""
_FAR = 2
"""Features that a candidate may lack, or have too many, to count as near."""
_FAR_WITHOUT_CUE = 1
"""The same where no word of threatening or denying brings it forward."""
_MOST_RULES = 2

_FRAME = "frame:"
_NO_CUE = frozenset({"frame:none", "frame:say", "frame:tell", "frame:quote", "frame:negation"})


def near_misses(trace: Trace, kept: AbstractSet[str]) -> tuple[tuple[NearMiss, ...], int]:
    """The near misses of an article in the text's order, and how many more there were.

    Args:
        trace: of the whole article.
        kept: ids of the records that came out; those made beside them were below the threshold.
    """
    told = [
        candidate
        for made in trace.made
        if made.record.record_id in kept
        for candidate in made.candidates
    ]
    doubtful = {
        id(candidate): made.record.confidence
        for made in trace.made
        if made.record.record_id not in kept
        for candidate in made.candidates
    }
    found: list[tuple[int, int, Weighed, str | None, tuple[Gap, ...]]] = []
    for order, weighed in enumerate(trace.weighed):
        if _is_told(weighed.candidate, told):
            continue
        if id(weighed.candidate) in doubtful:
            confidence = doubtful[id(weighed.candidate)]
            why = f"a confidence of {confidence} is less than was asked for"
            found.append((0, order, weighed, why, ()))
        elif weighed.rule is not None:
            why = weighed.dropped or "taken for a part of another record"
            found.append((0, order, weighed, why, ()))
        elif (rule := first_rule(weighed.kind, weighed.candidate.features)) is not None:
            why = f"rule {rule.id} fits, but what stands around makes it unlikely"
            found.append((0, order, weighed, why, ()))
        elif gaps := _nearest(weighed):
            found.append((_width(gaps[0]), order, weighed, None, gaps))
    found.sort(key=lambda each: each[:2])
    listed = sorted(found[:MOST], key=lambda each: each[1])
    misses = tuple(_miss(weighed, why, gaps) for _, _, weighed, why, gaps in listed)
    return misses, len(found) - len(misses)


def _is_told(candidate: Candidate, told: list[Candidate]) -> bool:
    """Whether a record of its kind stands on the same words."""
    evidence = candidate.evidence
    return any(
        type(other) is type(candidate)
        and other.evidence.doc is evidence.doc
        and other.evidence.start < evidence.end
        and evidence.start < other.evidence.end
        for other in told
    )


def _nearest(weighed: Weighed) -> tuple[Gap, ...]:
    features = weighed.candidate.features
    far = _FAR_WITHOUT_CUE if features & _NO_CUE else _FAR
    near = []
    for rule in rules():
        if rule.kind != weighed.kind or not _of_this_frame(rule, features):
            continue
        gap = _gap(rule, features)
        if _width(gap) <= far:
            near.append((_width(gap), -rule.confidence, gap))
    near.sort(key=lambda each: each[:2])
    return tuple(gap for _, _, gap in near[:_MOST_RULES])


def _of_this_frame(rule: Rule, features: AbstractSet[str]) -> bool:
    """Whether the rule speaks of the words that bring the candidate forward."""
    frames = [{feature for feature in rule.all if feature.startswith(_FRAME)}]
    frames += [{f for f in group if f.startswith(_FRAME)} for group in rule.any]
    return all(not named or named & features for named in frames)


def _gap(rule: Rule, features: AbstractSet[str]) -> Gap:
    missing = sorted(rule.all - features)
    missing += [" or ".join(sorted(group)) for group in rule.any if not group & features]
    return Gap(rule.id, tuple(missing), tuple(sorted(rule.none & features)))


def _width(gap: Gap) -> int:
    return len(gap.missing) + len(gap.forbidden)


def _miss(weighed: Weighed, why: str | None, gaps: tuple[Gap, ...]) -> NearMiss:
    candidate = weighed.candidate
    if isinstance(candidate, ThreatCandidate):
        cue = (candidate.cue if candidate.cue is not None else candidate.predicate).text
    else:
        cue = candidate.cue.text
    return NearMiss(
        kind=weighed.kind,
        cue=cue,
        evidence=to_span(candidate.evidence),
        features=tuple(sorted(candidate.features)),
        dropped=why,
        nearest=gaps,
    )
