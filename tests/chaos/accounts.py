"""What was seen of a run, as plain data: on the wire, on the topics, in the files.

Knows neither Kafka nor files: `reading` and `folder` fill it in, `invariants` judges it.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class Place(NamedTuple):
    """Where a message lies on the wire's topic."""

    partition: int
    offset: int


class Version(NamedTuple):
    """One revision of one article."""

    article_id: str
    revision: int


class Letter(NamedTuple):
    """A message that must become a dead letter, by the digest of it."""

    digest: bytes


class RecordKey(NamedTuple):
    """A record, wherever it was written."""

    kind: str
    """"actor", "threat" or "denial"."""
    record_id: str

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id}"


Expected = Version | Letter


def digest(key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes]]) -> bytes:
    """What is the same for messages with the same key, value and headers."""
    return hashlib.blake2b(repr((key, value, sorted(headers))).encode(), digest_size=16).digest()


@dataclass
class Wire:
    """What lies on the wire's topic."""

    expected: dict[Place, Expected] = field(default_factory=dict)
    numbers: dict[Place, int] = field(default_factory=dict)
    versions: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """By article: its revisions, in the order in which they lie there."""

    def add(self, place: Place, number: int, expected: Expected) -> None:
        """Takes in a message; what was seen before changes nothing."""
        if place in self.expected:
            return
        self.expected[place] = expected
        self.numbers[place] = number
        if isinstance(expected, Version):
            self.versions[expected.article_id].append(expected.revision)


@dataclass
class Written:
    """What one way out holds: the topics, or the files."""

    records: dict[RecordKey, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    """The digests of the values that were written for each record; one, where all is well."""
    letters: dict[Place, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    copies: Counter[str] = field(default_factory=Counter)
    """How many messages or values of each kind there are, duplicates among them."""

    def add_record(self, key: RecordKey, found: bytes) -> None:
        """Takes in a record by its value's digest."""
        self.records[key].add(found)
        self.copies[key.kind] += 1

    def add_letter(self, place: Place, found: bytes) -> None:
        """Takes in a dead letter of the message that lies there."""
        self.letters[place].add(found)
        self.copies["dead letter"] += 1

    @property
    def duplicates(self) -> int:
        """How much was written more than once."""
        return sum(self.copies.values()) - len(self.records) - len(self.letters)


@dataclass
class Topics(Written):
    """The output topics."""

    extractions: dict[Version, set[frozenset[RecordKey]]] = field(
        default_factory=lambda: defaultdict(set)
    )
    """The records that each revision's extraction is made of."""
    extraction_digests: dict[Version, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    holds: dict[str, int] = field(default_factory=dict)
    """By article: the revision of the last extraction on the topic."""

    def add_extraction(self, version: Version, records: frozenset[RecordKey], found: bytes) -> None:
        """Takes in an extraction, in the topic's order, with what it says was found."""
        self.extractions[version].add(records)
        self.extraction_digests[version].add(found)
        self.holds[version.article_id] = version.revision
        self.copies["extraction"] += 1

    @property
    def duplicates(self) -> int:
        """How much was written more than once."""
        return super().duplicates - len(self.extractions)


@dataclass
class Account:
    """All that is known of a run at one moment."""

    wire: Wire = field(default_factory=Wire)
    topics: Topics = field(default_factory=Topics)
    files: Written = field(default_factory=Written)
    """Of files that have their names."""
    unfinished: Written = field(default_factory=Written)
    """Of those that are being written, as they were when last looked at."""
