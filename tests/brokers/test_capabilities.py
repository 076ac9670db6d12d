"""The table of what a broker can do, held against the real brokers: each field, both ways."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from dataclasses import fields

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from pipeline.brokers.apache import ApacheKafka
from pipeline.brokers.capabilities import Capabilities
from pipeline.brokers.embedded import EmbeddedBroker
from pipeline.brokers.process import LocalBroker
from pipeline.kafka_clients import client_settings
from pipeline.kafka_security import Cluster
from tests.kafka_helpers import admin_client, create_topic, produce, unique_name

pytestmark = pytest.mark.integration

HOUR_MS = 60 * 60 * 1000


def creates_partitions(servers: str) -> bool:
    topic = create_topic(servers, unique_name("grows"))
    with admin_client(servers) as admin:
        try:
            admin.create_partitions({topic: 3})
            admin.wait_for_topics([topic])
        except KafkaError:
            return False
        # The broker takes the wish, and its metadata follows.
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            (found,) = admin.describe_topics([topic])
            if len(found["partitions"]) == 3:
                return True
            time.sleep(0.2)
        return False


def knows_the_end(servers: str) -> bool:
    topic = create_topic(servers, unique_name("ends"))
    produce(servers, topic, [b"1", b"2", b"3"])
    part = TopicPartition(topic, 0)
    consumer = KafkaConsumer(**client_settings(Cluster(servers), role="test"))
    try:
        return bool(consumer.end_offsets([part])[part] == 3)
    finally:
        consumer.close()


def finds_offsets_for_times(servers: str) -> bool:
    topic = create_topic(servers, unique_name("times"))
    part = TopicPartition(topic, 0)
    now = int(time.time() * 1000)
    for age in (3, 2, 1):
        produce(servers, topic, [b"x"], timestamp_ms=now - age * HOUR_MS)
    consumer = KafkaConsumer(**client_settings(Cluster(servers), role="test"))
    try:
        found = consumer.offsets_for_times({part: now - 2 * HOUR_MS})[part]
        return found is not None and found.offset == 1
    finally:
        consumer.close()


def limits_the_size(servers: str) -> bool:
    limit = {"max.message.bytes": "2000"}
    topic = create_topic(servers, unique_name("small"), configs=limit)
    return is_refused(servers, topic, b"x" * 3_000)


def limits_the_timestamp(servers: str) -> bool:
    topic = create_topic(servers, unique_name("ahead"))
    ahead = int(time.time() * 1000) + 2 * HOUR_MS
    return is_refused(servers, topic, b"x", timestamp_ms=ahead)


def is_refused(servers: str, topic: str, value: bytes, **attributes: int) -> bool:
    try:
        produce(servers, topic, [value], **attributes)
    except KafkaError:
        return True
    return False


PROBES: dict[str, Callable[[str], bool]] = {
    "create_partitions": creates_partitions,
    "end_offsets": knows_the_end,
    "offsets_for_times": finds_offsets_for_times,
    "enforces_size_limit": limits_the_size,
    "enforces_timestamp_limit": limits_the_timestamp,
}


@pytest.mark.parametrize("capability", PROBES)
def test_the_table_says_what_the_broker_does(broker: LocalBroker, capability: str) -> None:
    stated = getattr(broker.capabilities, capability)
    assert PROBES[capability](broker.bootstrap_servers) is stated


def test_kcat_can_talk_to_the_broker_where_the_table_says_so(
    kcat: str, broker: LocalBroker
) -> None:
    version = subprocess.run([kcat, "-V"], capture_output=True, text=True).stdout
    if "librdkafka 2.0." not in version:
        pytest.skip("kcat: built on another librdkafka than the table speaks of")
    ask = [kcat, "-b", broker.bootstrap_servers, "-L", "-m", "2"]
    answered = subprocess.run(ask, capture_output=True, timeout=30).returncode == 0
    assert answered is broker.capabilities.serves_librdkafka_2_0


def test_the_embedded_broker_forgets_at_a_restart_as_the_table_says() -> None:
    with EmbeddedBroker() as broker:
        topic = create_topic(broker.bootstrap_servers, "news")
        produce(broker.bootstrap_servers, topic, [b"gone"])
        broker.stop()
        broker.start()
        with admin_client(broker.bootstrap_servers) as admin:
            kept = topic in admin.list_topics()
    assert kept is broker.capabilities.survives_restart


def test_every_capability_is_held_against_the_brokers() -> None:
    # That Apache Kafka survives a restart is tested in test_apache.py.
    assert ApacheKafka.capabilities.survives_restart
    tested = {*PROBES, "survives_restart", "serves_librdkafka_2_0"}
    assert {field.name for field in fields(Capabilities)} == tested
