"""Reading the topics as downstream teams do: from messages, in whatever order, to what holds.

`current_state` takes a finite run of messages; `CurrentState` goes on with each that comes:

    from kafka import KafkaConsumer
    from pipeline.consumers import CurrentState

    state = CurrentState()
    for message in KafkaConsumer("newswire.extractions", auto_offset_reset="earliest"):
        state.apply(message)
        print(state.articles["nw-17"].threats)

kafka-python's messages are taken as they are. Of another client's give a `Received`; with
confluent-kafka that is `Received(m.topic(), m.partition(), m.offset(), m.key(), m.value())`.

What is relied on is what Kafka promises: the messages of one *partition* come in order, and may
come again from an earlier offset on (after a crash, or a rebalance). Topics, partitions and so
the articles may interleave in any way. See ``schemas/README.md`` for the contract.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from pipeline.records import Actor, Denial, Extraction, Record, Threat
from pipeline.serialization.avro import decode
from pipeline.serialization.framing import WriterSchemas


class Message(Protocol):
    """What is asked of a message; kafka-python's ``ConsumerRecord`` has it."""

    @property
    def topic(self) -> str:
        """The topic that it lies on."""

    @property
    def partition(self) -> int:
        """The partition that it lies in."""

    @property
    def offset(self) -> int:
        """Its place there."""

    @property
    def key(self) -> bytes | None:
        """Its key as it lies there."""

    @property
    def value(self) -> bytes | None:
        """Its value as it lies there; None is a tombstone."""


class Received(NamedTuple):
    """A message of a client whose own class is no `Message`."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


def current_state(
    messages: Iterable[Message], *, writer_of: WriterSchemas | None = None
) -> dict[str, Extraction]:
    """What holds of each article after all of ``messages``, by the article's id.

    See `CurrentState.apply` for the rules, and what is raised.
    """
    state = CurrentState(writer_of=writer_of)
    for message in messages:
        state.apply(message)
    return dict(state.articles)


class CurrentState:
    """What holds of each article, after the messages applied so far."""

    def __init__(self, *, writer_of: WriterSchemas | None = None) -> None:
        """``writer_of`` finds a schema by its id in a registry, where one is in use."""
        self._writer_of = writer_of
        self._read: dict[tuple[str, int], int] = {}
        self._articles: dict[str, _Article] = {}
        self._state: dict[str, Extraction] = {}

    @property
    def articles(self) -> Mapping[str, Extraction]:
        """By the article's id. A withdrawn article is here, without records; a pruned one is not.

        Of an article that only the topics of records have told of, the records of the highest
        revision that they have told of.
        """
        return self._state

    def apply(self, message: Message) -> None:
        """Takes in a message of the topics of extractions, actors, threats and denials.

        - Of two revisions of an article the higher one holds, whichever comes later. Of two
          extractions of one revision the later one does: it is of a newer release, or withdraws.
        - An extraction is all of its revision. Records of the same revision add nothing to it;
          those of a higher one hold until its extraction comes.
        - A tombstone on the topic of extractions takes the article out, until an extraction
          follows it.
        - What has been read before, by topic, partition and offset, is passed over.

        Raises `pipeline.serialization.framing.AvroError` for a value that holds no record, and
        leaves the state as it was.
        """
        place = (message.topic, message.partition)
        if message.offset <= self._read.get(place, -1):
            return
        self._take(message.key, message.value)
        self._read[place] = message.offset

    def _take(self, key: bytes | None, value: bytes | None) -> None:
        if value is None:
            # Only the topic of extractions has tombstones, and there the key is the article's.
            article_id = (key or b"").decode()
            article = self._articles.get(article_id, _Article())
            self._articles[article_id] = replace(article, extraction=None, pruned=True)
        else:
            found = decode(value, self._writer_of)
            article_id = found.provenance.article_id
            article = self._articles.get(article_id, _Article())
            if isinstance(found, Extraction):
                self._articles[article_id] = article.with_extraction(found)
            else:
                self._articles[article_id] = article.with_record(found)
        holds = self._articles[article_id].holds
        if holds is not None:
            self._state[article_id] = holds
        else:
            self._state.pop(article_id, None)


@dataclass(frozen=True, slots=True)
class _Article:
    """What has been heard of one article."""

    extraction: Extraction | None = None
    """The last of the highest revision."""
    records: dict[str, Record] = field(default_factory=dict)
    """Of the highest revision that a record has come of, by id."""
    pruned: bool = False
    """A tombstone has come, and no extraction since."""

    def with_extraction(self, found: Extraction) -> _Article:
        known = self.extraction
        if known is not None and known.provenance.revision > found.provenance.revision:
            return self
        return replace(self, extraction=found, pruned=False)

    def with_record(self, found: Record) -> _Article:
        revision = _revision(self.records)
        if revision > found.provenance.revision:
            return self
        kept = self.records if revision == found.provenance.revision else {}
        return replace(self, records={**kept, found.record_id: found})

    @property
    def holds(self) -> Extraction | None:
        if self.pruned:
            return None
        known = self.extraction
        if known is not None and known.provenance.revision >= _revision(self.records):
            return known
        records = [self.records[record_id] for record_id in sorted(self.records)]
        return Extraction(
            provenance=records[0].provenance,
            actors=tuple(record for record in records if isinstance(record, Actor)),
            threats=tuple(record for record in records if isinstance(record, Threat)),
            denials=tuple(record for record in records if isinstance(record, Denial)),
        )


def _revision(records: Mapping[str, Record]) -> int:
    """The revision of these records; below all where there are none."""
    return next((record.provenance.revision for record in records.values()), -1)
