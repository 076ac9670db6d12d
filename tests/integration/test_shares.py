"""Several processes with one group, each with a share of the wire."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from pipeline.brokers.embedded import EmbeddedBroker
from pipeline.sources.shares import Share
from tests.integration.wire import Wire
from tests.kafka_helpers import committed_offsets, create_topic, read_all
from tests.newswire_process import NewswireProcess

pytestmark = pytest.mark.integration

ARTICLES = 24


def test_each_share_reads_counts_and_commits_its_own_partitions_alone(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker, partitions=5)
    wire.publish(*range(ARTICLES))
    partition_of = {
        message.key.decode(): message.partition
        for message in read_all(embedded_broker.bootstrap_servers, wire.topics.articles)
    }
    expected: set[str] = set()
    committed: set[tuple[str, int]] = set()
    for name, share in (("newswire-1/2", Share(1, 2)), ("0/2", Share(0, 2))):
        own = [number for number in range(5) if share.owns(wire.topics.articles, number)]
        articles = {key for key, number in partition_of.items() if number in own}
        arguments = [*wire.run_arguments, f"--share={name}", "--splits=2", "--until-caught-up"]
        with NewswireProcess(tmp_path, *arguments) as process:
            assert process.wait() == 0, process.output
        assert f"Reading share {share} of" in process.output
        assert f"{len(articles)} of {len(articles)} articles" in process.output
        expected |= articles
        committed |= {(wire.topics.articles, number) for number in own}
        assert wire.article_ids() == expected
        assert committed_offsets(embedded_broker.bootstrap_servers, wire.group_id).keys() == (
            committed
        )
    assert wire.committed == len(expected) == ARTICLES


def test_a_share_without_partitions_waits_for_one_of_its_own(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker)
    names = [f"{wire.prefix}.live.{number}" for number in range(20)]
    own, others = (
        [name for name in names if Share(index, 2).owns(name, 0)][:2] for index in (0, 1)
    )
    servers = embedded_broker.bootstrap_servers
    create_topic(servers, others[0])
    wire.publish_to(others[0], 0)
    arguments = [
        f"--input-topic-pattern={wire.prefix}\\.live\\..*" if "--input-topic=" in each else each
        for each in [*wire.run_arguments, "--share=0/2"]
    ]
    with NewswireProcess(tmp_path, *arguments, "--until-caught-up") as process:
        assert process.wait() == 0, process.output
    assert "None of the 1 partitions belongs to share 0/2" in process.output

    with NewswireProcess(tmp_path, *arguments) as process:
        process.wait_for_output("Running on")
        for number, name in enumerate([others[1], *own], start=1):
            create_topic(servers, name)
            wire.publish_to(name, number)
        process.wait_until(lambda: wire.committed == len(own))
        process.process.send_signal(signal.SIGTERM)
        assert process.wait() == 0, process.output
    assert {topic for topic, _ in committed_offsets(servers, wire.group_id)} == set(own)
    assert wire.article_ids() == {"article-2", "article-3"}
