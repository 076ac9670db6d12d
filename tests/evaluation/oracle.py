"""The extraction that finds exactly what the gold says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.records import (
    Actor,
    ActorRef,
    ActorType,
    Denial,
    Extraction,
    Field,
    Mention,
    MentionKind,
    Provenance,
    Span,
    Threat,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.evaluation.gold import GoldArticle


def perfect(gold: GoldArticle) -> Extraction:
    """Gold turned into records."""
    provenance = Provenance(gold.id, 0, "gold", gold.published_at, "0", "oracle")

    def ref(name: str) -> ActorRef:
        actor = gold.actor(name)
        return ActorRef(name, name, actor.type, actor.country)

    def spans(texts: Iterable[str]) -> tuple[Span, ...]:
        return tuple(Span(Field.BODY, *place(gold.text, text), text) for text in texts)

    actors = tuple(
        Actor(
            provenance,
            actor.name,
            actor.name,
            actor.type,
            actor.country,
            actor.role,
            tuple(
                Mention(Field.BODY, *place(gold.text, text), text, MentionKind.NAME)
                for text in actor.mentions
            ),
        )
        for actor in gold.actors
        if actor.type is not ActorType.GROUP
    )
    threats = tuple(
        Threat(
            provenance=provenance,
            threatener=ref(threat.threatener),
            targets=tuple(ref(name) for name in threat.targets),
            action=threat.action,
            condition=threat.condition,
            category=threat.category,
            category_name="",
            modality=threat.modality,
            attribution=ref(threat.attribution) if threat.attribution else None,
            quoted=threat.quoted,
            evidence=spans(threat.evidence),
            confidence=1.0,
        )
        for threat in gold.threats
    )
    denials = tuple(
        Denial(
            provenance=provenance,
            denier=ref(denial.denier),
            content=denial.content,
            cue=denial.cue,
            kind=denial.kind,
            denies=tuple(threats[index].record_id for index in denial.denies),
            attribution=None,
            quoted=denial.quoted,
            evidence=spans(denial.evidence),
            confidence=1.0,
        )
        for denial in gold.denials
    )
    return Extraction(provenance, actors, threats, denials)


def place(text: str, part: str) -> tuple[int, int]:
    """Where the part first stands."""
    return text.index(part), text.index(part) + len(part)
