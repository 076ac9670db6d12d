"""The live page's records in memory: bounded, each once to each reader, and gaps are told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.dashboard.entries import Entry, Place
from pipeline.dashboard.feed import Cursor, Feed, Note, positions_from, positions_text
from tests.record_samples import THREAT


def entry(number: int, lane: str = "t0") -> Entry:
    threat = replace(THREAT, action=f"{lane} {number}")
    return Entry(threat.record_id, threat, lane, number, number, None, "{}")


@pytest.fixture
def feed() -> Feed:
    feed = Feed(keep=5)
    feed.begin("t0", 0)
    feed.begin("t1", 0)
    return feed


def read(feed: Feed, cursor: Cursor, most: int = 100) -> list[tuple[str, int]]:
    return [(each.lane, each.offset) for each in feed.after(cursor, most).entries]


def test_a_reader_that_comes_back_gets_what_came_meanwhile_and_nothing_twice(feed: Feed) -> None:
    cursor = feed.cursor({})
    feed.add([entry(0), entry(1)])
    assert read(feed, cursor) == [("t0", 0), ("t0", 1)]
    feed.add([entry(0, "t1"), entry(2)])
    again = feed.cursor(positions_from(positions_text(cursor.positions)))
    assert read(feed, again) == [("t1", 0), ("t0", 2)]
    assert read(feed, again) == []


def test_a_reader_goes_on_at_a_server_that_was_started_anew(feed: Feed) -> None:
    cursor = feed.cursor({})
    feed.add([entry(0), entry(1)])
    read(feed, cursor)
    anew = Feed(keep=5)
    anew.begin("t0", 1)
    anew.begin("t1", 0)
    anew.add([entry(1), entry(2)])
    later = anew.cursor(cursor.positions)
    batch = anew.after(later, 100)
    assert [each.offset for each in batch.entries] == [2]
    assert not batch.missed


def test_a_reader_is_told_of_what_went_before_it_came(feed: Feed) -> None:
    cursor = feed.cursor({})
    feed.add([entry(0)])
    read(feed, cursor)
    feed.add([entry(number) for number in range(1, 9)])
    batch = feed.after(cursor, 100)
    assert batch.missed
    assert [each.offset for each in batch.entries] == [4, 5, 6, 7, 8]
    assert not feed.after(cursor, 100).missed


def test_who_begins_has_missed_nothing(feed: Feed) -> None:
    feed.add([entry(number) for number in range(9)])
    batch = feed.after(feed.cursor({}), 100)
    assert len(batch.entries) == 5 and not batch.missed


def test_batches_have_a_bound_and_leave_nothing_out(feed: Feed) -> None:
    feed.add([entry(number, f"t{number % 2}") for number in range(5)])
    cursor = feed.cursor({})
    found = [read(feed, cursor, most=2) for _ in range(4)]
    assert [len(each) for each in found] == [2, 2, 1, 0]
    assert len({place for each in found for place in each}) == 5


def test_a_record_written_twice_is_one(feed: Feed) -> None:
    feed.add([entry(0), replace(entry(0), offset=7)])
    cursor = feed.cursor({})
    assert read(feed, cursor) == [("t0", 0)]


def test_positions_beyond_the_end_are_of_a_topic_that_was_made_anew(feed: Feed) -> None:
    feed.add([entry(0)])
    assert read(feed, feed.cursor({"t0": 4_711})) == [("t0", 0)]


@pytest.mark.parametrize("text", ["", "t0", "t0:x", "t0:1.", "t0:1..t1:2", "<script>", "t0:-1"])
def test_what_is_no_position_is_none(text: str) -> None:
    assert positions_from(text) == {}


def test_a_correction_is_noted_for_articles_that_are_shown(feed: Feed) -> None:
    feed.add([entry(0)])
    place = Place("x", 0, 0)
    for article, revision, withdrawn in (
        ("nw-17", 0, False),
        ("nw-17", 2, False),
        ("another", 3, True),
    ):
        feed.note(Note(article, revision, withdrawn), place)
    assert feed.after(feed.cursor({}), 100).notes == [Note("nw-17", 2, withdrawn=False)]
    assert feed.extraction("nw-17", 2) == place
