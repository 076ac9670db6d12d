"""Records as Kafka messages: topic, key, value and the headers of their origin."""

from __future__ import annotations

from pipeline.messages import SourceMessage
from pipeline.records import Extraction, ExtractionStatus
from pipeline.serialization.avro import decode
from pipeline.serialization.messages import output_messages
from pipeline.topics import TopicNames
from tests.record_samples import ACTOR, DENIAL, EXTRACTION, PROVENANCE, THREAT

SOURCE = SourceMessage("wire.in", 3, 1_200, 1_793_525_400_000, b"nw-17", b"{}")


LINEAGE = {
    "newswire-article-id": b"nw-17",
    "newswire-topic": b"wire.in",
    "newswire-partition": b"3",
    "newswire-offset": b"1200",
}


def test_each_record_goes_to_the_topic_of_its_kind_keyed_by_its_id() -> None:
    *messages, _ = output_messages(SOURCE, EXTRACTION, TopicNames("desk"))
    assert [(message.topic, message.key) for message in messages] == [
        ("desk.actors", ACTOR.record_id.encode()),
        ("desk.threats", THREAT.record_id.encode()),
        ("desk.denials", DENIAL.record_id.encode()),
    ]
    assert [decode(message.value or b"") for message in messages] == [ACTOR, THREAT, DENIAL]


def test_all_of_an_article_goes_to_the_topic_of_extractions_keyed_by_the_article() -> None:
    *_, message = output_messages(SOURCE, EXTRACTION, TopicNames("desk"))
    assert (message.topic, message.key) == ("desk.extractions", b"nw-17")
    assert decode(message.value or b"") == EXTRACTION
    assert dict(message.headers) == LINEAGE | {
        "newswire-revision": b"1",
        "newswire-status": b"USABLE",
    }


def test_an_article_in_which_nothing_was_found_is_an_extraction_too() -> None:
    empty = Extraction(PROVENANCE)
    [message] = output_messages(SOURCE, empty, TopicNames())
    assert decode(message.value or b"") == empty


def test_a_withdrawal_is_a_value_without_records() -> None:
    [message] = output_messages(SOURCE, Extraction(PROVENANCE, skipped="withdrawn"), TopicNames())
    found = decode(message.value or b"")
    assert (found.status, found.records) == (ExtractionStatus.WITHDRAWN, ())
    assert dict(message.headers)["newswire-status"] == b"WITHDRAWN"


def test_an_article_skipped_for_its_language_changes_nothing() -> None:
    skipped = Extraction(PROVENANCE, skipped="language fr")
    assert output_messages(SOURCE, skipped, TopicNames()) == ()


def test_the_same_article_gives_the_same_bytes() -> None:
    once, again = (output_messages(SOURCE, EXTRACTION, TopicNames()) for _ in range(2))
    assert once == again


def test_headers_say_where_the_article_lies() -> None:
    for message in output_messages(SOURCE, EXTRACTION, TopicNames()):
        assert dict(message.headers).items() >= LINEAGE.items()
