"""Settings from a file: ``--config newswire.toml``, for every command that takes it.

A setting has the name of its flag (``max-bundle-time = "2s"``). A flag on the command line wins
over the environment, that over the file, and that over the default. One file may serve several
commands: each takes from it what it knows, and a key that no command knows is an error.
"""

from __future__ import annotations

import difflib
import logging
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import click

from pipeline.options import (
    ENVIRONMENT_PREFIX,
    DurationType,
    InstantType,
    SizeType,
    option,
)

_LOGGER = logging.getLogger(__name__)

FILE_IN_USE = "pipeline.settings_file"
"""Where the context of a command keeps the path of its settings file."""

SECRETS = frozenset(
    {
        "sasl-password",
        "ssl-key-password",
        "schema-registry-password",
        "schema-registry-token",
        "metrics-password",
        "dashboard-password",
    }
)
"""Keys that no flag sets, for a command line can be seen by all; each has a flag for a file that
holds it (``--sasl-password-file``)."""

_SECRETS_IN_USE = "pipeline.settings_file.secrets"

_FOUND = {
    bool: "a boolean",
    str: "a string",
    int: "an integer",
    float: "a number",
    list: "an array",
    dict: "a table",
    datetime: "a date-time",
    date: "a date",
    time: "a time",
}


def settings_of(command: click.Command) -> dict[str, click.Option]:
    """The options of a command that a file can set, by the names that they have there."""
    return {
        next(flag for flag in own.opts if flag.startswith("--")).removeprefix("--"): own
        for own in command.params
        if isinstance(own, click.Option)
        and own.name != "config"
        and str(own.envvar or "").startswith(ENVIRONMENT_PREFIX)
    }


def _read(ctx: click.Context, parameter: click.Parameter, path: Path | None) -> Path | None:
    """Gives the command the file's settings, as its defaults."""
    if path is not None:
        wishes = settings_of(ctx.command)
        found, problems = _parse(path, ctx, parameter), []
        known = {*wishes, *SECRETS}
        if found.keys() - known:
            # Only now, for it imports every command.
            known.update(_keys_below(ctx.find_root().command, ctx.find_root()))
        defaults: dict[str, Any] = {}
        for key, value in found.items():
            own = wishes.get(key)
            if key not in known:
                problems.append(_unknown(key, value, known))
            elif key in SECRETS:
                # Its value is looked at where it is needed, and nowhere else.
                if not isinstance(value, str):
                    problems.append(f"{key}: expected a string")
            elif own is not None:
                problem = _problem(own, value, ctx)
                if problem:
                    problems.append(f"{key}: {problem}")
                elif own.multiple and isinstance(value, str):
                    defaults[str(own.name)] = [value]
                else:
                    defaults[str(own.name)] = value
        if problems:
            raise click.BadParameter("\n  ".join([f"{path}:", *problems]), ctx, parameter)
        ctx.default_map = defaults
        ctx.meta[FILE_IN_USE] = path
        ctx.meta[_SECRETS_IN_USE] = SECRETS & found.keys()
        if ctx.meta[_SECRETS_IN_USE] and path.stat().st_mode & 0o004:
            _LOGGER.warning(
                "%s holds a password, and anybody on this machine may read it: chmod o-r.", path
            )
    return path


def secrets_in_use(ctx: click.Context) -> frozenset[str]:
    """The secrets that the command's settings file has, by their keys."""
    found: frozenset[str] = ctx.meta.get(_SECRETS_IN_USE, frozenset())
    return found


config_file = option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    is_eager=True,
    expose_value=False,
    callback=_read,
    help='A TOML file of settings, named as the flags: group-id = "watch". Flags and the '
    "environment win over it.",
)
"""The option for a command that takes its settings from a file too."""


def _parse(path: Path, ctx: click.Context, parameter: click.Parameter) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{path}: expected TOML: {error}", ctx, parameter) from error
    except OSError as error:
        raise click.BadParameter(f"{path} can't be read: {error}", ctx, parameter) from error


def _keys_below(command: click.Command, ctx: click.Context) -> Iterator[str]:
    """The settings of all commands, so that one file may serve them all."""
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            inner = command.get_command(ctx, name)
            if inner is not None:
                yield from _keys_below(inner, ctx)
    yield from settings_of(command)


def _unknown(key: str, value: Any, known: set[str]) -> str:
    if isinstance(value, dict):
        return f"[{key}]: expected settings at the top level, found a table"
    near = difflib.get_close_matches(key.lower().replace("_", "-"), sorted(known), n=1)
    advice = f"did you mean {near[0]}?" if near else '"newswire config show" lists them.'
    return f"{key}: there is no such setting; {advice}"


def _problem(own: click.Option, value: Any, ctx: click.Context) -> str | None:
    """What is wrong with a value of the setting; None where nothing is."""
    expected, kinds = _expectation(own)
    values = value if own.multiple and isinstance(value, list) else [value]
    for one in values:
        # To Python a boolean is an integer too.
        if not isinstance(one, kinds) or (isinstance(one, bool) and bool not in kinds):
            found = _FOUND.get(type(one), type(one).__name__)
            within = " within the array" if one is not value else ""
            return f"expected {expected}, found {found}{within}"
    try:
        own.type_cast_value(ctx, values if own.multiple else value)
    except click.BadParameter as error:
        return error.message
    return None


def _expectation(own: click.Option) -> tuple[str, tuple[type, ...]]:
    """What a value in the file has to be, in words and as classes."""
    if own.is_flag:
        return "true or false", (bool,)
    if own.multiple:
        return "an array of strings", (str,)
    if isinstance(own.type, click.types.IntParamType):
        return "an integer", (int,)
    if isinstance(own.type, click.types.FloatParamType):
        return "a number", (int, float)
    if isinstance(own.type, DurationType):
        return 'a duration, as in "20s", or a number of seconds', (str, int, float)
    if isinstance(own.type, SizeType):
        return 'a size, as in "64M", or a number of bytes', (str, int)
    if isinstance(own.type, InstantType):
        return "a date-time with its zone, as in 2026-11-01T00:00:00Z", (str, datetime)
    return "a string", (str,)
