"""Partitions that a topic gets while it is read, on the runner that is given."""

from __future__ import annotations

import pytest

from pipeline.brokers.process import LocalBroker
from tests.integration.wire import Wire
from tests.kafka_helpers import admin_client, produce
from tests.numbered_articles import numbered_article
from tests.runner.conftest import Start
from tests.runner.under_test import wait_for

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.mark.needs("create_partitions")
def test_a_partition_that_is_added_is_read_from_its_beginning(
    broker: LocalBroker, start: Start
) -> None:
    wire = Wire(broker, partitions=1)
    wire.publish(0)
    with start(wire, "--auto-offset-reset=earliest") as run:
        wait_for(lambda: wire.committed == 1, run)
        with admin_client(broker.bootstrap_servers) as admin:
            admin.create_partitions({wire.topics.articles: 2})
        key, value = numbered_article(1)
        produce(broker.bootstrap_servers, wire.topics.articles, [value], keys=[key], partition=1)
        wait_for(lambda: wire.committed == 2, run)
        run.process.terminate()
        assert run.wait() == 0, run.output
    assert wire.article_ids() == {"article-0", "article-1"}
