"""What is told before anything runs."""

from __future__ import annotations

import pytest

from pipeline.brokers.process import LocalBroker
from pipeline.errors import CommandError
from pipeline.kafka_security import Cluster
from pipeline.preflight import inspect
from pipeline.sinks.kafka import KafkaSinkSettings
from pipeline.sources.kafka import SplitSettings
from pipeline.topics import TopicNames
from tests.kafka_helpers import create_topic, unique_name

pytestmark = pytest.mark.integration

ROOM = 64 * 1024


@pytest.fixture
def topics(broker: LocalBroker) -> TopicNames:
    """Topics of which that for dead letters takes no more than the input does."""
    names = TopicNames(unique_name("preflight"))
    for name in (names.articles, *names.outputs):
        create_topic(broker.bootstrap_servers, name, configs={"max.message.bytes": "100000"})
    return names


def source(broker: LocalBroker, topics: TopicNames) -> SplitSettings:
    return SplitSettings(Cluster(broker.bootstrap_servers), (topics.articles,), topics.prefix)


def test_a_topic_that_may_refuse_dead_letters_is_told_with_both_ways_out(
    broker: LocalBroker, topics: TopicNames
) -> None:
    with pytest.raises(CommandError) as refused:
        inspect(
            source(broker, topics), KafkaSinkSettings(Cluster(broker.bootstrap_servers), topics)
        )
    assert f"max.message.bytes to {100_000 + ROOM}" in refused.value.message
    assert "--dead-letter-dir" in refused.value.message


def test_a_folder_for_what_does_not_fit_is_good_enough(
    broker: LocalBroker, topics: TopicNames
) -> None:
    sink = KafkaSinkSettings(Cluster(broker.bootstrap_servers), topics, dead_letter_dir="letters")
    assert inspect(source(broker, topics), sink).messages == 0


def test_output_topics_need_not_be_there_where_nothing_is_written_to_them(
    broker: LocalBroker,
) -> None:
    topics = TopicNames(unique_name("preflight"))
    create_topic(broker.bootstrap_servers, topics.articles)
    assert inspect(source(broker, topics), None).messages == 0
    with pytest.raises(CommandError, match="topics create"):
        inspect(
            source(broker, topics), KafkaSinkSettings(Cluster(broker.bootstrap_servers), topics)
        )
