"""Records as plain dictionaries: the field names that files, topics and JSON have in common."""

from __future__ import annotations

import json

from hypothesis import given

from pipeline.records import Extraction, OutputValue, Record
from pipeline.serialization.values import extraction_to_json, from_value, to_json, to_value
from tests.record_samples import (
    ACTOR,
    DENIAL,
    EXTRACTION,
    EXTRACTIONS,
    PROVENANCE,
    RECORDS,
    THREAT,
)


@given(RECORDS | EXTRACTIONS)
def test_a_record_is_made_again_from_its_value(record: OutputValue) -> None:
    assert from_value(type(record), to_value(record)) == record


def test_what_all_records_have_stands_beside_their_own_fields() -> None:
    value = to_value(THREAT)
    assert value["record_id"] == THREAT.record_id
    assert (value["article_id"], value["revision"], value["action"]) == (
        "nw-17",
        1,
        "stop every train",
    )
    assert "provenance" not in value


def test_json_has_times_in_iso_8601() -> None:
    assert to_json(ACTOR)["published_at"] == "2026-11-01T09:30:00.123Z"


@given(RECORDS)
def test_every_record_can_be_written_as_json(record: Record) -> None:
    assert json.loads(json.dumps(to_json(record)))["record_id"] == record.record_id


@given(EXTRACTIONS)
def test_every_extraction_can_be_written_as_json(extraction: Extraction) -> None:
    found = json.loads(json.dumps(to_json(extraction)))
    assert found["status"] == extraction.status
    alone = [json.loads(json.dumps(to_json(threat))) for threat in extraction.threats]
    assert found["threats"] == alone


def test_an_extraction_lists_its_records_by_kind() -> None:
    found = extraction_to_json(EXTRACTION)
    assert found["article_id"] == "nw-17"
    assert found["actors"] == [to_json(ACTOR)]
    assert found["threats"] == [to_json(THREAT)]
    assert found["denials"] == [to_json(DENIAL)]
    assert "skipped" not in found


def test_a_skipped_extraction_says_why_and_lists_nothing() -> None:
    found = extraction_to_json(Extraction(PROVENANCE, skipped="withdrawn"))
    assert found["skipped"] == "withdrawn"
    assert (found["actors"], found["threats"], found["denials"]) == ([], [], [])
