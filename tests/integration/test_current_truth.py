"""The topic of extractions says what holds of each article now, on real brokers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from kafka.admin import ConfigResource, ConfigResourceType

from pipeline.brokers.process import LocalBroker
from pipeline.consumers import current_state
from pipeline.records import Extraction, ExtractionStatus
from pipeline.serialization.avro import decode
from tests.integration.wire import Wire
from tests.kafka_helpers import admin_client, read_all
from tests.newswire_process import NewswireProcess
from tests.numbered_articles import numbered_article

pytestmark = pytest.mark.integration


def run_to_the_end(wire: Wire, folder: Path, *more: str) -> str:
    with NewswireProcess(folder, *wire.run_arguments, "--until-caught-up", *more) as process:
        assert process.wait() == 0, process.output
        return process.output


def extractions(wire: Wire) -> list[Any]:
    return read_all(wire.broker.bootstrap_servers, wire.topics.extractions)


def revisions(wire: Wire) -> list[tuple[str, int]]:
    """Article and revision of every message, in the order of the topic's one partition."""
    found = [decode(bytes(message.value)).provenance for message in extractions(wire)]
    return [(article.article_id, article.revision) for article in found]


def article(number: int, revision: int, **more: object) -> bytes:
    return json.dumps(
        json.loads(numbered_article(number)[1]) | {"revision": revision, **more}
    ).encode()


def test_every_article_is_there_with_all_its_records_also_one_with_none(
    broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(broker)
    wire.publish(1, 2)
    empty = {"id": "empty", "body": "It rained all day."}
    french = {"id": "french", "body": "Paris menace Rome.", "language": "fr"}
    wire.publish_raw(json.dumps(empty).encode(), json.dumps(french).encode())
    run_to_the_end(wire, tmp_path)
    found = {bytes(m.key).decode(): decode(bytes(m.value)) for m in extractions(wire)}
    assert found.keys() == {"article-1", "article-2", "empty"}
    assert found["empty"].records == ()
    alone = {
        decode(bytes(message.value))
        for message in read_all(broker.bootstrap_servers, *wire.topics.records)
    }
    assert alone == {record for extraction in found.values() for record in extraction.records}


def test_an_older_revision_does_not_overwrite_a_newer_one_and_leaves_its_facts(
    broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(broker, partitions=1)
    wire.publish_raw(article(1, 2), article(1, 1), article(2, 0), article(1, 3))
    run_to_the_end(wire, tmp_path, "--max-bundle-records=1")
    assert revisions(wire) == [("article-1", 2), ("article-2", 0), ("article-1", 3)]
    facts = {
        (record.provenance.article_id, record.provenance.revision)
        for values in wire.records().values()
        for record in map(decode, values)
    }
    assert facts == {("article-1", 1), ("article-1", 2), ("article-1", 3), ("article-2", 0)}


def test_beyond_the_map_an_older_revision_overwrites_and_a_consumer_is_not_misled(
    embedded_broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker, partitions=1)
    wire.publish_raw(article(1, 2), article(2, 0), article(1, 1))
    run_to_the_end(wire, tmp_path, "--revision-map-size=1")
    assert revisions(wire) == [("article-1", 2), ("article-2", 0), ("article-1", 1)]
    state = current_state(extractions(wire))
    assert state["article-1"].provenance.revision == 2


def test_a_withdrawal_is_a_value_that_says_so(broker: LocalBroker, tmp_path: Path) -> None:
    wire = Wire(broker, partitions=1)
    wire.publish_raw(
        article(1, 0),
        json.dumps({"id": "article-1", "status": "withdrawn", "revision": 1}).encode(),
    )
    run_to_the_end(wire, tmp_path)
    usable, withdrawn = (decode(bytes(message.value)) for message in extractions(wire))
    assert isinstance(usable, Extraction)
    assert (usable.status, usable.provenance.revision) == (ExtractionStatus.USABLE, 0)
    assert (withdrawn.status, withdrawn.records) == (ExtractionStatus.WITHDRAWN, ())
    assert current_state(extractions(wire)) == {"article-1": withdrawn}


def test_the_same_article_twice_gives_the_same_bytes(
    embedded_broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker)
    wire.publish(1, 2, 3)
    run_to_the_end(wire, tmp_path)
    run_to_the_end(wire, tmp_path, f"--group-id={wire.group_id}.again")
    values = sorted(bytes(message.value) for message in extractions(wire))
    assert len(values) == 6
    assert values[::2] == values[1::2]


@pytest.mark.needs("enforces_size_limit")
def test_an_extraction_too_large_for_its_topic_is_a_dead_letter_and_its_records_are_written(
    broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(broker)
    limit = {"max.message.bytes": "500"}
    resource = ConfigResource(ConfigResourceType.TOPIC, wire.topics.extractions, limit)
    with admin_client(broker.bootstrap_servers) as admin:
        admin.alter_configs([resource])
    wire.publish(1)
    run_to_the_end(wire, tmp_path)
    assert extractions(wire) == []
    assert wire.article_ids() == {"article-1"}
    [letter] = wire.dead_letters()
    assert letter["newswire-reason"] == b"record-too-large"
    assert wire.topics.extractions.encode() in letter["newswire-error-message"]


@pytest.mark.apache
def test_a_topic_that_is_not_compacted_is_warned_of(
    apache_broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(apache_broker)
    wire.publish(1)
    assert "not compacted" not in run_to_the_end(wire, tmp_path)
    policy = {"cleanup.policy": "delete"}
    resource = ConfigResource(ConfigResourceType.TOPIC, wire.topics.extractions, policy)
    with admin_client(apache_broker.bootstrap_servers) as admin:
        admin.alter_configs([resource])
    output = run_to_the_end(wire, tmp_path)
    assert f"Topic {wire.topics.extractions} is not compacted" in output
    assert "Set cleanup.policy to compact" in output


@pytest.mark.apache
def test_the_topic_is_compacted_and_keeps_no_overwritten_text_for_long(
    apache_broker: LocalBroker,
) -> None:
    wire = Wire(apache_broker)
    wish = ConfigResource(ConfigResourceType.TOPIC, wire.topics.extractions)
    with admin_client(apache_broker.bootstrap_servers) as admin:
        found = admin.describe_configs([wish], config_filter="all")["topic"][
            wire.topics.extractions
        ]
    assert found["cleanup.policy"]["value"] == "compact"
    assert found["max.compaction.lag.ms"]["value"] == "86400000"
    assert found["delete.retention.ms"]["value"] == "604800000"
