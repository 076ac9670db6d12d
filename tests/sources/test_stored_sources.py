"""What a checkpoint keeps of the source: plain data, which later releases can load."""

from __future__ import annotations

import pickle

import pytest
from kafka import TopicPartition

from pipeline.kafka_security import Cluster
from pipeline.sources.kafka import (
    KafkaCheckpointMarkCoder,
    KafkaSource,
    SplitSettings,
    restore_source,
)
from pipeline.sources.offsets import Start


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
