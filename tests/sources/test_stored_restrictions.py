"""A checkpoint or savepoint of an earlier release goes on where it was.

What is stored of the source was written by `tests.stored_restrictions` in each release, and is
loaded here by Beam's own coder, as a worker does it.
"""

from __future__ import annotations

import base64
import bz2
import json
import pickletools
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest
from apache_beam.internal import pickler
from kafka import TopicPartition

from pipeline import __version__
from pipeline.brokers.embedded import EmbeddedBroker
from pipeline.kafka_security import Cluster
from pipeline.sources.commits import COMMITTERS
from pipeline.sources.consumers import CONSUMERS
from pipeline.sources.kafka import KafkaReader, KafkaSource, SplitSettings
from tests.kafka_helpers import committed_offsets, create_topic, produce
from tests.stored_restrictions import (
    CODER,
    FOLDER,
    LATER_TOPIC,
    PARTITIONS,
    SERVERS,
    TOPIC,
    cases,
)

STORED = sorted(FOLDER.glob("*/*.bin"))
RELEASED = Path(__file__).parents[2] / "schemas" / "released"

MESSAGES = 6
"""In each partition; its value is its place."""


@pytest.fixture(scope="module")
def servers() -> Iterator[str]:
    """A broker with the topics that were being read."""
    with EmbeddedBroker() as broker:
        for topic, partitions in ((TOPIC, PARTITIONS), (LATER_TOPIC, 1)):
            create_topic(broker.bootstrap_servers, topic, partitions)
            for number in range(partitions):
                values = [f"{topic} {number} {offset}".encode() for offset in range(MESSAGES)]
                produce(broker.bootstrap_servers, topic, values, partition=number)
        yield broker.bootstrap_servers


@pytest.fixture(autouse=True)
def _no_connections_left() -> Iterator[None]:
    yield
    CONSUMERS.close_all()
    COMMITTERS.end_all()


def read_all(reader: KafkaReader, count: int) -> set[str]:
    """The values of the next ``count`` messages, and of those that come in the same second."""
    found: set[str] = set()
    deadline = time.monotonic() + 60
    more = reader.start()
    while more or (len(found) < count and time.monotonic() < deadline):
        if more:
            found.add((reader.get_current().value or b"").decode())
        else:
            reader.get_checkpoint_mark()
        more = reader.advance()
    return found


@pytest.mark.integration
@pytest.mark.parametrize("path", STORED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_every_release_stored_loads_and_goes_on_at_its_mark(path: Path, servers: str) -> None:
    restriction = CODER.decode(path.read_bytes())
    source, mark = restriction.source, restriction.checkpoint_mark
    assert isinstance(source, KafkaSource)
    assert source.settings.cluster.bootstrap_servers == SERVERS
    assert source.settings.group_id == "stored"
    again = CODER.decode(CODER.encode(restriction))
    assert again.source.settings == source.settings
    if restriction.is_done:
        assert restriction.finalization_checkpoint_mark.offsets == {TopicPartition(TOPIC, 0): 1}
        return

    # Every test has a group of its own, or what one commits would be where the next begins.
    here = replace(
        source.settings, cluster=Cluster(servers), group_id=f"{path.parent.name}-{path.stem}"
    )
    offsets = mark.offsets if mark else dict.fromkeys(all_partitions(here), 0)
    later = {TopicPartition(LATER_TOPIC, 0): 0} if here.topic_pattern else {}
    expected = {
        f"{topic} {number} {offset}"
        for (topic, number), first in {**offsets, **later}.items()
        for offset in range(first, MESSAGES)
    }
    assert expected
    reader = KafkaSource(here).create_reader(None, mark)
    assert read_all(reader, len(expected)) == expected
    reader.get_checkpoint_mark().finalize_checkpoint()
    assert set(committed_offsets(servers, here.group_id)) == {*offsets, *later}


def all_partitions(settings: SplitSettings) -> list[TopicPartition]:
    found = [TopicPartition(TOPIC, number) for number in range(PARTITIONS)]
    return [partition for partition in found if settings.owns(partition)]


def test_every_case_loads_as_what_it_was_in_the_release_that_runs() -> None:
    stored = {path.stem: path for path in STORED if path.parent.name == __version__}
    for name, restriction in cases().items():
        loaded = CODER.decode(stored[name].read_bytes())
        assert loaded.source.settings == restriction.source.settings, name
        mark = restriction.checkpoint_mark
        assert (loaded.checkpoint_mark and loaded.checkpoint_mark.offsets) == (
            mark and mark.offsets
        ), name


def test_restrictions_are_kept_of_every_release_whose_schemas_are() -> None:
    releases = {path.name for path in RELEASED.iterdir()}
    assert releases == {path.parent.name for path in STORED}


def test_what_is_stored_of_a_source_is_one_name_of_ours_and_plain_settings_without_secrets() -> (
    None
):
    stored = pickle_of(KafkaSource(SplitSettings(Cluster(SERVERS), (TOPIC,), "stored")))
    strings = [argument for _, argument, _ in pickletools.genops(stored) if argument is not None]
    [text] = [each for each in strings if str(each).startswith("{")]
    names = [each for each in strings if isinstance(each, str) and each != text]
    # Renaming one of these leaves every savepoint behind.
    assert names == ["pipeline.sources.kafka", "restore_source"]
    # A new setting: see the rules beside `SplitSettings`. Never a password, a key or a token.
    assert set(json.loads(text)) - {"version"} == {
        "bootstrap_servers",
        "bundle_retry_seconds",
        "excluded_topics",
        "group_id",
        "security",
        "share",
        "split",
        "splits",
        "start",
        "topic_pattern",
        "topics",
        "until",
    }
    cluster = {"bootstrap_servers", "security"}
    assert {each.name for each in fields(SplitSettings)} == (
        set(json.loads(text)) - {"version"} - cluster | {"cluster"}
    )


def pickle_of(source: KafkaSource) -> bytes:
    """The pickle within what Beam makes of a source."""
    return bz2.decompress(base64.b64decode(pickler.dumps(source)))
