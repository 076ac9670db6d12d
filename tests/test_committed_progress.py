"""The line of a run whose workers are elsewhere, on a real broker."""

from __future__ import annotations

import io

import pytest
from kafka import OffsetAndMetadata, TopicPartition
from rich.console import Console

from pipeline import committed_progress as module
from pipeline.brokers.embedded import EmbeddedBroker
from pipeline.committed_progress import CommittedProgress
from pipeline.kafka_security import Cluster
from pipeline.sources.kafka import SplitSettings
from tests.integration.wire import Wire
from tests.kafka_helpers import admin_client, produce

pytestmark = pytest.mark.integration


def test_what_is_committed_and_what_comes_onto_the_topics_is_told_and_how_much_is_left(
    embedded_broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.0)
    wire, servers = Wire(embedded_broker, partitions=1), embedded_broker.bootstrap_servers
    wire.publish(*range(5))
    produce(servers, wire.topics.threats, [b"of a run before"])
    source = SplitSettings(Cluster(servers), (wire.topics.articles,), wire.group_id)
    with CommittedProgress(Console(file=io.StringIO()), source, wire.topics) as progress:
        produce(servers, wire.topics.threats, [b"one", b"two"])
        produce(servers, wire.topics.dead_letters, [b"another"])
        with admin_client(servers) as admin:
            read = {TopicPartition(wire.topics.articles, 0): OffsetAndMetadata(3, "", -1)}
            admin.alter_group_offsets(wire.group_id, read)
        line = progress.line()
    assert line.startswith("3 messages committed, ")
    assert ", 2 threats, 0 denials, 1 dead letter, 2 left to commit" in line
