"""``newswire config show``: every setting, its value, and where that comes from."""

from __future__ import annotations

import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline import options
from pipeline.cli import cli
from pipeline.commands import config
from pipeline.commands.run import run
from pipeline.settings_file import settings_of


def show(*arguments: str, env: dict[str, str] | None = None) -> str:
    result = CliRunner().invoke(cli, ["config", "show", *arguments], env=env)
    assert result.exit_code == 0, result.output
    return result.output


def line(output: str, key: str) -> tuple[str, str]:
    """The value of a setting as printed, and where it is said to come from."""
    [found] = [line for line in output.splitlines() if line.startswith(f"{key} = ")]
    value, _, source = found.partition("  # ")
    return value.partition(" = ")[2].strip(), source


def test_each_value_is_shown_with_where_it_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "newswire.toml"
    file.write_text('group-id = "desk"\nsplits = 2\nmax-outage = "1h"')
    output = show("--config", str(file), "--splits=3", env={"NEWSWIRE_MAX_OUTAGE": "90s"})
    assert line(output, "splits") == ("3", "flag --splits")
    assert line(output, "max-outage") == ('"90s"', "environment NEWSWIRE_MAX_OUTAGE")
    assert line(output, "group-id") == ('"desk"', f"file {file}")
    assert line(output, "codec") == ('"deflate"', "default")
    assert "# start-at =" in output


def test_every_setting_of_run_is_shown() -> None:
    output = show()
    assert all(f"{key} =" in output for key in settings_of(run))


def test_what_is_shown_is_a_settings_file_that_gives_the_same_settings(tmp_path: Path) -> None:
    flags = [
        "--start-at=2026-11-01T00:00:00Z",
        "--input-topic=a",
        "--input-topic=b",
        "--until-caught-up",
        "--max-bundle-time=250ms",
        "--max-outage=36h",
        r"--input-topic-pattern=wire\.[a-z]+",
        "--metrics-address=[::1]:9108",
    ]
    file = tmp_path / "newswire.toml"
    file.write_text(show(*flags))
    written = tomllib.loads(file.read_text())
    assert written["input-topic"] == ["a", "b"]
    assert written["max-outage"] == "36h"
    again = tomllib.loads(show("--config", str(file)))
    assert again == written


def test_beside_a_pattern_the_input_topic_has_no_default() -> None:
    shown = show("--input-topic-pattern", "wire.+")
    assert "# input-topic = " in shown
    both = show("--input-topic-pattern", "wire.+", "--input-topic", "reuters")
    assert 'input-topic = ["reuters"]' in both


def test_a_login_within_an_address_is_never_shown() -> None:
    @click.command()
    @options.option("--proxy")
    def command(proxy: str) -> None:
        for text, _ in config._lines(click.get_current_context()):
            click.echo(text)

    result = CliRunner().invoke(command, ["--proxy", "http://user:secret@host:1/path"])
    assert result.output == 'proxy = "http://***@host:1/path"\n'


@pytest.mark.parametrize("text", ["--splits=0", "--no-such-option"])
def test_wrong_usage_exits_with_2(text: str) -> None:
    assert CliRunner().invoke(cli, ["config", "show", text]).exit_code == 2
