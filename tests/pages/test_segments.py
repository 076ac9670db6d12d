"""Texts cut at their marks: nothing is lost, overlaps keep lines of their own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.pages.segments import LANES, Mark, Segment, paragraphs

TEXT = "Chad said Mali lied.\n\nMali denied it."


def actor(start: int, end: int, key: str = "p1") -> Mark:
    return Mark(start, end, key, "actor", "government name")


def record(start: int, end: int, key: str, kind: str = "threat") -> Mark:
    return Mark(start, end, key, kind, label=key.upper())


def cut(text: str, *marks: Mark) -> list[Segment]:
    [segments] = paragraphs(text, marks)
    return segments


def test_each_line_with_words_is_a_paragraph() -> None:
    found = paragraphs(TEXT, ())
    assert ["".join(s.text for s in segments) for segments in found] == [
        "Chad said Mali lied.",
        "Mali denied it.",
    ]


def test_copy_wrapped_at_a_column_is_one_paragraph() -> None:
    text = "The ministry said that it would\nclose the port to all ships of\nthe union by Monday."
    assert len(paragraphs(text, ())) == 1


def test_a_mark_in_the_second_paragraph_is_found_at_its_place() -> None:
    start = TEXT.rindex("Mali")
    [_, second] = paragraphs(TEXT, [actor(start, start + 4)])
    assert (second[0].text, second[0].actor is not None) == ("Mali", True)


def test_of_mentions_within_mentions_the_inner_one_counts() -> None:
    found = cut("its lawyer", actor(0, 10, "p1"), actor(0, 3, "p2"))
    assert [(s.text, s.actor.key) for s in found if s.actor] == [("its", "p2"), (" lawyer", "p1")]


def test_the_second_piece_of_an_interrupted_mention_says_so() -> None:
    found = cut("the Chad envoy", actor(0, 14, "p1"), actor(4, 8, "p2"))
    assert [s.again for s in found] == [False, False, True]


def test_lines_that_overlap_have_lanes_of_their_own() -> None:
    found = cut("denied that it threatened", record(0, 25, "d1", "denial"), record(12, 25, "t1"))
    assert [s.keys for s in found] == ["d1", "d1 t1"]
    assert [line.lane for line in found[1].lines] == [0, 1]
    assert [s.lanes for s in found] == [1, 2]


def test_lines_one_behind_the_other_share_a_lane() -> None:
    found = cut("one two", record(0, 3, "t1"), record(4, 7, "t2"))
    assert [line.lane for s in found for line in s.lines] == [0, 0]


def test_more_lines_than_lanes_share_the_last() -> None:
    found = cut("words", *(record(0, 5, f"t{n}") for n in range(LANES + 2)))
    assert {line.lane for line in found[0].lines} == set(range(LANES))


def test_a_record_begins_once_however_often_it_is_cut() -> None:
    found = cut("one two three", record(0, 13, "t1"), actor(4, 7))
    assert [line.begins for s in found for line in s.lines] == [True, False, False]


def test_control_characters_and_those_that_reorder_text_are_left_out() -> None:
    assert cut("a\u202eb\x9bc\x00d\te")[0].text == "abcd e"


@given(
    text=st.text(alphabet="ab \n.", max_size=60),
    places=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20), st.booleans()), max_size=6),
)
def test_all_words_are_kept_and_every_mark_covers_what_it_says(
    text: str, places: list[tuple[int, int, bool]]
) -> None:
    marks = [
        (actor if is_actor else record)(start, start + length, f"x{n}")
        for n, (start, length, is_actor) in enumerate(places)
        if start + length <= len(text)
    ]
    found = [s for segments in paragraphs(text, marks) for s in segments]
    assert "".join("".join(s.text for s in found).split()) == "".join(text.split())
    for mark in marks:
        if mark.kind != "actor":
            over = "".join(s.text for s in found if mark.key in s.keys.split())
            assert "".join(over.split()) == "".join(text[mark.start : mark.end].split())
