"""Apache Kafka as the tests use it: settings, restarts with the data kept, one end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from kafka.errors import MessageSizeTooLargeError

from pipeline.brokers import apache
from pipeline.brokers.apache import ApacheKafka
from tests.kafka_helpers import create_topic, produce, read_all

pytestmark = [pytest.mark.apache, pytest.mark.integration]


@pytest.fixture(scope="module")
def own_broker() -> Iterator[ApacheKafka]:
    """One that may be stopped, with a setting of our own."""
    reason = apache.unavailable_because()
    if reason:
        pytest.skip(f"Apache Kafka: {reason}")
    with ApacheKafka(settings={"message.max.bytes": "2000"}) as broker:
        yield broker


@pytest.mark.parametrize("end", [ApacheKafka.stop, ApacheKafka.kill])
def test_messages_and_address_are_the_same_after_a_restart(
    own_broker: ApacheKafka, end: Callable[[ApacheKafka], None]
) -> None:
    address = own_broker.bootstrap_servers
    topic = create_topic(address, f"kept.{end.__name__}")
    produce(address, topic, [b"still here"])
    end(own_broker)
    assert not own_broker.running
    own_broker.start()
    assert own_broker.bootstrap_servers == address
    assert [message.value for message in read_all(address, topic)] == [b"still here"]


def test_settings_given_reach_the_broker(own_broker: ApacheKafka) -> None:
    topic = create_topic(own_broker.bootstrap_servers, "small")
    with pytest.raises(MessageSizeTooLargeError):
        produce(own_broker.bootstrap_servers, topic, [b"x" * 3_000])


def test_a_broker_that_does_not_start_says_why() -> None:
    reason = apache.unavailable_because()
    if reason:
        pytest.skip(f"Apache Kafka: {reason}")
    broker = ApacheKafka(settings={"process.roles": "teapot"})
    try:
        with pytest.raises(apache.BrokerError, match="teapot"):
            broker.start()
    finally:
        broker.close()


def test_without_java_the_reason_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert apache.unavailable_because.__wrapped__() == "java not found"
