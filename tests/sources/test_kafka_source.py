"""The source by its contract: where it begins, resumes and ends, and when it commits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import zstandard
from apache_beam.utils.timestamp import MAX_TIMESTAMP, Timestamp
from kafka import KafkaProducer, TopicPartition
from kafka.codec import zstd_decode

from pipeline.brokers.process import LocalBroker
from pipeline.kafka_security import Cluster
from pipeline.messages import SourceMessage
from pipeline.sources.commits import COMMITTERS, RENEWAL_SECONDS, OffsetCommitter
from pipeline.sources.consumers import CONSUMERS
from pipeline.sources.kafka import (
    KafkaCheckpointMarkCoder,
    KafkaSource,
    SplitSettings,
)
from pipeline.sources.offsets import Start
from pipeline.sources.shares import Share
from pipeline.stopping import STOPPING
from tests.kafka_helpers import (
    admin_client,
    committed_offsets,
    create_topic,
    produce,
    unique_name,
)
from tests.sources.kafka_reading import read, reader_of, values, write

pytestmark = pytest.mark.integration


def test_a_message_comes_whole_with_its_place(broker: LocalBroker) -> None:
    topic = create_topic(broker.bootstrap_servers, unique_name("source"))
    settings = SplitSettings(Cluster(broker.bootstrap_servers), (topic,), group_id=topic)
    produce(
        broker.bootstrap_servers,
        topic,
        [b"\x00\xff"],
        keys=[b"key"],
        headers=[("h", b"1"), ("h", b"2")],
        timestamp_ms=1_700_000_000_123,
    )
    reader = reader_of(settings)
    [message] = read(reader, 1)
    assert message == SourceMessage(
        topic=topic,
        partition=0,
        offset=0,
        timestamp_ms=1_700_000_000_123,
        key=b"key",
        value=b"\x00\xff",
        headers=(("h", b"1"), ("h", b"2")),
    )
    assert reader.get_current_timestamp() == Timestamp(1_700_000_000.123)


def test_a_new_group_begins_with_the_earliest_message(settings: SplitSettings) -> None:
    write(settings, "a", "b")
    write(settings, "c", partition=1)
    assert values(read(reader_of(settings), 3)) == ["a", "b", "c"]


def test_latest_begins_with_what_is_written_after_the_start(settings: SplitSettings) -> None:
    write(settings, "old one", "old two")
    reader = reader_of(replace(settings, start=Start("latest")))
    assert not reader.start()
    write(settings, "new")
    assert values(read(reader, 1)) == ["new"]


def test_what_comes_after_a_start_at_the_latest_is_read_though_its_bundle_failed(
    settings: SplitSettings,
) -> None:
    write(settings, "old", partition=0)
    settings = replace(settings, start=Start("latest"))
    failed = reader_of(settings)
    assert not failed.start()
    write(settings, "new", partition=0)
    assert values(read(failed, 1)) == ["new"]  # and nothing of it is finalized
    CONSUMERS.close_all()
    COMMITTERS.end_all()
    write(settings, "newer", partition=1)
    assert values(read(reader_of(settings), 2)) == ["new", "newer"]


@pytest.mark.needs("create_partitions")
def test_a_partition_added_while_nobody_read_is_read_from_its_beginning(
    settings: SplitSettings,
) -> None:
    settings = replace(settings, start=Start("latest"))
    write(settings, "old")
    assert not reader_of(settings).start()
    CONSUMERS.close_all()
    COMMITTERS.end_all()
    with admin_client(settings.cluster.bootstrap_servers) as admin:
        admin.create_partitions({settings.topics[0]: 3})
        admin.wait_for_topics([settings.topics[0]])
    write(settings, "new", partition=2)
    # Also by a split that has none of the older partitions.
    [*_, last] = KafkaSource(replace(settings, splits=3)).split(20)
    assert values(read(reader_of(last.settings), 1)) == ["new"]


@pytest.mark.needs("offsets_for_times")
def test_start_at_begins_with_the_first_message_of_that_time(settings: SplitSettings) -> None:
    begin = 1_700_000_000_000
    for number in range(4):
        produce(
            settings.cluster.bootstrap_servers,
            settings.topics[0],
            [str(number).encode()],
            partition=0,
            timestamp_ms=begin + number * 1_000,
        )
    reader = reader_of(replace(settings, start=Start("time", begin + 1_500)))
    assert values(read(reader, 2)) == ["2", "3"]


def test_resume_starts_after_the_checkpoint_mark(settings: SplitSettings) -> None:
    write(settings, *"abcd")
    first = reader_of(settings)
    assert values(read(first, 2)) == ["a", "b"]
    mark = first.get_checkpoint_mark()
    read(first, 2)
    coder = KafkaCheckpointMarkCoder()
    assert values(read(reader_of(settings, coder.decode(coder.encode(mark))), 2)) == ["c", "d"]


def test_resume_starts_after_the_last_finalized_offset(settings: SplitSettings) -> None:
    write(settings, *"abcd")
    first = reader_of(settings)
    read(first, 3)
    first.get_checkpoint_mark().finalize_checkpoint()
    read(first, 1)  # read, and never finalized
    CONSUMERS.close_all()
    assert values(read(reader_of(settings), 1)) == ["d"]


def test_what_was_fetched_but_not_handed_out_is_not_lost_with_its_reader(
    settings: SplitSettings,
) -> None:
    write(settings, *"abcdef")
    first = reader_of(settings)
    assert values(read(first, 1)) == ["a"]
    second = reader_of(settings, first.get_checkpoint_mark())
    assert values(read(second, 5)) == ["b", "c", "d", "e", "f"]


def test_two_readers_of_one_split_each_stand_where_they_stand(settings: SplitSettings) -> None:
    write(settings, *"abcd")
    ahead = reader_of(settings)
    assert values(read(ahead, 3)) == ["a", "b", "c"]
    behind = reader_of(settings)
    assert values(read(behind, 2)) == ["a", "b"]
    assert values(read(ahead, 1)) == ["d"]
    assert values(read(behind, 2)) == ["c", "d"]


def test_splits_share_the_partitions_and_none_is_read_twice(settings: SplitSettings) -> None:
    write(settings, "even", partition=0)
    write(settings, "odd", partition=1)
    splits = list(KafkaSource(replace(settings, splits=3)).split(20))
    found = []
    for split in splits:
        reader = reader_of(split.settings)
        found.append(values(read(reader, 1, seconds=1.5)))
    assert found == [["even"], ["odd"], []]


@pytest.mark.parametrize("divided", [{"share": Share(0, 2)}, {"splits": 2}])
def test_latest_is_the_end_for_a_share_or_split_too_that_begins_after_the_other(
    settings: SplitSettings, divided: dict[str, Any]
) -> None:
    latest = replace(settings, start=Start("latest"), **divided)
    other = {"share": Share(1, 2)} if "share" in divided else {"split": 1}
    for partition in range(2):
        write(settings, "old", partition=partition)
    readers = []
    for each in (latest, replace(latest, **other)):
        reader = reader_of(each)
        assert not reader.start()
        reader.get_checkpoint_mark().finalize_checkpoint()
        readers.append(reader)
    for partition in range(2):
        write(settings, f"new {partition}", partition=partition)
    found = [values(read(reader, 1)) for reader in readers]
    assert sorted(found) == [["new 0"], ["new 1"]]


def test_offsets_are_committed_when_a_mark_is_finalized_and_not_before(
    settings: SplitSettings,
) -> None:
    write(settings, *"abc")
    reader = reader_of(settings)
    read(reader, 2)
    mark = reader.get_checkpoint_mark()
    place = (settings.topics[0], 0)
    assert place not in committed_offsets(settings.cluster.bootstrap_servers, settings.group_id)
    mark.finalize_checkpoint()
    assert committed_offsets(settings.cluster.bootstrap_servers, settings.group_id)[place] == 2


def test_a_mark_finalized_late_does_not_take_the_group_back(settings: SplitSettings) -> None:
    write(settings, *"abc")
    reader = reader_of(settings)
    read(reader, 1)
    early = reader.get_checkpoint_mark()
    read(reader, 2)
    reader.get_checkpoint_mark().finalize_checkpoint()
    early.finalize_checkpoint()
    found = committed_offsets(settings.cluster.bootstrap_servers, settings.group_id)
    assert found[settings.topics[0], 0] == 3


def test_an_offset_that_does_not_move_is_committed_again_after_a_day(
    settings: SplitSettings,
) -> None:
    now = 1_000.0
    servers, group_id, place = (
        settings.cluster.bootstrap_servers,
        settings.group_id,
        (settings.topics[0], 0),
    )
    committer = OffsetCommitter(Cluster(servers), group_id, clock=lambda: now)
    offsets = {TopicPartition(*place): 3}
    committer.commit(offsets)
    # Stands for what a broker does with an offset that was not committed for a week.
    OffsetCommitter(Cluster(servers), group_id).commit({TopicPartition(*place): 0})
    assert committer.commit(offsets)
    assert committed_offsets(servers, group_id)[place] == 0, "not at each bundle"
    now += RENEWAL_SECONDS
    assert committer.commit({TopicPartition(*place): 2})
    assert committed_offsets(servers, group_id)[place] == 0, "a late mark renews nothing"
    assert committer.commit(offsets)
    assert committed_offsets(servers, group_id)[place] == 3


def test_reading_until_given_ends_stops_there_for_good(settings: SplitSettings) -> None:
    write(settings, *"abc")
    topic = settings.topics[0]
    reader = reader_of(replace(settings, until=((topic, 0, 2), (topic, 1, 0))))
    assert values(read(reader, 3, seconds=1.5)) == ["a", "b"]
    assert reader.get_watermark() == MAX_TIMESTAMP
    assert reader.get_checkpoint_mark().offsets == {
        TopicPartition(topic, 0): 2,
        TopicPartition(topic, 1): 0,
    }


def test_stopping_makes_a_reader_report_its_end(settings: SplitSettings) -> None:
    write(settings, *"abc")
    reader = reader_of(settings)
    read(reader, 1)
    STOPPING.set()
    try:
        assert not reader.advance()
        assert reader.get_watermark() == MAX_TIMESTAMP
    finally:
        STOPPING.clear()
    assert reader.get_checkpoint_mark().offsets[TopicPartition(settings.topics[0], 0)] == 1


def test_a_missing_topic_is_named_in_the_error(broker: LocalBroker) -> None:
    from pipeline.outages import Unavailable

    settings = SplitSettings(
        Cluster(broker.bootstrap_servers), ("no-such-topic",), "g", bundle_retry_seconds=0.5
    )
    with pytest.raises(Unavailable, match="no-such-topic"):
        reader_of(settings).start()


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
def test_messages_of_producers_with_any_compression_are_read(
    settings: SplitSettings, codec: str
) -> None:
    producer = KafkaProducer(
        bootstrap_servers=settings.cluster.bootstrap_servers,
        compression_type=codec,
        batch_size=4_000_000,
        max_request_size=4_000_000,
        linger_ms=200,
    )
    large = "many words " * 30_000  # a batch of several megabytes before it is compressed
    for _ in range(8):
        producer.send(settings.topics[0], large.encode(), partition=0)
    producer.close()
    assert values(read(reader_of(settings), 8)) == [large] * 8


def test_a_large_zstd_batch_of_a_java_producer_is_read(settings: SplitSettings) -> None:
    reader_of(settings).start()
    batch = b"many words " * 300_000
    as_java_writes_it = zstandard.ZstdCompressor(write_content_size=False).compress(batch)
    assert zstd_decode(as_java_writes_it) == batch
