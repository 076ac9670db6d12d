"""Each invariant on a sound account, and on one with a thing wrong: the check can fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.chaos.accounts import Account, Letter, Place, RecordKey, Version
from tests.chaos.invariants import (
    commits_follow_writes,
    duplicates_are_equal,
    nothing_is_made_up,
    nothing_is_missing,
    the_newest_revision_holds,
)

FIRST, SECOND = Version("a", 0), Version("a", 1)
NEWS, CORRECTION, POISON = Place(0, 0), Place(0, 1), Place(1, 0)
ACTOR, THREAT = RecordKey("actor", "a-0"), RecordKey("threat", "a-1")
ACKNOWLEDGED: dict[int, Place | None] = {0: NEWS, 1: CORRECTION, 2: POISON}
COMMITTED = {0: 2, 1: 1}


def sound() -> Account:
    """Three messages on the wire, all accounted for, one of them twice."""
    account = Account()
    account.wire.add(NEWS, 0, FIRST)
    account.wire.add(CORRECTION, 1, SECOND)
    account.wire.add(POISON, 2, Letter(b"poison"))
    for _ in range(2):
        account.topics.add_extraction(FIRST, frozenset({ACTOR}), b"first")
        account.topics.add_record(ACTOR, b"actor")
    account.topics.add_extraction(SECOND, frozenset({THREAT}), b"second")
    account.topics.add_record(THREAT, b"threat")
    account.topics.add_letter(POISON, b"poison")
    account.files.add_record(ACTOR, b"actor")
    account.files.add_record(THREAT, b"threat")
    account.files.add_letter(POISON, b"poison")
    return account


def found_by_the_extraction(version: Version) -> frozenset[RecordKey]:
    return frozenset({ACTOR if version == FIRST else THREAT})


def broken(account: Account) -> set[str]:
    """Every invariant that the account breaks at its end."""
    violations = [
        *nothing_is_missing(account, ACKNOWLEDGED, found_by_the_extraction),
        *commits_follow_writes(account, COMMITTED, {}),
        *duplicates_are_equal(account),
        *nothing_is_made_up(account),
        *the_newest_revision_holds(account),
    ]
    return {violation.invariant for violation in violations}


LOST = {"an article is lost", "a commit is past what was written"}


def test_an_account_in_which_all_is_there_breaks_nothing() -> None:
    assert broken(sound()) == set()
    assert (sound().topics.duplicates, sound().files.duplicates) == (2, 0)


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda account: account.topics.extractions.pop(SECOND), LOST),
        (lambda account: account.topics.records.pop(THREAT), LOST),
        (lambda account: account.topics.letters.pop(POISON), LOST),
        (lambda account: account.files.records.pop(ACTOR), LOST),
        (lambda account: account.files.letters.pop(POISON), LOST),
        (lambda account: account.wire.numbers.update({NEWS: 9}), {"the broker lost an article"}),
        (
            lambda account: account.topics.add_record(ACTOR, b"other"),
            {"a record has different bytes"},
        ),
        (
            lambda account: account.files.add_record(ACTOR, b"other"),
            {"a record has different bytes"},
        ),
        (
            lambda account: account.topics.add_extraction(SECOND, frozenset({THREAT}), b"other"),
            {"an extraction has different bytes"},
        ),
        (
            lambda account: account.topics.add_letter(POISON, b"other"),
            {"a dead letter is not its original"},
        ),
        (
            lambda account: account.files.add_letter(NEWS, b"news"),
            {"a dead letter is nobody's"},
        ),
        (
            lambda account: account.topics.add_extraction(Version("b", 0), frozenset(), b""),
            {"an extraction is of no article"},
        ),
        (
            lambda account: account.topics.add_extraction(FIRST, frozenset({ACTOR}), b"first"),
            {"an old revision holds"},
        ),
    ],
)
def test_each_thing_that_goes_wrong_breaks_its_invariant(
    damage: Callable[[Account], object], expected: set[str]
) -> None:
    account = sound()
    damage(account)
    assert broken(account) == expected


def test_what_is_missing_is_told_by_number_and_place() -> None:
    account = sound()
    del account.topics.letters[POISON]
    [lost] = nothing_is_missing(account, ACKNOWLEDGED, found_by_the_extraction)
    assert str(lost) == (
        "an article is lost: number 2 at 1@0 (undecodable) not on the topics: dead letter"
    )


def test_a_commit_past_the_wire_is_told() -> None:
    [violation] = commits_follow_writes(sound(), {1: 5}, {})
    assert violation.invariant == "a commit is past the wire's end"


def test_a_commit_is_judged_from_where_it_was_last_looked_at() -> None:
    account = sound()
    del account.topics.letters[POISON]
    assert list(commits_follow_writes(account, COMMITTED, {1: 1})) == []


def test_what_is_committed_may_lie_in_a_file_that_is_still_being_written() -> None:
    account = sound()
    del account.files.records[THREAT]
    account.unfinished.add_record(THREAT, b"threat")
    assert list(commits_follow_writes(account, COMMITTED, {})) == []


def test_a_revision_that_a_newer_one_kept_back_still_has_its_records() -> None:
    account = sound()
    del account.topics.extractions[FIRST]
    assert broken(account) == set()
    del account.topics.records[ACTOR]
    assert broken(account) == {"an article is lost"}


def test_of_revisions_that_came_out_of_order_any_may_hold() -> None:
    account = sound()
    account.wire.versions["a"] = [1, 0]
    account.topics.holds["a"] = 0
    assert list(the_newest_revision_holds(account)) == []
