"""Every command explains itself: by examples that stand line for line, and by its variables."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from pipeline.cli import COMMANDS, cli


def help_of(*command: str) -> str:
    result = CliRunner().invoke(cli, [*command, "--help"])
    assert result.exit_code == 0, result.output
    return result.output


def commands() -> list[tuple[str, ...]]:
    """Every command line that does something, those within groups too."""
    found: list[tuple[str, ...]] = []
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        if isinstance(command, click.Group):
            found += [(name, inner) for inner in command.list_commands(context)]
        else:
            found.append((name,))
    return found


def test_the_help_names_every_command() -> None:
    listed = help_of().partition("Commands:")[2]
    for name, summary in COMMANDS.items():
        assert name in listed
        assert summary.split()[0] in listed


def test_each_command_shows_examples_line_for_line() -> None:
    for command in commands():
        text = help_of(*command)
        assert f"\n    newswire {' '.join(command)}" in text, command
        assert r"\b" not in text, command


@pytest.mark.parametrize("command", ["run", "topics create"])
def test_each_option_can_be_set_in_the_environment(command: str) -> None:
    text = help_of(*command.split())
    options = [
        line for line in text.splitlines() if line.startswith("  --") and line[:8] != "  --help"
    ]
    assert options
    assert text.count("NEWSWIRE_") >= len(options)
