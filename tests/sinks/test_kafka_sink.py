"""The sink by its promise: what `confirm` returns from is on the broker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kafka.admin import ConfigResource, ConfigResourceType

from pipeline.brokers.apache import ApacheKafka
from pipeline.brokers.embedded import EmbeddedBroker
from pipeline.brokers.process import LocalBroker
from pipeline.messages import OutputMessage
from pipeline.outages import Unavailable
from pipeline.sinks.kafka import BATCH_OVERHEAD_BYTES, KafkaSink, SinkSettings, size_in_bytes
from tests.kafka_helpers import admin_client, create_topic, read_all, unique_name

pytestmark = pytest.mark.integration

LIMIT = 10_000


@pytest.fixture
def topic(broker: LocalBroker) -> str:
    name = unique_name("sink")
    return create_topic(broker.bootstrap_servers, name, configs={"max.message.bytes": str(LIMIT)})


@pytest.fixture
def sink(broker: LocalBroker, topic: str) -> Iterator[KafkaSink]:
    made = KafkaSink(SinkSettings(broker.bootstrap_servers, (topic,), bundle_retry_seconds=5))
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


def test_a_broker_that_is_gone_fails_the_bundle() -> None:
    with EmbeddedBroker() as broker:
        topic = create_topic(broker.bootstrap_servers, unique_name("sink"))
        sink = KafkaSink(SinkSettings(broker.bootstrap_servers, (topic,), 1))
        sink.confirm([sink.send(OutputMessage(topic, b"k", b"v"))])
        broker.kill()
        with pytest.raises(Unavailable):
            sink.confirm([sink.send(OutputMessage(topic, b"k", b"v"))])
        sink.close()


@pytest.mark.apache
def test_a_missing_topic_fails_the_bundle_and_is_not_made(apache_broker: ApacheKafka) -> None:
    topic = unique_name("missing")
    sink = KafkaSink(SinkSettings(apache_broker.bootstrap_servers, (topic,), 1))
    with pytest.raises(Unavailable):
        sink.confirm([sink.send(OutputMessage(topic, b"k", b"v"))])
    sink.close()
    with admin_client(apache_broker.bootstrap_servers) as admin:
        assert topic not in admin.list_topics()
