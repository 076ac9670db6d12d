"""Shares are a rule that several processes follow apart: it must deal every partition once."""

from __future__ import annotations

from collections import Counter

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from kafka import TopicPartition

from pipeline.cli import cli
from pipeline.kafka_security import Cluster
from pipeline.share_option import ShareType
from pipeline.sources.kafka import KafkaSource, SplitSettings
from pipeline.sources.shares import WHOLE, Share

topics = st.text("abcxyz.-_", min_size=1, max_size=20)
counts = st.integers(1, 12)

CLUSTER = Cluster("kafka:9092")


@given(topics, st.integers(0, 200), counts, counts)
def test_every_partition_is_read_by_exactly_one_split_of_one_share(
    topic: str, number: int, shares: int, splits: int
) -> None:
    readers = [
        split
        for index in range(shares)
        for split in KafkaSource(
            SplitSettings(CLUSTER, (topic,), "g", share=Share(index, shares), splits=splits)
        ).split(20)
    ]
    partition = TopicPartition(topic, number)
    assert sum(reader.settings.owns(partition) for reader in readers) == 1


@given(topics, counts, counts)
def test_shares_of_a_topic_differ_by_one_partition_at_most_and_so_do_their_splits(
    topic: str, shares: int, splits: int
) -> None:
    settings = [
        SplitSettings(
            Cluster("k:1"), (topic,), "g", share=Share(index, shares), splits=splits, split=split
        )
        for index in range(shares)
        for split in range(splits)
    ]
    owned = [
        sum(each.owns(TopicPartition(topic, number)) for number in range(50)) for each in settings
    ]
    of_shares = [sum(owned[i : i + splits]) for i in range(0, len(owned), splits)]
    assert max(of_shares) - min(of_shares) <= 1
    assert max(owned) - min(owned) <= 2


def test_topics_of_one_partition_are_spread_over_the_shares() -> None:
    owners = Counter(
        next(i for i in range(4) if Share(i, 4).owns(f"wire.desk-{number}", 0))
        for number in range(200)
    )
    assert min(owners.values()) > 30


def test_a_partition_belongs_to_the_same_share_in_every_process_and_release() -> None:
    assert [Share(i, 3).owns("newswire.articles", 0) for i in range(3)] == [False, False, True]
    assert [Share(i, 3).owns("newswire.articles", 1) for i in range(3)] == [True, False, False]


@given(topics, st.integers(0, 50), counts, counts)
def test_the_parts_of_a_share_are_the_share(
    topic: str, number: int, shares: int, parts: int
) -> None:
    for index in range(shares):
        share = Share(index, shares)
        owners = [share.part(part, parts).owns(topic, number) for part in range(parts)]
        assert sum(owners) == share.owns(topic, number)


def test_splits_of_the_whole_are_as_stored_checkpoints_have_them() -> None:
    assert [WHOLE.rank("any", number) for number in range(4)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0/1", WHOLE), ("2/4", Share(2, 4)), ("newswire-2/4", Share(2, 4)), ("a-1-0/2", Share(0, 2))],
)
def test_a_share_is_a_number_or_a_pods_name_and_how_many_there_are(
    text: str, expected: Share
) -> None:
    assert ShareType().convert(text, None, None) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("4/4", "the last of 4 is 3/4"),
        ("-1/4", "expected I/N"),
        ("newswire/4", "expected I/N"),
        ("0/0", "no 0 shares"),
        ("1", "expected I/N"),
    ],
)
def test_what_is_no_share_is_refused_with_what_is_one(text: str, told: str) -> None:
    result = CliRunner().invoke(cli, ["run"], env={"NEWSWIRE_SHARE": text})
    assert result.exit_code == 2
    assert told in " ".join(result.output.replace("│", " ").split())
