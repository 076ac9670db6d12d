"""Whoever reads the topics ends with what holds, however the messages interleave and repeat."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.consumers import CurrentState, Received, current_state
from pipeline.messages import SourceMessage
from pipeline.records import Extraction, Provenance, Record
from pipeline.serialization.avro import encode
from pipeline.serialization.framing import AvroError
from pipeline.serialization.messages import output_messages
from pipeline.topics import TopicNames
from tests.record_samples import ACTOR, DENIAL, THREAT

TOPICS = TopicNames()
ARTICLES = ("a", "b", "c")
ORIGIN = SourceMessage("newswire.articles", 0, 0, 0, None, None)


def extraction(article_id: str, revision: int, *, withdrawn: bool = False) -> Extraction:
    """What is found in this revision: another number of records in each."""
    provenance = Provenance(article_id, revision, "Northern Wire", None, "0.1.0", "model")
    if withdrawn:
        return Extraction(provenance, skipped="withdrawn")
    actor, threat, denial = (
        dataclasses.replace(record, provenance=provenance) for record in (ACTOR, THREAT, DENIAL)
    )
    threats = tuple(dataclasses.replace(threat, action=f"do {n}") for n in range(revision % 3))
    return Extraction(provenance, (actor,), threats, (denial,) if revision % 2 else ())


class Logs:
    """The topics: what has been written to each partition, in order."""

    def __init__(self) -> None:
        self.partitions: dict[tuple[str, int], list[Received]] = defaultdict(list)

    def append(self, topic: str, key: bytes, value: bytes | None) -> Received:
        place = (topic, sum(key) % 2)
        message = Received(*place, len(self.partitions[place]), key, value)
        self.partitions[place].append(message)
        return message

    def write(self, found: Extraction) -> None:
        for output in output_messages(ORIGIN, found, TOPICS):
            assert output.key is not None
            self.append(output.topic, output.key, output.value)

    def prune(self, article_id: str) -> None:
        self.append(TOPICS.extractions, article_id.encode(), None)

    def read(self, random: Random) -> list[Received]:
        """As a consumer may get it: partitions interleaved, each now and then from before."""
        position = dict.fromkeys(self.partitions, 0)
        messages = []
        while left := [
            place for place, log in self.partitions.items() if position[place] < len(log)
        ]:
            place = random.choice(left)
            messages.append(self.partitions[place][position[place]])
            position[place] += 1
            if random.random() < 0.1:
                again = random.choice(list(position))
                position[again] = random.randint(0, position[again])
        return messages


ORDERS = st.integers(0, 2**32 - 1).map(Random)
WIRE = st.lists(
    st.builds(extraction, st.sampled_from(ARTICLES), st.integers(0, 5), withdrawn=st.booleans()),
    max_size=12,
    unique_by=lambda found: (found.provenance.article_id, found.provenance.revision),
)


@given(WIRE, ORDERS)
def test_the_highest_revision_holds_whatever_order_it_was_written_and_read_in(
    wire: list[Extraction], random: Random
) -> None:
    # Twice and in any order: a worker that has started again knows nothing of what was there.
    written = wire + random.sample(wire, len(wire) // 2)
    random.shuffle(written)
    logs = Logs()
    for found in written:
        logs.write(found)
    highest = sorted(wire, key=lambda found: found.provenance.revision)
    expected = {found.provenance.article_id: found for found in highest}
    assert current_state(logs.read(random)) == expected


@given(
    st.lists(st.tuples(st.sampled_from(ARTICLES), st.none() | st.integers(0, 3)), max_size=15),
    ORDERS,
    ORDERS,
)
def test_the_state_does_not_depend_on_how_partitions_interleave_and_repeat(
    written: list[tuple[str, int | None]], one: Random, other: Random
) -> None:
    logs = Logs()
    for article_id, revision in written:
        if revision is None:
            logs.prune(article_id)
        else:
            logs.write(extraction(article_id, revision))
    assert current_state(logs.read(one)) == current_state(logs.read(other))


@given(WIRE, ORDERS)
def test_what_was_pruned_last_is_gone(wire: list[Extraction], random: Random) -> None:
    logs = Logs()
    for found in wire:
        logs.write(found)
    logs.prune("a")
    assert "a" not in current_state(logs.read(random))


@given(WIRE, ORDERS)
def test_compaction_leaves_the_state_of_a_worker_that_never_went_back(
    wire: list[Extraction], random: Random
) -> None:
    logs = Logs()
    for found in sorted(wire, key=lambda found: found.provenance.revision):
        logs.write(found)
    whole = current_state(logs.read(random))
    last = {
        (message.partition, message.key): message
        for (topic, _), log in logs.partitions.items()
        if topic == TOPICS.extractions
        for message in log
    }
    compacted = sorted(last.values(), key=lambda message: message.offset)
    assert current_state(compacted) == whole


def received(found: Extraction | Record, offset: int, topic: str = "t") -> Received:
    return Received(topic, 0, offset, b"", encode(found))


def test_of_the_same_revision_the_later_extraction_holds() -> None:
    usable, withdrawn = extraction("a", 0), extraction("a", 0, withdrawn=True)
    assert current_state([received(usable, 0), received(withdrawn, 1)]) == {"a": withdrawn}
    assert current_state([received(withdrawn, 0), received(usable, 1)]) == {"a": usable}


def test_records_alone_tell_of_their_highest_revision() -> None:
    older, newer = extraction("a", 2), extraction("a", 5)
    messages = [
        received(record, offset) for offset, record in enumerate(newer.records + older.records)
    ]
    state = current_state(messages)["a"]
    assert set(state.records) == set(newer.records)


def test_an_article_may_come_back_after_it_was_pruned() -> None:
    found = extraction("a", 1)
    tombstone = Received("t", 0, 1, b"a", None)
    state = CurrentState()
    state.apply(received(found, 0))
    state.apply(tombstone)
    assert dict(state.articles) == {}
    state.apply(received(found, 0))
    assert dict(state.articles) == {}, "that was the first message again"
    state.apply(received(found, 2))
    assert dict(state.articles) == {"a": found}


def test_what_holds_no_record_is_an_error_and_leaves_the_state() -> None:
    state = CurrentState()
    state.apply(received(extraction("a", 1), 0))
    with pytest.raises(AvroError):
        state.apply(Received("t", 0, 1, b"a", b"{}"))
    assert state.articles.keys() == {"a"}


def test_messages_may_come_from_any_iterable() -> None:
    def stream() -> Iterable[Received]:
        yield received(extraction("a", 1), 0)

    assert current_state(stream()).keys() == {"a"}
