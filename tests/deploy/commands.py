"""What a deployment has newswire do, put to the real parser with the deployment's settings."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import pytest

from pipeline.cli import cli

ROOT = Path(__file__).parents[2]


def parsed(
    arguments: Sequence[str], environment: Mapping[str, str], files: Mapping[str, str]
) -> click.Context:
    """The context of the command that ``newswire ARGUMENTS`` would run.

    ``files`` says what stands in for paths that are mounted: what the parser checks must exist.
    Fails the test where an option, a value or a variable is none that the command has.
    """
    stand_in = _with(files)
    settings = {name: stand_in(value) for name, value in environment.items()}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        words = [stand_in(word) for word in arguments]
        group: click.Command = cli
        context = click.Context(cli, info_name="newswire")
        while isinstance(group, click.Group):
            name, command, words = group.resolve_command(context, words)
            assert command is not None and name is not None
            if isinstance(command, click.Group):
                context = click.Context(command, parent=context, info_name=name)
            else:
                context = command.make_context(name, list(words), parent=context)
            group = command
    return context


def heeded(name: str) -> bool:
    """Whether any command reads the environment variable ``name``."""
    return name in _variables()


def _variables() -> set[str]:
    found = {"NEWSWIRE_CACHE"}
    context = click.Context(cli)
    todo = [cli.get_command(context, name) for name in cli.list_commands(context)]
    while todo:
        command = todo.pop()
        if isinstance(command, click.Group):
            todo += command.commands.values()
        elif command is not None:
            for parameter in command.params:
                names = parameter.envvar or ()
                found |= {names} if isinstance(names, str) else set(names)
    return found


def _with(files: Mapping[str, str]):
    def stand_in(text: str) -> str:
        for path, real in files.items():
            text = text.replace(path, real)
        return text

    return stand_in


def newswire_lines(script: str) -> list[list[str]]:
    """The calls of newswire in a shell script, as words."""
    return [shlex.split(line) for line in re.findall(r"\bnewswire ([a-z].*)$", script, re.M)]


def environment_of(file: Path) -> dict[str, str]:
    """The settings in a file of NAME=value lines."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def executable(name: str, reason: str) -> str:
    """Where the program is; skips the test where this machine lacks it."""
    for folder in os.get_exec_path():
        if os.access(Path(folder) / name, os.X_OK):
            return str(Path(folder) / name)
    pytest.skip(f"{name} is not here: {reason}")
