"""Topics for tests of the source, and no connection left behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.brokers.process import LocalBroker
from pipeline.kafka_security import Cluster
from pipeline.sources.commits import COMMITTERS
from pipeline.sources.consumers import CONSUMERS
from pipeline.sources.kafka import (
    SplitSettings,
)
from tests.kafka_helpers import (
    create_topic,
    unique_name,
)


@pytest.fixture(autouse=True)
def _no_connections_left() -> Iterator[None]:
    yield
    CONSUMERS.close_all()
    COMMITTERS.end_all()


@pytest.fixture
def settings(broker: LocalBroker) -> SplitSettings:
    topic = create_topic(broker.bootstrap_servers, unique_name("source"), partitions=2)
    return SplitSettings(
        Cluster(broker.bootstrap_servers), (topic,), group_id=topic, bundle_retry_seconds=15
    )
