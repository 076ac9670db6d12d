"""Writing to a topic and reading it as a bundle after the other does, for tests of the source."""

from __future__ import annotations

import time

from pipeline.messages import SourceMessage
from pipeline.sources.kafka import (
    KafkaCheckpointMark,
    KafkaReader,
    KafkaSource,
    SplitSettings,
)
from tests.kafka_helpers import (
    produce,
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
