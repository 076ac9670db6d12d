"""Records as Kafka messages: topic, key, value and the headers of their origin."""

from __future__ import annotations

from pipeline.messages import SourceMessage
from pipeline.serialization.avro import decode
from pipeline.serialization.messages import output_messages
from pipeline.topics import TopicNames
from tests.record_samples import ACTOR, DENIAL, EXTRACTION, THREAT

SOURCE = SourceMessage("wire.in", 3, 1_200, 1_793_525_400_000, b"nw-17", b"{}")


def test_each_record_goes_to_the_topic_of_its_kind_keyed_by_its_id() -> None:
    messages = output_messages(SOURCE, EXTRACTION, TopicNames("desk"))
    assert [(message.topic, message.key) for message in messages] == [
        ("desk.actors", ACTOR.record_id.encode()),
        ("desk.threats", THREAT.record_id.encode()),
        ("desk.denials", DENIAL.record_id.encode()),
    ]
    assert [decode(message.value or b"") for message in messages] == [ACTOR, THREAT, DENIAL]


def test_headers_say_where_the_article_lies() -> None:
    for message in output_messages(SOURCE, EXTRACTION, TopicNames()):
        assert dict(message.headers) == {
            "newswire-article-id": b"nw-17",
            "newswire-topic": b"wire.in",
            "newswire-partition": b"3",
            "newswire-offset": b"1200",
        }
