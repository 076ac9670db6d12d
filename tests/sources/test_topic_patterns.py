"""Topics under a pattern: which match, and how those that come and go are read."""

from __future__ import annotations

import pickle
import time
from dataclasses import replace

import pytest
from apache_beam.utils.timestamp import MAX_TIMESTAMP
from kafka import TopicPartition

from pipeline.brokers.apache import ApacheKafka
from pipeline.brokers.process import LocalBroker
from pipeline.kafka_security import Cluster
from pipeline.preflight import inspect
from pipeline.sources import consumers
from pipeline.sources.kafka import KafkaCheckpointMark, KafkaReader, KafkaSource, SplitSettings
from pipeline.sources.offsets import Start
from pipeline.sources.topic_patterns import MatchingTopics, matches
from pipeline.topics import TopicNames, create_topics, topic_specs
from tests.kafka_helpers import (
    admin_client,
    committed_offsets,
    create_topic,
    produce,
    unique_name,
)

PATIENCE_SECONDS = 60


@pytest.fixture(autouse=True)
def _short_ages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests need not wait ten seconds for each new topic."""
    monkeypatch.setattr(consumers, "PARTITIONS_MAX_AGE_MS", 1_000)
    monkeypatch.setattr(consumers, "PARTITIONS_SECONDS", 0.5)


@pytest.fixture
def settings(broker: LocalBroker) -> SplitSettings:
    """A pattern that no other test's topics match; nothing matches yet."""
    return settings_on(broker)


def settings_on(broker: LocalBroker) -> SplitSettings:
    name = unique_name("pattern")
    return SplitSettings(
        Cluster(broker.bootstrap_servers),
        topics=(),
        group_id=name,
        bundle_retry_seconds=15,
        topic_pattern=rf"{name}\.[a-z]+",
    )


def make(settings: SplitSettings, kind: str, *values: str, partitions: int = 1) -> str:
    """Makes the topic ``kind`` under the pattern, with these values in its first partition."""
    name = f"{settings.group_id}.{kind}"
    create_topic(settings.cluster.bootstrap_servers, name, partitions=partitions)
    write(settings, name, *values)
    return name


def write(settings: SplitSettings, topic: str, *values: str, partition: int = 0) -> None:
    produce(
        settings.cluster.bootstrap_servers,
        topic,
        [value.encode() for value in values],
        partition=partition,
    )


def reader_of(settings: SplitSettings, mark: KafkaCheckpointMark | None = None) -> KafkaReader:
    return KafkaSource(settings).create_reader(None, mark)


def read(reader: KafkaReader, count: int, *, started: bool = False) -> set[str]:
    """The next ``count`` values, in as many bundles as it takes."""
    values: set[str] = set()
    deadline = time.monotonic() + PATIENCE_SECONDS
    step = reader.advance if started else reader.start
    while len(values) < count and time.monotonic() < deadline:
        if step():
            values.add((reader.get_current().value or b"").decode())
        else:
            reader.get_checkpoint_mark()
        step = reader.advance
    return values


@pytest.mark.parametrize("topic", ["wire.a", "wire.b"])
def test_a_topic_matches_by_its_whole_name(topic: str) -> None:
    assert matches(topic, r"wire\.[a-z]", ())
    assert not matches(f"{topic}.more", r"wire\.[a-z]", ())
    assert not matches(f"old.{topic}", r"wire\.[a-z]", ())


@pytest.mark.parametrize("topic", ["__consumer_offsets", "_schemas", *TopicNames("wire").outputs])
def test_internal_topics_and_what_the_pipeline_writes_never_match(topic: str) -> None:
    assert not matches(topic, ".*", TopicNames("wire").outputs)


@pytest.mark.integration
def test_only_what_may_be_read_is_found_on_a_broker(broker: LocalBroker) -> None:
    names = TopicNames(unique_name("wire"))
    with admin_client(broker.bootstrap_servers) as admin:
        create_topics(admin, topic_specs(names, partitions=2, replication_factor=1))
    committed_offsets(broker.bootstrap_servers, names.prefix)  # makes the broker's internal topic
    found = MatchingTopics(Cluster(broker.bootstrap_servers), ".*", names.outputs)
    try:
        partitions = found.partitions()
    finally:
        found.close()
    topics = {partition.topic for partition in partitions}
    assert not topics & set(names.outputs)
    assert not {topic for topic in topics if topic.startswith("_")}
    assert TopicPartition(names.articles, 1) in partitions


@pytest.mark.integration
def test_topics_that_match_are_read_beside_those_that_are_named(settings: SplitSettings) -> None:
    make(settings, "one", "a")
    make(settings, "two", "b")
    named = create_topic(settings.cluster.bootstrap_servers, unique_name("named"))
    write(settings, named, "c")
    assert read(reader_of(replace(settings, topics=(named,))), 3) == {"a", "b", "c"}


@pytest.mark.integration
def test_a_topic_that_is_named_and_matches_is_read_once(settings: SplitSettings) -> None:
    topic = make(settings, "one", "a", "b")
    reader = reader_of(replace(settings, topics=(topic,)))
    assert read(reader, 2) == {"a", "b"}
    reader.get_checkpoint_mark()
    assert not reader.advance()


