"""What the live page shows of a threat or denial, and where it lies on Kafka."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.pages.segments import harmless, one_line
from pipeline.pages.views import DENIED, actor_style
from pipeline.records import ActorRef, Denial, Threat

if TYPE_CHECKING:
    from kafka.consumer.fetcher import ConsumerRecord


@dataclass(frozen=True, slots=True)
class Place:
    """One message on Kafka."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A record of the feed."""

    record_id: str
    record: Threat | Denial
    lane: str
    """The partition that it was read from, as event ids name it: "t0", "d3"."""
    offset: int
    at: int
    """When it was written, in milliseconds since 1970."""
    source: Place | None
    """Where its article came from, by the lineage headers."""
    shown: str
    """What the page is told of it, as JSON."""


def entry(message: ConsumerRecord, record: Threat | Denial, lane: str) -> Entry:
    """The entry of a record that was read from ``message``."""
    provenance = record.provenance
    common: dict[str, Any] = {
        "id": record.record_id,
        "at": message.timestamp,
        "article": harmless(provenance.article_id),
        "revision": provenance.revision,
        "source": one_line(provenance.source),
        "published": provenance.published_at and int(provenance.published_at.timestamp() * 1_000),
        "by": _party(record.attribution),
        "quoted": record.quoted,
        "confidence": record.confidence,
        "evidence": [one_line(span.text) for span in record.evidence],
    }
    return Entry(
        record_id=record.record_id,
        record=record,
        lane=lane,
        offset=message.offset,
        at=message.timestamp,
        source=lineage(message),
        shown=json.dumps(
            common | (_threat(record) if isinstance(record, Threat) else _denial(record)),
            separators=(",", ":"),
        ),
    )


def lineage(message: ConsumerRecord) -> Place | None:
    """Where the article lies that a record was found in; None where its headers don't tell."""
    # The last of several, for what we add stands behind the wire's.
    headers = dict(message.headers)
    try:
        return Place(
            topic=headers["newswire-topic"].decode(),
            partition=int(headers["newswire-partition"]),
            offset=int(headers["newswire-offset"]),
        )
    except (KeyError, ValueError, AttributeError, TypeError):
        return None


def _threat(threat: Threat) -> dict[str, Any]:
    return {
        "kind": "threat",
        "who": _party(threat.threatener),
        "whom": [_party(target) for target in threat.targets],
        "what": one_line(threat.action),
        "condition": one_line(threat.condition or ""),
        "category": harmless(threat.category),
        "categoryName": one_line(threat.category_name),
        "modality": threat.modality.lower(),
    }


def _denial(denial: Denial) -> dict[str, Any]:
    return {
        "kind": "denial",
        "who": _party(denial.denier),
        "whom": [],
        "what": one_line(denial.content or DENIED[denial.kind]),
        "cue": one_line(denial.cue),
        "denial": denial.kind.lower(),
        "denies": list(denial.denies),
    }


def _party(actor: ActorRef | None) -> dict[str, str | None] | None:
    if actor is None:
        return None
    return {
        "id": harmless(actor.actor_id),
        "name": one_line(actor.name),
        "style": actor_style(actor.type),
        "country": actor.country and harmless(actor.country),
    }
