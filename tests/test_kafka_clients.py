"""One set of connection settings fits every client, and waits no longer than a bundle may."""

from __future__ import annotations

import gc
import logging
import os
import threading
import time
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError, TopicAuthorizationFailedError

from pipeline.brokers.embedded import EmbeddedBroker
from pipeline.brokers.process import free_port
from pipeline.kafka_clients import client_settings, explain
from pipeline.kafka_security import Cluster


@pytest.mark.integration
@pytest.mark.parametrize("client", [KafkaConsumer, KafkaProducer, KafkaAdminClient])
def test_every_kind_of_client_takes_the_settings(
    embedded_broker: EmbeddedBroker, client: Any
) -> None:
    made = client(**client_settings(Cluster(embedded_broker.bootstrap_servers), role="check"))
    try:
        assert made.config["client_id"] == "newswire-check"
    finally:
        made.close()


@pytest.mark.parametrize("client", [KafkaConsumer, KafkaProducer, KafkaAdminClient])
def test_a_client_that_finds_no_broker_leaves_no_thread_and_no_socket_behind(
    client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    # What is logged holds on to the sockets that it is about.
    caplog.set_level(logging.CRITICAL, logger="kafka")
    settings = client_settings(Cluster(f"127.0.0.1:{free_port()}"), role="check")
    before = threading.active_count(), open_files()
    for _ in range(5):
        with pytest.raises(KafkaError):
            client(**settings | {"bootstrap_timeout_ms": 50})
    assert (threading.active_count(), open_files()) == before


def open_files() -> int:
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.integration
def test_a_second_server_is_asked_where_the_first_is_away(embedded_broker: EmbeddedBroker) -> None:
    servers = f"127.0.0.1:{free_port()},{embedded_broker.bootstrap_servers}"
    KafkaAdminClient(**client_settings(Cluster(servers), role="check")).close()


@pytest.mark.integration
def test_a_client_finds_a_broker_that_was_away_within_seconds() -> None:
    broker = EmbeddedBroker()
    with (
        broker,
        KafkaAdminClient(**client_settings(Cluster(broker.bootstrap_servers), role="c")) as admin,
    ):
        broker.stop()
        with pytest.raises(KafkaError):
            admin.describe_cluster()
        broker.start()
        back = time.monotonic()
        while True:
            try:
                admin.describe_cluster()
                break
            except KafkaError:
                assert time.monotonic() - back < 10


def test_a_refusal_is_told_apart_from_a_broker_that_is_away() -> None:
    refused = explain(TopicAuthorizationFailedError("newswire.articles"), Cluster("kafka:9092"))
    assert "kafka:9092 says no" in refused
    assert "newswire.articles" in refused
