"""Tables for people: what they show, and what they keep from a terminal."""

from __future__ import annotations

import dataclasses
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from pipeline.records import ActorRef, ActorType
from pipeline.tables import actors_table, denials_table, printable, threats_table
from tests.record_samples import ACTOR, ACTORS, DENIAL, DENIALS, THREAT, THREATS


def shown(table: Table, width: int = 160) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(table)
    output = console.file
    assert isinstance(output, io.StringIO)
    return output.getvalue()


def test_a_threat_shows_who_whom_what_when_and_how_far_it_is_vouched_for() -> None:
    output = shown(threats_table([THREAT]))
    for part in ("Ilka Varna", "Norland Rail", "stop every train", "unless pay rises", "133",
                 "alleged", "says Norland Rail", "in quotes", "nw-17"):  # fmt: skip
        assert part in output


def test_a_denial_shows_who_what_and_the_threat_that_is_denied() -> None:
    output = shown(denials_table([DENIAL], [THREAT]))
    for part in ("Ilka Varna", "that she had made a threat", "FACT", "“denied”",
                 "Ilka Varna: stop every train", "nw-17"):  # fmt: skip
        assert part in output


def test_a_denied_threat_that_is_not_at_hand_is_named_by_its_id() -> None:
    assert THREAT.record_id[:8] in shown(denials_table([DENIAL]))


def test_an_actor_shows_kind_role_and_how_it_is_mentioned() -> None:
    output = shown(actors_table([ACTOR]))
    for part in ("Ilka Varna", "person, BGR", "union leader", "2: Varna, Ilka Varna"):
        assert part in output


def test_the_article_is_left_out_where_all_are_of_one() -> None:
    assert "nw-17" not in shown(threats_table([THREAT], with_articles=False))


def test_square_brackets_in_a_name_are_no_markup() -> None:
    actor = dataclasses.replace(ACTOR, name="[bold]Group[/bold] [/]")
    assert "[bold]Group[/bold] [/]" in shown(actors_table([actor]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two\nlines\tand  more", "two lines and more"),
        ("\x1b[31mred\x1b[0m\x07", "[31mred[0m"),
        ("c1\x9b31m", "c131m"),
        ("left\u202eright\u2066", "leftright"),
        ("half\ud800", "half"),
        ("a\u2028b", "a b"),
        ("👩\u200d🚒", "👩\u200d🚒"),
    ],
)
def test_nothing_that_steers_a_terminal_is_printed(text: str, expected: str) -> None:
    assert printable(text) == expected


@given(st.text(st.characters()), st.integers(1, 40))
def test_whatever_is_printed_fits_on_one_line_of_plain_text(text: str, width: int) -> None:
    output = printable(text, width)
    assert len(output) <= width
    assert len(output.splitlines()) <= 1
    output.encode("utf-8")
    assert "\x1b" not in output


@given(st.lists(THREATS, max_size=3), st.lists(DENIALS, max_size=3), st.lists(ACTORS, max_size=3))
def test_any_records_can_be_shown(threats: list, denials: list, actors: list) -> None:
    hostile = ActorRef("x", "\x1b[2J", ActorType.GROUP, None)
    threats = [dataclasses.replace(threat, threatener=hostile) for threat in threats]
    tables = [threats_table(threats), denials_table(denials, threats), actors_table(actors)]
    for table in tables:
        assert "\x1b" not in shown(table, width=60)
