"""``newswire dead-letters``: what its options take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
import pytest

from pipeline.commands.dead_letters import SinceType


def test_since_takes_a_time_and_how_long_ago_it_was() -> None:
    since = SinceType()
    assert since.convert("2026-11-01T02:00:00+02:00", None, None) == datetime(
        2026, 11, 1, tzinfo=UTC
    )
    before = datetime.now(UTC)
    two_hours_ago = since.convert("2h", None, None)
    assert before <= two_hours_ago + timedelta(hours=2) <= datetime.now(UTC)


@pytest.mark.parametrize("text", ["tomorrow", "2026-11-01", "20261101", "9999999999d", ""])
def test_since_refuses_what_is_no_time(text: str) -> None:
    with pytest.raises(click.BadParameter, match="not a time"):
        SinceType().convert(text, None, None)
