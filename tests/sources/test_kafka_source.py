"""The source by its contract: where it begins, resumes and ends, and when it commits."""

from __future__ import annotations

import logging
import pickle
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import zstandard
from apache_beam.utils.timestamp import MAX_TIMESTAMP, Timestamp
from kafka import KafkaProducer, TopicPartition
from kafka.codec import zstd_decode
from prometheus_client import REGISTRY

from pipeline.brokers.apache import ApacheKafka
from pipeline.brokers.process import LocalBroker
from pipeline.kafka_security import Cluster
from pipeline.messages import SourceMessage
from pipeline.sources.commits import COMMITTERS, RENEWAL_SECONDS, OffsetCommitter
from pipeline.sources.consumers import CONSUMERS
from pipeline.sources.kafka import (
    KafkaCheckpointMark,
    KafkaCheckpointMarkCoder,
    KafkaReader,
    KafkaSource,
    SplitSettings,
    restore_source,
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

pytestmark = pytest.mark.integration


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


def write(settings: SplitSettings, *values: str, partition: int = 0) -> None:
    produce(
        settings.cluster.bootstrap_servers,
        settings.topics[0],
        [value.encode() for value in values],
        partition=partition,
    )


def reader_of(settings: SplitSettings, mark: KafkaCheckpointMark | None = None) -> KafkaReader:
    return KafkaSource(settings).create_reader(None, mark)


def read(reader: KafkaReader, count: int, seconds: float = 20) -> list[SourceMessage]:
    """The next ``count`` messages, in as many bundles as it takes."""
    messages = []
    deadline = time.monotonic() + seconds
    step = reader.start if not reader.offsets else reader.advance
    while len(messages) < count and time.monotonic() < deadline:
        if step():
            messages.append(reader.get_current())
        else:
            reader.get_checkpoint_mark()
        step = reader.advance
    return messages


def values(messages: list[SourceMessage]) -> list[str]:
    return sorted((message.value or b"").decode() for message in messages)


def nothing_more(reader: KafkaReader) -> bool:
    reader.get_checkpoint_mark()
    return not reader.advance()


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


def test_the_watermark_passes_idle_partitions(settings: SplitSettings) -> None:
    begin = time.time()
    write(settings, "a")
    reader = reader_of(settings)
    read(reader, 1)
    assert nothing_more(reader)
    assert begin - 10 < reader.get_watermark().micros / 1e6 <= time.time()


def test_the_watermark_waits_for_a_partition_with_unread_messages(
    settings: SplitSettings,
) -> None:
    old = 1_600_000_000_000
    for offset in range(2):
        produce(
            settings.cluster.bootstrap_servers,
            settings.topics[0],
            [b"old"],
            partition=0,
            timestamp_ms=old + offset,
        )
    reader = reader_of(settings)
    read(reader, 1)
    assert reader.get_watermark() <= Timestamp(micros=old * 1_000)


@pytest.mark.needs("create_partitions")
def test_a_partition_added_while_reading_is_read_from_its_beginning(
    settings: SplitSettings,
) -> None:
    write(settings, "a")
    reader = reader_of(replace(settings, start=Start("latest")))
    assert not reader.start()
    with admin_client(settings.cluster.bootstrap_servers) as admin:
        admin.create_partitions({settings.topics[0]: 3})
        admin.wait_for_topics([settings.topics[0]])
    write(settings, "new", partition=2)
    assert values(read(reader, 1, seconds=90)) == ["new"]


@pytest.mark.needs("create_partitions")
def test_partitions_added_while_reading_are_read_by_their_own_share_alone(
    settings: SplitSettings,
) -> None:
    topic = settings.topics[0]
    shares = [Share(index, 2) for index in range(2)]
    readers = [reader_of(replace(settings, share=share)) for share in shares]
    for reader in readers:
        assert not reader.start()
    with admin_client(settings.cluster.bootstrap_servers) as admin:
        admin.create_partitions({topic: 6})
        admin.wait_for_topics([topic])
    for partition in range(6):
        write(settings, str(partition), partition=partition)
    for share, reader in zip(shares, readers, strict=True):
        own = [str(number) for number in range(6) if share.owns(topic, number)]
        assert values(read(reader, 3, seconds=90)) == own
        assert nothing_more(reader)


@pytest.mark.apache
@pytest.mark.parametrize("left", [1, 0])
def test_messages_deleted_before_they_were_read_are_told_and_reading_goes_on(
    apache_broker: ApacheKafka, left: int, caplog: pytest.LogCaptureFixture
) -> None:
    topic = create_topic(apache_broker.bootstrap_servers, unique_name("retention"))
    settings = SplitSettings(Cluster(apache_broker.bootstrap_servers), (topic,), group_id=topic)
    count = 10
    # So large that a fetch brings one, and only the next few are on their way.
    write(settings, *(f"{number}{'-' * 900_000}" for number in range(count)))
    before = REGISTRY.get_sample_value("newswire_messages_lost_total") or 0.0
    reader = reader_of(settings)
    found = [message.offset for message in read(reader, 1)]
    with admin_client(apache_broker.bootstrap_servers) as admin:
        admin.delete_records({TopicPartition(topic, 0): count - left})
    write(settings, "later")
    with caplog.at_level(logging.ERROR, logger="pipeline"):
        while found[-1] < count:
            found += [message.offset for message in read(reader, 1)]
    assert found[-1 - left :] == list(range(count - left, count + 1))
    missing = count + 1 - len(found)
    assert missing > 0
    assert REGISTRY.get_sample_value("newswire_messages_lost_total") == before + missing
    [error] = caplog.records
    assert f"goes on at {count - left}: the messages between were deleted" in error.message


def test_a_missing_topic_is_named_in_the_error(broker: LocalBroker) -> None:
    from pipeline.outages import Unavailable

    settings = SplitSettings(
        Cluster(broker.bootstrap_servers), ("no-such-topic",), "g", bundle_retry_seconds=0.5
    )
    with pytest.raises(Unavailable, match="no-such-topic"):
        reader_of(settings).start()


def test_a_source_is_stored_as_plain_versioned_data() -> None:
    settings = SplitSettings(
        Cluster("kafka:9092"), ("a", "b"), "g", Start("time", 5), (("a", 0, 7),), splits=2, split=1
    )
    function, (text,) = KafkaSource(settings).__reduce__()
    assert function is restore_source
    assert text.startswith("{")
    assert pickle.loads(pickle.dumps(KafkaSource(settings))).settings == settings


def test_sources_and_marks_stored_by_the_first_release_still_load() -> None:
    source = restore_source(
        '{"bootstrap_servers": "kafka:9092", "bundle_retry_seconds": 20.0, "group_id": "g", '
        '"split": 0, "splits": 1, "start": {"at": "earliest", "timestamp_ms": null}, '
        '"topics": ["newswire.articles"], "until": [["newswire.articles", 0, 9]], "version": 1}'
    )
    assert source.settings.topics == ("newswire.articles",)
    assert source.settings.until == (("newswire.articles", 0, 9),)
    mark = KafkaCheckpointMarkCoder().decode(
        b'{"version": 1, "offsets": [["newswire.articles", 0, 5]]}'
    )
    assert mark.offsets == {TopicPartition("newswire.articles", 0): 5}


def test_what_a_newer_release_stored_is_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="newer"):
        KafkaCheckpointMarkCoder().decode(b'{"version": 99, "offsets": []}')


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