@pytest.mark.integration
def test_a_topic_made_later_is_read_from_its_beginning(settings: SplitSettings) -> None:
    make(settings, "one", "old")
    reader = reader_of(replace(settings, start=Start("latest")))
    assert not reader.start()
    make(settings, "two", "first of the new")
    assert read(reader, 1, started=True) == {"first of the new"}


@pytest.mark.integration
def test_a_new_topic_is_found_while_others_never_pause(settings: SplitSettings) -> None:
    busy = make(settings, "busy", "0")
    reader = reader_of(settings)
    assert read(reader, 1) == {"0"}
    make(settings, "new", "new")
    seen: set[str] = set()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while "new" not in seen and time.monotonic() < deadline:
        write(settings, busy, *(str(number) for number in range(50)))
        while reader.advance():
            seen.add((reader.get_current().value or b"").decode())
        # No checkpoint is cut: the bundle has messages and does not wait for more.
    assert "new" in seen


@pytest.mark.integration
def test_where_nothing_matches_yet_the_first_topic_is_waited_for(settings: SplitSettings) -> None:
    reader = reader_of(replace(settings, start=Start("latest")))
    assert not reader.start()
    assert reader.get_watermark() < MAX_TIMESTAMP, "it is not the end"
    mark = reader.get_checkpoint_mark()
    make(settings, "one", "a")
    # Runners make readers anew: one that resumes where there was no topic yet misses nothing.
    assert read(reader_of(replace(settings, start=Start("latest")), mark), 1) == {"a"}


@pytest.mark.integration
def test_nothing_that_matches_is_no_error_before_a_run(
    settings: SplitSettings, caplog: pytest.LogCaptureFixture
) -> None:
    backlog = inspect(settings, None)
    assert (backlog.ends, backlog.messages) == ((), 0)
    assert "one that is made later is read then" in caplog.text
    topic = make(settings, "one", "a", "b")
    backlog = inspect(settings, None)
    assert (backlog.ends, backlog.messages) == (((topic, 0, 2),), 2)


@pytest.mark.integration
def test_reading_until_caught_up_leaves_topics_made_later_alone(settings: SplitSettings) -> None:
    topic = make(settings, "one", "a")
    reader = reader_of(replace(settings, until=((topic, 0, 1),)))
    make(settings, "two", "later")
    assert read(reader, 1) == {"a"}
    assert not reader.advance()
    assert reader.get_watermark() == MAX_TIMESTAMP
    assert reader.get_checkpoint_mark().offsets == {TopicPartition(topic, 0): 1}


@pytest.mark.integration
def test_reading_until_caught_up_ends_at_once_where_nothing_matches(
    settings: SplitSettings,
) -> None:
    reader = reader_of(replace(settings, until=()))
    assert not reader.start()
    assert reader.get_watermark() == MAX_TIMESTAMP


@pytest.mark.integration
@pytest.mark.needs("create_partitions")
def test_partitions_added_to_a_matching_topic_go_to_the_split_of_their_number(
    settings: SplitSettings,
) -> None:
    topic = make(settings, "one", "zero")
    readers = [reader_of(replace(settings, splits=2, split=number)) for number in (0, 1)]
    assert read(readers[0], 1) == {"zero"}
    assert not readers[1].start()
    with admin_client(settings.cluster.bootstrap_servers) as admin:
        admin.create_partitions({topic: 3})
        admin.wait_for_topics([topic])
    write(settings, topic, "one", partition=1)
    write(settings, topic, "two", partition=2)
    assert read(readers[1], 1, started=True) == {"one"}
    assert read(readers[0], 1, started=True) == {"two"}


@pytest.mark.apache
@pytest.mark.integration
def test_a_deleted_topic_is_let_go_and_the_others_are_read_on(apache_broker: ApacheKafka) -> None:
    # Tansu makes a topic anew when anybody asks for it.
    settings = settings_on(apache_broker)
    gone, stays = make(settings, "gone", "a"), make(settings, "stays", "b")
    reader = reader_of(settings)
    assert read(reader, 2) == {"a", "b"}
    with admin_client(settings.cluster.bootstrap_servers) as admin:
        admin.delete_topics([gone])
    deadline = time.monotonic() + PATIENCE_SECONDS
    while TopicPartition(gone, 0) in reader.offsets and time.monotonic() < deadline:
        reader.get_checkpoint_mark()
        assert not reader.advance()
    assert reader.get_checkpoint_mark().offsets == {TopicPartition(stays, 0): 1}
    write(settings, stays, "c")
    assert read(reader, 1, started=True) == {"c"}


def test_pattern_and_exclusions_are_stored_with_the_source() -> None:
    settings = SplitSettings(
        Cluster("kafka:9092"),
        (),
        "g",
        topic_pattern=r"wire\..*",
        excluded_topics=("newswire.actors",),
    )
    assert pickle.loads(pickle.dumps(KafkaSource(settings))).settings == settings
