"""The ids of records: they follow from the content, and from nothing else."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Actor, Denial, Extraction, Provenance, Record, Span, Threat
from tests.record_samples import (
    ACTOR,
    ACTORS,
    DENIAL,
    DENIALS,
    EXTRACTION,
    PROVENANCE,
    RECORDS,
    TEXT,
    THREAT,
    THREATS,
)

ALL = [ACTOR, THREAT, DENIAL]


def content(record: Record) -> tuple[object, ...]:
    """What a record's id is to follow from, by the contract."""
    place = (record.provenance.article_id, record.provenance.revision)
    match record:
        case Actor():
            return (*place, "actor", record.actor_id)
        case Threat():
            targets = tuple(target.actor_id for target in record.targets)
            evidence = record.evidence[0]
            where = (evidence.field, evidence.start, evidence.end)
            return (
                *place, "threat", where, record.threatener.actor_id, targets, record.action,
            )  # fmt: skip
        case Denial():
            evidence = record.evidence[0]
            where = (evidence.field, evidence.start, evidence.end)
            return (*place, "denial", where, record.denier.actor_id, record.content)


@given(RECORDS)
def test_an_id_is_thirty_two_hexadecimal_digits(record: Record) -> None:
    assert len(record.record_id) == 32
    assert set(record.record_id) <= set("0123456789abcdef")


@given(st.lists(RECORDS, min_size=2, max_size=8))
def test_ids_are_equal_exactly_where_the_content_is(found: list[Record]) -> None:
    ids = {record.record_id for record in found}
    assert len(ids) == len({content(record) for record in found})


@given(ACTORS | THREATS | DENIALS, TEXT, TEXT)
def test_release_model_and_source_leave_an_id_as_it_is(
    record: Record, version: str, model: str
) -> None:
    other = dataclasses.replace(
        record.provenance, extractor_version=version, model=model, source="another"
    )
    assert dataclasses.replace(record, provenance=other).record_id == record.record_id


@pytest.mark.parametrize("record", ALL, ids=lambda record: type(record).__name__)
@pytest.mark.parametrize("change", [{"article_id": "nw-18"}, {"revision": 2}], ids=str)
def test_another_article_or_revision_gives_another_id(
    record: Record, change: dict[str, object]
) -> None:
    other = dataclasses.replace(record.provenance, **change)  # type: ignore[arg-type]
    assert dataclasses.replace(record, provenance=other).record_id != record.record_id


def test_parts_that_only_look_alike_when_joined_give_different_ids() -> None:
    first = dataclasses.replace(ACTOR, provenance=dataclasses.replace(PROVENANCE, article_id="a"))
    one = dataclasses.replace(first, actor_id='b", "c')
    other = dataclasses.replace(first, actor_id="b")
    assert one.record_id != other.record_id


def test_further_evidence_and_confidence_leave_a_threats_id_as_it_is() -> None:
    further = Span(THREAT.evidence[0].field, 300, 306, "strike")
    more = dataclasses.replace(THREAT, evidence=(*THREAT.evidence, further), confidence=0.99)
    assert more.record_id == THREAT.record_id


def test_ids_stay_the_same_from_release_to_release() -> None:
    # Consumers have them as keys: whoever changes how they are made breaks every consumer.
    provenance = Provenance("a-1", 0, "", None, "0.1.0", "m")
    actor = dataclasses.replace(ACTOR, provenance=provenance, actor_id="person:x")
    assert actor.record_id == "1684abeb0bf2332d996deb9c4ae101b3"


def test_an_extraction_gives_actors_then_threats_then_denials() -> None:
    assert EXTRACTION.records == (ACTOR, THREAT, DENIAL)
    assert Extraction(PROVENANCE).records == ()
