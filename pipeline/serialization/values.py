"""Records as plain dictionaries and back, with the field names of the schemas.

`to_value` gives what Avro encodes, `to_json` what JSON can write; `from_value` makes the record
again. Knows nothing of bytes.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from pipeline.records import (
    SKIPPED_WITHDRAWN,
    Actor,
    ActorRef,
    ActorType,
    Denial,
    DenialKind,
    Extraction,
    ExtractionStatus,
    Field,
    Mention,
    MentionKind,
    Modality,
    OutputValue,
    Provenance,
    Span,
    Threat,
)

Value = dict[str, Any]

_FIELDS: dict[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in dataclasses.fields(kind))
    for kind in (Actor, Threat, Denial, Provenance, ActorRef, Mention, Span)
}

_MADE_OF_OTHERS = frozenset((tuple, *_FIELDS))


def to_value(record: OutputValue) -> Value:
    """The record as a flat dictionary: its id, what all records have, its own fields.

    Enums are their names, ``published_at`` stays a datetime. An extraction has no id; its
    records stand in it as they do alone.
    """
    if isinstance(record, Extraction):
        return {
            **_plain(record.provenance),
            "status": record.status,
            "actors": [to_value(actor) for actor in record.actors],
            "threats": [to_value(threat) for threat in record.threats],
            "denials": [to_value(denial) for denial in record.denials],
        }
    value = {"record_id": record.record_id, **_plain(record)}
    return value | value.pop("provenance")


def _plain(value: Any) -> Any:
    """As `dataclasses.asdict`, which copies every text and number too and takes four times as long.

    All that records hold is immutable.
    """
    kind = type(value)
    if kind is tuple:
        return [_plain(each) for each in value]
    names = _FIELDS.get(kind)
    if names is None:
        return value
    # Most fields are texts and numbers, and a call for each takes longer than all the rest.
    return {
        name: _plain(each) if type(each) in _MADE_OF_OTHERS else each
        for name in names
        for each in (getattr(value, name),)
    }


def from_value(record_class: type[OutputValue], value: Value) -> OutputValue:
    """The record of this class that `to_value` made ``value`` of.

    Raises ValueError where an enum's name is not known here.
    """
    if record_class is Extraction:
        return _extraction(value)
    if record_class is Actor:
        return _actor(value)
    return _threat(value) if record_class is Threat else _denial(value)


def to_json(record: OutputValue) -> Value:
    """As `to_value`, with times in ISO 8601: ready for `json.dumps`."""
    value = to_value(record)
    if isinstance(record, Extraction):
        for kind in ("actors", "threats", "denials"):
            value[kind] = [to_json(inner) for inner in getattr(record, kind)]
    published_at: datetime | None = value["published_at"]
    if published_at is not None:
        value["published_at"] = published_at.isoformat(timespec="milliseconds").replace(
            "+00:00", "Z"
        )
    return value


def extraction_to_json(extraction: Extraction) -> Value:
    """Everything found in an article, ready for `json.dumps`."""
    found: Value = {
        "article_id": extraction.provenance.article_id,
        "revision": extraction.provenance.revision,
        "actors": [to_json(record) for record in extraction.actors],
        "threats": [to_json(record) for record in extraction.threats],
        "denials": [to_json(record) for record in extraction.denials],
    }
    if extraction.skipped is not None:
        found["skipped"] = extraction.skipped
    return found


def _extraction(value: Value) -> Extraction:
    withdrawn = ExtractionStatus(value["status"]) is ExtractionStatus.WITHDRAWN
    return Extraction(
        provenance=_provenance(value),
        actors=tuple(_actor(actor) for actor in value["actors"]),
        threats=tuple(_threat(threat) for threat in value["threats"]),
        denials=tuple(_denial(denial) for denial in value["denials"]),
        skipped=SKIPPED_WITHDRAWN if withdrawn else None,
    )


def _actor(value: Value) -> Actor:
    return Actor(
        provenance=_provenance(value),
        actor_id=value["actor_id"],
        name=value["name"],
        type=ActorType(value["type"]),
        country=value["country"],
        role=value["role"],
        mentions=tuple(_mention(mention) for mention in value["mentions"]),
    )


def _threat(value: Value) -> Threat:
    return Threat(
        provenance=_provenance(value),
        threatener=_reference(value["threatener"]),
        targets=tuple(_reference(target) for target in value["targets"]),
        action=value["action"],
        condition=value["condition"],
        category=value["category"],
        category_name=value["category_name"],
        modality=Modality(value["modality"]),
        attribution=_optional_reference(value["attribution"]),
        quoted=value["quoted"],
        evidence=tuple(_span(span) for span in value["evidence"]),
        confidence=value["confidence"],
    )


def _denial(value: Value) -> Denial:
    return Denial(
        provenance=_provenance(value),
        denier=_reference(value["denier"]),
        content=value["content"],
        cue=value["cue"],
        kind=DenialKind(value["kind"]),
        denies=tuple(value["denies"]),
        attribution=_optional_reference(value["attribution"]),
        quoted=value["quoted"],
        evidence=tuple(_span(span) for span in value["evidence"]),
        confidence=value["confidence"],
    )


def _provenance(value: Value) -> Provenance:
    return Provenance(
        article_id=value["article_id"],
        revision=value["revision"],
        source=value["source"],
        published_at=value["published_at"],
        extractor_version=value["extractor_version"],
        model=value["model"],
    )


def _reference(value: Value) -> ActorRef:
    return ActorRef(value["actor_id"], value["name"], ActorType(value["type"]), value["country"])


def _optional_reference(value: Value | None) -> ActorRef | None:
    return None if value is None else _reference(value)


def _span(value: Value) -> Span:
    return Span(Field(value["field"]), value["start"], value["end"], value["text"])


def _mention(value: Value) -> Mention:
    return Mention(
        Field(value["field"]),
        value["start"],
        value["end"],
        value["text"],
        MentionKind(value["kind"]),
    )
