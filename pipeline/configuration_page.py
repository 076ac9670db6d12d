"""``docs/configuration.md``, written from the options themselves: ``make docs-configuration``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from pipeline.cli import COMMANDS, cli

_HEAD = """\
# Configuration

<!-- Written by "make docs-configuration" from the options. Don't edit it here. -->

Every setting has one name: the flag `--group-id` is `NEWSWIRE_GROUP_ID` in the environment, and
`group-id` in the file that `--config` names. A flag wins over the environment, that over the file,
and that over the default. `newswire config show` prints what holds, and where it comes from.
Several values of one variable have spaces between them, and names of topics commas too.

Durations are `250ms`, `20s`, `5m`, `2h` or `1d`; sizes `64K`, `128MB` or `1GiB`, in units of 1024.
"""

_LONG_RUNNING = ("run", "worker")


def page() -> str:
    """The page."""
    parts = [_HEAD]
    for path, command in sorted(_commands(), key=_order):
        name = f"newswire {' '.join(path)}"
        first = (command.help or "").strip().split("\n\n")[0].replace("\n", " ")
        rows = [_row(each) for each in command.params if isinstance(each, click.Option)]
        if rows:
            parts.append(f"## {name}\n\n{' '.join(first.split())}\n")
            parts.append("| Option, and its variable | Default | Meaning |\n|---|---|---|")
            parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def _commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(cli)
    todo: list[tuple[tuple[str, ...], click.Command | None]] = [
        ((name,), cli.get_command(context, name)) for name in COMMANDS
    ]
    while todo:
        path, command = todo.pop(0)
        if isinstance(command, click.Group):
            todo += [((*path, name), below) for name, below in command.commands.items()]
        elif command is not None:
            yield path, command


def _order(each: tuple[tuple[str, ...], click.Command]) -> tuple[bool, tuple[str, ...]]:
    # What runs for months comes first: those are the settings that are looked up.
    path, _ = each
    return path[0] not in _LONG_RUNNING, path


def _row(option: click.Option) -> str:
    flags = ", ".join(f"`{flag}`" for flag in (*option.opts, *option.secondary_opts))
    variable = f"`{option.envvar}`" if isinstance(option.envvar, str) else ""
    kind = "" if option.is_flag else f" {_kind(option)}"
    # In a column of their own, long names would break anywhere in it.
    named = f"{flags}{kind}<br>{variable}" if variable else f"{flags}{kind}"
    return f"| {named} | {_default(option)} | {_text(option.help or '')} |"


def _kind(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return ", ".join(f"`{choice}`" for choice in map(str, option.type.choices))
    return _text((option.metavar or option.type.name).lower())


def _default(option: click.Option) -> str:
    # As the help shows it; the environment must not change the page.
    value = option.get_default(click.Context(click.Command("any")), call=False)
    if option.is_flag:
        return "on" if value is True else "off"
    if value is None or callable(value) or "UNSET" in repr(value).upper() or value == ():
        return ""
    values = value if isinstance(value, list | tuple) else [value]
    return ", ".join(f"`{each}`" for each in values)


def _text(text: str) -> str:
    escaped = text.replace("\b", " ").replace("|", "\\|").replace("<", "&lt;")
    return " ".join(escaped.split())


if __name__ == "__main__":
    sys.stdout.write(page())
