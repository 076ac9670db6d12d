"""What must hold of a run. Each function gives what does not, a sentence a violation; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.chaos.accounts import Account, Letter, Place, RecordKey, Version

RecordsOf = Callable[[Version], frozenset[RecordKey]]
"""What the extraction finds in a revision."""


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that must not be."""

    invariant: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}"


def nothing_is_missing(
    account: Account, acknowledged: Mapping[int, Place | None], records_of: RecordsOf
) -> Iterator[Violation]:
    """At the end: every article is accounted for on the topics and in the files.

    ``acknowledged`` are the articles, by number, that the broker has said to have, with their
    places where it told them. ``records_of`` is asked about revisions that a newer one has kept
    off the topic of extractions.
    """
    there = {number: place for place, number in account.wire.numbers.items()}
    for number, place in acknowledged.items():
        if number not in there or (place and account.wire.numbers.get(place) != number):
            yield Violation("the broker lost an article", f"number {number}, acknowledged {place}")
    for place in account.wire.expected:
        if missing := _missing(account, place, records_of):
            yield Violation("an article is lost", missing)


def commits_follow_writes(
    account: Account, committed: Mapping[int, int], checked: Mapping[int, int]
) -> Iterator[Violation]:
    """At any time: everything below the committed offsets is written.

    ``committed`` was read before ``account``; both it and ``checked``, up to where the partition
    was looked at before, are offsets by partition.
    """
    for partition, end in committed.items():
        for offset in range(checked.get(partition, 0), end):
            place = Place(partition, offset)
            if place not in account.wire.expected:
                yield Violation(
                    "a commit is past the wire's end", f"partition {partition}, offset {end}"
                )
                break
            if missing := _missing(account, place, None):
                yield Violation("a commit is past what was written", f"{end}: {missing}")


def duplicates_are_equal(account: Account) -> Iterator[Violation]:
    """At the end: what is there twice, or on topics and in files, has the same bytes."""
    topics, files = account.topics, account.files
    for key in topics.records.keys() | files.records.keys():
        values = topics.records.get(key, set()) | files.records.get(key, set())
        if len(values) > 1:
            yield Violation(
                "a record has different bytes", f"{key.kind} {key.record_id}: {len(values)} values"
            )
    for version, values in topics.extraction_digests.items():
        if len(values) > 1:
            yield Violation("an extraction has different bytes", _named(version))
    for letters in (topics.letters, files.letters):
        for place, values in letters.items():
            expected = account.wire.expected.get(place)
            if not isinstance(expected, Letter):
                yield Violation("a dead letter is nobody's", f"{place}, which is {expected}")
            elif values != {expected.digest}:
                yield Violation("a dead letter is not its original", f"{place}")


def nothing_is_made_up(account: Account) -> Iterator[Violation]:
    """At the end: what was written is of articles on the wire, and of what was found in them."""
    on_the_wire = {each for each in account.wire.expected.values() if isinstance(each, Version)}
    for version in account.topics.extractions.keys() - on_the_wire:
        yield Violation("an extraction is of no article", _named(version))


def the_newest_revision_holds(account: Account) -> Iterator[Violation]:
    """At the end: the last extraction of an article is that of its highest revision.

    Nothing is asked of articles whose revisions came onto the wire in another order.
    """
    for article_id, revisions in account.wire.versions.items():
        held = account.topics.holds.get(article_id)
        in_order = revisions == sorted(revisions)
        if in_order and held is not None and held != revisions[-1]:
            yield Violation(
                "an old revision holds", f"{article_id}: {held}, where {revisions[-1]} came last"
            )


def _missing(account: Account, place: Place, records_of: RecordsOf | None) -> str | None:
    """What the message that lies there has not left; None where all is there, or can't be told."""
    expected, topics = account.wire.expected[place], account.topics
    in_files = (account.files, account.unfinished)
    if isinstance(expected, Letter):
        on_topics = [] if place in topics.letters else ["dead letter"]
        stored = any(place in files.letters for files in in_files)
        return _told(account, place, on_topics, [] if stored else ["dead letter"])
    found = topics.extractions.get(expected)
    if found:
        records = next(iter(found))
    elif expected.revision == max(account.wire.versions[expected.article_id]):
        return _told(account, place, ["extraction"], [])
    elif records_of is None:
        return None
    else:
        records = records_of(expected)
    in_order = sorted(records)
    return _told(
        account,
        place,
        [str(key) for key in in_order if key not in topics.records],
        [str(key) for key in in_order if not any(key in files.records for files in in_files)],
    )


def _told(account: Account, place: Place, on_topics: list[str], in_files: list[str]) -> str | None:
    if not on_topics and not in_files:
        return None
    expected = account.wire.expected[place]
    what = "undecodable" if isinstance(expected, Letter) else _named(expected)
    parts = [
        *([f"not on the topics: {', '.join(on_topics)}"] if on_topics else []),
        *([f"in no file: {', '.join(in_files)}"] if in_files else []),
    ]
    number = account.wire.numbers[place]
    return f"number {number} at {place.partition}@{place.offset} ({what}) {'; '.join(parts)}"


def _named(version: Version) -> str:
    return f"{version.article_id} revision {version.revision}"
