"""The sink by its promise: what `confirm` returns from is on the broker."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import tenacity
from kafka.admin import ConfigResource, ConfigResourceType

from pipeline.brokers.apache import ApacheKafka
from pipeline.brokers.embedded import EmbeddedBroker
from pipeline.brokers.process import LocalBroker
from pipeline.kafka_security import Cluster
from pipeline.messages import DeadLetter, Encoded, OutputMessage, SourceMessage
from pipeline.outages import Unavailable
from pipeline.sinks.kafka import (
    BATCH_OVERHEAD_BYTES,
    SEND_SECONDS,
    KafkaSink,
    KafkaSinkSettings,
    size_in_bytes,
)
from pipeline.topics import TopicNames
from tests.kafka_helpers import admin_client, create_topic, read_all, unique_name
from tests.record_samples import EXTRACTION

pytestmark = pytest.mark.integration

LIMIT = 10_000


@pytest.fixture
def topics() -> TopicNames:
    return TopicNames(unique_name("sink"))


@pytest.fixture
def topic(broker: LocalBroker, topics: TopicNames) -> str:
    create_topic(broker.bootstrap_servers, topics.dead_letters)
    limit = {"max.message.bytes": str(LIMIT)}
    return create_topic(broker.bootstrap_servers, topics.actors, configs=limit)


@pytest.fixture
def sink(broker: LocalBroker, topic: str, topics: TopicNames) -> Iterator[KafkaSink]:
    made = KafkaSink(
        KafkaSinkSettings(Cluster(broker.bootstrap_servers), topics, bundle_retry_seconds=5)
    )
    yield made
    made.close()


def test_confirmed_messages_are_on_the_broker(
    broker: LocalBroker, sink: KafkaSink, topic: str
) -> None:
    messages = [OutputMessage(topic, b"k%d" % n, b"v%d" % n, (("h", b"x"),)) for n in range(50)]
    sink.confirm([sink.send(message) for message in messages])
    found = {
        (bytes(record.key), bytes(record.value), tuple(record.headers))
        for record in read_all(broker.bootstrap_servers, topic)
    }
    assert found == {(message.key, message.value, message.headers) for message in messages}


def test_a_long_bundle_sends_before_its_end_what_has_come_together(
    broker: LocalBroker, sink: KafkaSink, topic: str
) -> None:
    source = SourceMessage("wire", 0, 0, 0, b"k", b"v")
    bundle = sink.begin()
    bundle.write(Encoded(source, EXTRACTION, (OutputMessage(topic, b"1", b"first"),)))
    time.sleep(SEND_SECONDS)
    bundle.write(Encoded(source, EXTRACTION, (OutputMessage(topic, b"2", b"second"),)))
    arrived = tenacity.Retrying(
        retry=tenacity.retry_if_result(lambda count: count < 2), stop=tenacity.stop_after_delay(30)
    )
    assert arrived(lambda: len(read_all(broker.bootstrap_servers, topic))) == 2
    bundle.confirm()


def test_a_message_without_key_and_value_can_be_written(
    broker: LocalBroker, sink: KafkaSink, topic: str
) -> None:
    sink.confirm([sink.send(OutputMessage(topic, None, None))])
    [record] = read_all(broker.bootstrap_servers, topic)
    assert (record.key, bytes(record.value)) == (None, b"")


def test_what_the_topic_would_refuse_does_not_fit(sink: KafkaSink, topic: str) -> None:
    assert sink.fits(OutputMessage(topic, b"k", b"x" * (LIMIT - BATCH_OVERHEAD_BYTES - 1)))
    assert not sink.fits(OutputMessage(topic, b"k", b"x" * LIMIT))


@pytest.mark.needs("enforces_size_limit")
@pytest.mark.parametrize("headers", [(), (("a" * 300, b"b" * 300),) * 8])
def test_the_largest_message_that_fits_is_accepted(
    broker: LocalBroker, sink: KafkaSink, topic: str, headers: tuple[tuple[str, bytes], ...]
) -> None:
    empty = OutputMessage(topic, b"k", b"", headers)
    largest = OutputMessage(topic, b"k", b"x" * (LIMIT - size_in_bytes(empty)), headers)
    assert sink.fits(largest)
    sink.confirm([sink.send(largest)])
    assert len(read_all(broker.bootstrap_servers, topic)) == 1


@pytest.mark.needs("enforces_size_limit")
def test_a_refusal_fails_the_bundle_and_the_next_one_is_written(
    broker: LocalBroker, sink: KafkaSink, topic: str
) -> None:
    sink.confirm([sink.send(OutputMessage(topic, b"k", b"before"))])
    resource = ConfigResource(ConfigResourceType.TOPIC, topic, {"max.message.bytes": "500"})
    with admin_client(broker.bootstrap_servers) as admin:
        admin.alter_configs([resource])
    too_large = OutputMessage(topic, b"k", b"x" * 5_000)
    assert sink.fits(too_large), "the limit was lowered behind the sink's back"
    with pytest.raises(Unavailable, match="not acknowledged"):
        sink.confirm([sink.send(too_large)])

    assert not sink.fits(too_large), "a new producer looks at the limit again"
    sink.confirm([sink.send(OutputMessage(topic, b"k", b"after"))])
    written = [bytes(record.value) for record in read_all(broker.bootstrap_servers, topic)]
    assert written == [b"before", b"after"]


def test_a_record_that_its_topic_would_refuse_becomes_a_dead_letter_and_the_others_are_written(
    broker: LocalBroker, sink: KafkaSink, topic: str, topics: TopicNames
) -> None:
    article = SourceMessage("articles", 0, 5, 1_700_000_000_000, b"id", b"the article")
    large = OutputMessage(topic, b"large", b"x" * LIMIT)
    small = OutputMessage(topic, b"small", b"x")
    bundle = sink.begin()
    [letter] = bundle.write(Encoded(article, EXTRACTION, (large, small)))
    bundle.confirm()
    assert isinstance(letter, DeadLetter)
    assert letter.failure.reason == "record-too-large"
    assert [record.key for record in read_all(broker.bootstrap_servers, topic)] == [b"small"]
    [dead] = read_all(broker.bootstrap_servers, topics.dead_letters)
    assert bytes(dead.value) == b"the article"


def test_a_broker_that_is_gone_fails_the_bundle() -> None:
    with EmbeddedBroker() as broker:
        topics = TopicNames(unique_name("sink"))
        topic = create_topic(broker.bootstrap_servers, topics.actors)
        sink = KafkaSink(KafkaSinkSettings(Cluster(broker.bootstrap_servers), topics, 1))
        sink.confirm([sink.send(OutputMessage(topic, b"k", b"v"))])
        broker.kill()
        with pytest.raises(Unavailable):
            sink.confirm([sink.send(OutputMessage(topic, b"k", b"v"))])
        sink.close()


@pytest.mark.apache
def test_a_missing_topic_fails_the_bundle_and_is_not_made(apache_broker: ApacheKafka) -> None:
    topics = TopicNames(unique_name("missing"))
    topic = topics.actors
    sink = KafkaSink(KafkaSinkSettings(Cluster(apache_broker.bootstrap_servers), topics, 1))
    with pytest.raises(Unavailable):
        sink.confirm([sink.send(OutputMessage(topic, b"k", b"v"))])
    sink.close()
    with admin_client(apache_broker.bootstrap_servers) as admin:
        assert topic not in admin.list_topics()
