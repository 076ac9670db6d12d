"""Settings from a file: what wins, and what is wrong with a file that is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from pipeline import cli, options
from pipeline.commands.run import run
from pipeline.settings_file import config_file, settings_of


@click.command()
@config_file
@options.option("--group-id", default="default")
@options.option("--input-topic", type=options.NAMES, multiple=True, default=["default"])
@options.option("--splits", type=click.IntRange(1, 20), default=1)
@options.option("--max-failure-ratio", type=click.FloatRange(0, 1))
@options.option("--max-bundle-time", type=options.DURATION)
@options.option("--roll-size", type=options.SIZE)
@options.option("--start-at", type=options.INSTANT)
@options.option("--until-caught-up", is_flag=True)
@options.option("--codec", type=click.Choice(["deflate", "null"]))
def command(**values: Any) -> dict[str, Any]:
    """Gives its settings."""
    return values


Settings = Callable[..., dict[str, Any]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "newswire.toml"


@pytest.fixture
def settings(file: Path) -> Settings:
    """Runs the command with a file of this text; gives what its settings are then."""

    def run_with(text: str, *flags: str, env: dict[str, str] | None = None) -> dict[str, Any]:
        file.write_text(text)
        arguments = ["--config", str(file), *flags]
        result = CliRunner().invoke(command, arguments, env=env, standalone_mode=False)
        if result.exception:
            raise result.exception
        return result.return_value

    return run_with


def refusal(settings: Settings, text: str) -> str:
    with pytest.raises(click.BadParameter) as refused:
        settings(text)
    return refused.value.format_message()


def test_a_flag_wins_over_the_environment_and_that_over_the_file(settings: Settings) -> None:
    env = {"NEWSWIRE_GROUP_ID": "environment"}
    text = 'group-id = "file"'
    assert settings(text, "--group-id=flag", env=env)["group_id"] == "flag"
    assert settings(text, env=env)["group_id"] == "environment"
    assert settings(text)["group_id"] == "file"
    assert settings("")["group_id"] == "default"


def test_the_file_itself_can_be_named_in_the_environment(file: Path) -> None:
    file.write_text('group-id = "file"')
    result = CliRunner().invoke(command, env={"NEWSWIRE_CONFIG": str(file)}, standalone_mode=False)
    assert result.return_value["group_id"] == "file"


def test_values_are_of_the_types_that_flags_give(settings: Settings) -> None:
    found = settings(
        """
        input-topic = ["a", "b"]
        splits = 3
        max-failure-ratio = 0.25
        max-bundle-time = "250ms"
        roll-size = "64K"
        start-at = 2026-11-01T01:00:00+01:00
        until-caught-up = true
        """
    )
    assert found == {
        "group_id": "default",
        "input_topic": ("a", "b"),
        "splits": 3,
        "max_failure_ratio": 0.25,
        "max_bundle_time": 0.25,
        "roll_size": 65_536,
        "start_at": datetime(2026, 11, 1, tzinfo=UTC),
        "until_caught_up": True,
        "codec": None,
    }


def test_a_single_topic_needs_no_array_and_seconds_need_no_unit(settings: Settings) -> None:
    found = settings('input-topic = "a"\nmax-bundle-time = 2')
    assert (found["input_topic"], found["max_bundle_time"]) == (("a",), 2.0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('splits = "3"', "splits: expected an integer, found a string"),
        ("splits = true", "splits: expected an integer, found a boolean"),
        ("splits = 21", "splits: 21 is not in the range 1<=x<=20"),
        ('max-failure-ratio = "half"', "max-failure-ratio: expected a number, found a string"),
        ('until-caught-up = "yes"', "until-caught-up: expected true or false, found a string"),
        ("group-id = 7", "group-id: expected a string, found an integer"),
        ("input-topic = 7", "input-topic: expected an array of strings, found an integer"),
        ('input-topic = ["a", 7]', "found an integer within the array"),
        ('input-topic = ["a b"]', "'a b' is not a Kafka name"),
        ('max-bundle-time = "soon"', "max-bundle-time: 'soon' is not a duration, as in 250ms"),
        ("max-bundle-time = -1", "max-bundle-time: -1 is not a duration"),
        ("max-bundle-time = [1]", "expected a duration"),
        ("start-at = 2026-11-01T00:00:00", "start-at: '2026-11-01 00:00:00' is not a time with"),
        ("start-at = 2026-11-01", "start-at: expected a date-time with its zone"),
        ('codec = "zip"', "codec: 'zip' is not one of 'deflate', 'null'"),
        ('groupid = "x"', "groupid: there is no such setting; did you mean group-id?"),
        ("Max_Bundle_Time = 1", "did you mean max-bundle-time?"),
        ("qqq = 1", 'qqq: there is no such setting; "newswire config show" lists them'),
        ('config = "other.toml"', "config: there is no such setting"),
        ("[run]\nsplits = 1", "[run]: expected settings at the top level, found a table"),
        ("splits = = 1", "expected TOML: "),
    ],
)
def test_what_is_wrong_is_told_with_file_key_expected_and_found(
    settings: Settings, file: Path, text: str, told: str
) -> None:
    message = refusal(settings, text)
    assert str(file) in message
    assert told in message


def test_everything_that_is_wrong_is_told_at_once(settings: Settings) -> None:
    message = refusal(settings, 'splits = "3"\ngroup-id = 7\nnothing = 1')
    assert all(key in message for key in ("splits:", "group-id:", "nothing:"))


def test_a_file_may_hold_what_only_other_commands_take(file: Path) -> None:
    file.write_text("partitions = 6\nsplits = 3")
    shown = CliRunner().invoke(cli.cli, ["config", "show", "--config", str(file)])
    assert shown.exit_code == 0, shown.output
    assert "splits = 3" in shown.output


def test_a_wrong_file_is_wrong_usage_of_run(file: Path) -> None:
    file.write_text("splits = 0")
    result = CliRunner().invoke(cli.cli, ["run", "--config", str(file)])
    assert result.exit_code == 2
    assert "splits: 0 is not in the range" in result.output


def test_every_option_of_run_can_be_set_by_the_file() -> None:
    flags = {own.opts[0].removeprefix("--") for own in run.params if isinstance(own, click.Option)}
    assert flags - set(settings_of(run)) == {"config"}
