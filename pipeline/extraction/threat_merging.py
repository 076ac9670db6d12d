"""Which places of an article tell one threat, and the record that they make together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.candidates import ThreatCandidate
from pipeline.extraction.categories import ULTIMATUM, UNSPECIFIED, lemmas, name_of
from pipeline.extraction.confidence import Confidence
from pipeline.extraction.document import to_span
from pipeline.extraction.likely_categories import likely_category
from pipeline.extraction.participants import same_side
from pipeline.extraction.rules import Rule
from pipeline.records import ActorType, Modality, Threat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extraction.document import Entity
    from pipeline.extraction.texts import Span
    from pipeline.records import Provenance


_OPEN = frozenset({UNSPECIFIED, ULTIMATUM})


@dataclass(eq=False)
class Telling:
    """One place of the article that tells a threat."""

    rule: Rule
    candidate: ThreatCandidate
    threatener: Entity
    targets: list[Entity]
    category: str
    modality: Modality
    attribution: Entity | None
    quoted: bool
    side: Entity | None = None
    """The state that the threatener speaks for, where the words name it as the one who acts."""
    more: list[Span] = field(default_factory=list)
    aim: float = 0.0
    """Log odds that its first target is one; 0 where there is none."""

    @cached_property
    def action_words(self) -> frozenset[str]:
        """What is threatened, by its lemmas."""
        return lemmas([*self.candidate.action])


def merge(telling: Telling, merged: list[list[Telling]]) -> None:
    """Puts the telling to the threat that it tells again, or makes it a new one."""
    for group in reversed(merged):
        if any(_same_threat(telling, other) for other in group):
            group.append(telling)
            return
    merged.append([telling])


def _same_threat(one: Telling, other: Telling) -> bool:
    if one.threatener is not other.threatener and not _carries_on(one, other):
        return False
    if one.targets and other.targets:
        if not _shared(one.targets, other.targets):
            return False
    elif not _alike(one, other):
        return False
    if (
        one.modality is not other.modality
        and not _alike(one, other)
        and (one.attribution is not other.attribution)
    ):
        return False
    if one.category == other.category or _OPEN & {one.category, other.category}:
        return is_near(one, other) or _alike(one, other) or one.category not in _OPEN
    return _alike(one, other)


def _carries_on(one: Telling, other: Telling) -> bool:
    """Whether the one is a quotation in which the body's own man tells what the other says."""
    if one.candidate.evidence.start < other.candidate.evidence.start:
        one, other = other, one
    return (
        one.quoted
        and one.threatener.type is ActorType.PERSON
        and other.threatener.type is not ActorType.PERSON
        and one.attribution is None
        and is_near(one, other)
        and same_side(one.threatener, other.threatener)
    )


def _shared(ones: list[Entity], others: list[Entity]) -> bool:
    for one in ones:
        for other in others:
            if one is other or (
                one.country is not None
                and one.country == other.country
                and ActorType.ORGANISATION not in (one.type, other.type)
            ):
                return True
    return False


def is_near(one: Telling, other: Telling) -> bool:
    """Whether two tellings stand close to each other in one field."""
    first, second = one.candidate.evidence, other.candidate.evidence
    return first.doc is second.doc and abs(first.start - second.start) < 120


def _alike(one: Telling, other: Telling) -> bool:
    ones, others = one.action_words - {"force"}, other.action_words
    return len(ones & others) >= 2 or (bool(ones & others) and min(len(ones), len(others)) <= 2)


def is_told_in(candidate: ThreatCandidate, merged: Sequence[Sequence[Telling]]) -> bool:
    """Whether a telling has taken words of what the candidate threatens."""
    words = candidate.action
    return any(
        telling.candidate.action.doc is words.doc
        and telling.candidate.action.start < words.end
        and words.start < telling.candidate.action.end
        for group in merged
        for telling in group
    )


def record(group: list[Telling], provenance: Provenance, *, others: bool) -> Threat:
    """The record of one threat, which the trace is told of; the arguments are `composed`'s."""
    threat, confidence = composed(group, provenance, others=others)
    tracing.made(threat, [telling.candidate for telling in _by_fullness(group)], confidence)
    return threat


def _by_fullness(group: list[Telling]) -> list[Telling]:
    """The fullest telling, then the others in their order."""
    best = max(group, key=_fullness)
    return [best, *(telling for telling in group if telling is not best)]


def composed(
    group: list[Telling], provenance: Provenance, *, others: bool
) -> tuple[Threat, Confidence]:
    """The record of one threat: its fullest telling, the others as further evidence.

    Args:
        group: the tellings, in the order of the text.
        provenance: what all the article's records share.
        others: whether the article tells other threats.
    """
    ordered = _by_fullness(group)
    best = ordered[0]
    targets: list[Entity] = list(best.targets)
    for telling in ordered[1:]:
        for target in telling.targets:
            if target.type is not ActorType.GROUP and not any(t is target for t in targets):
                targets.append(target)
    codes = [t.category for t in ordered if t.category not in _OPEN] or [best.category]
    category = likely_category(codes[0], best.threatener, targets)
    condition = next(
        (t.candidate.condition for t in ordered if t.candidate.condition is not None), None
    )
    asserted = [t for t in ordered if t.modality is Modality.ASSERTED]
    modality = Modality.ASSERTED if len(asserted) * 2 > len(ordered) else best.modality
    spans = []
    for words in [t.candidate.evidence for t in ordered] + [w for t in ordered for w in t.more]:
        span = to_span(words)
        if span not in spans:
            spans.append(span)
    confidence = _confidence(best, len(group), others=others)
    threat = Threat(
        provenance=provenance,
        threatener=best.threatener.ref,
        targets=tuple(target.ref for target in targets),
        action=best.candidate.action.text,
        condition=condition.text if condition is not None else None,
        category=category,
        category_name=name_of(category),
        modality=modality,
        attribution=next((t.attribution.ref for t in ordered if t.attribution), None)
        if modality is Modality.ALLEGED
        else None,
        quoted=any(telling.quoted or telling.more for telling in group),
        evidence=tuple(spans),
        confidence=confidence.stated,
    )
    return threat, confidence


def _fullness(telling: Telling) -> tuple[bool, bool, bool, float, int]:
    candidate = telling.candidate
    return (
        bool(telling.targets),
        candidate.condition is not None,
        telling.category not in _OPEN,
        telling.rule.confidence,
        -candidate.evidence.start,
    )


def _confidence(best: Telling, tellings: int, *, others: bool) -> Confidence:
    grounds = {
        "no target": not best.targets,
        "unnamed target": bool(best.targets) and best.targets[0].type is ActorType.GROUP,
        "unnamed threatener": best.threatener.type is ActorType.GROUP,
        "alleged": best.modality is Modality.ALLEGED,
        "no category": best.category == UNSPECIFIED,
        "told again": tellings > 1,
        "no other threat": not others,
    }
    held = (ground for ground, holds in grounds.items() if holds)
    return Confidence.of("threat", best.rule, best.candidate.features, held, aim=best.aim)
