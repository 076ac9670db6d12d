"""The source while its topics change: idle, added and emptied partitions, and the watermark."""

from __future__ import annotations

import logging
import time
from dataclasses import replace

import pytest
from apache_beam.utils.timestamp import Timestamp
from kafka import TopicPartition
from prometheus_client import REGISTRY

from pipeline.brokers.apache import ApacheKafka
from pipeline.kafka_security import Cluster
from pipeline.preflight import inspect
from pipeline.sources.commits import COMMITTERS
from pipeline.sources.kafka import (
    SplitSettings,
)
from pipeline.sources.offsets import Start
from pipeline.sources.shares import Share
from tests.kafka_helpers import (
    admin_client,
    committed_offsets,
    create_topic,
    produce,
    unique_name,
)
from tests.sources.kafka_reading import nothing_more, read, reader_of, values, write

pytestmark = pytest.mark.integration


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


@pytest.mark.apache
@pytest.mark.parametrize("new", [("d",), ("d", "e", "f", "g", "h")])
def test_a_topic_made_anew_while_reading_is_read_and_committed_from_its_beginning(
    apache_broker: ApacheKafka, new: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    topic = create_topic(apache_broker.bootstrap_servers, unique_name("anew"))
    settings = SplitSettings(Cluster(apache_broker.bootstrap_servers), (topic,), group_id=topic)
    write(settings, "a", "b", "c")
    reader = reader_of(settings)
    read(reader, 3)
    reader.get_checkpoint_mark().finalize_checkpoint()
    with admin_client(apache_broker.bootstrap_servers) as admin:
        admin.delete_topics([topic])
    create_topic(apache_broker.bootstrap_servers, topic)
    write(settings, *new)
    with caplog.at_level(logging.ERROR, logger="pipeline"):
        # What lies where the old topic was read to may come before it is noticed, and once more.
        found = {*values(read(reader, len(new), seconds=60))}
    while not nothing_more(reader):
        found.add(reader.get_current().value.decode())
    assert found == {*new}
    assert "goes on at 0: the topic was made anew" in caplog.text
    reader.get_checkpoint_mark().finalize_checkpoint()
    assert committed_offsets(apache_broker.bootstrap_servers, topic) == {(topic, 0): len(new)}


def test_a_topic_made_anew_while_nobody_read_is_not_taken_for_read(
    settings: SplitSettings, caplog: pytest.LogCaptureFixture
) -> None:
    write(settings, "new")
    place = TopicPartition(settings.topics[0], 0)
    assert COMMITTERS.get((settings.cluster, settings.group_id)).commit({place: 47})
    COMMITTERS.end_all()
    backlog = inspect(settings, None)
    assert backlog.messages == 1
    reader = reader_of(replace(settings, until=backlog.ends))
    with caplog.at_level(logging.ERROR, logger="pipeline"):
        assert values(read(reader, 1)) == ["new"]
    assert "was to go on at offset 47 and goes on at 0: the topic was made anew" in caplog.text
    reader.get_checkpoint_mark().finalize_checkpoint()
    assert committed_offsets(settings.cluster.bootstrap_servers, settings.group_id)[place] == 1
