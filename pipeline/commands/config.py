"""``newswire config``: what settings hold, and where each comes from."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click
from click.core import ParameterSource

from pipeline import options
from pipeline.commands.run import run
from pipeline.options import DurationType
from pipeline.settings_file import FILE_IN_USE, settings_of

_LOGIN = re.compile(r"(?<=://)[^/@\s]*@")
"""User and password in an address."""

_UNITS = ((86_400.0, "d"), (3_600.0, "h"), (60.0, "m"), (1.0, "s"), (0.001, "ms"))


@click.group()
def config() -> None:
    """Show the settings that hold, and where each comes from."""


def _show(**values: Any) -> None:
    """Print the settings of "newswire run" as they hold here, and where each comes from.

    It takes the options of "newswire run". What it prints is a settings file, for --config.
    A setting is taken from the command line, else from the environment, else from the file,
    else it has its default.

    \b
    Examples:
      newswire config show
      newswire config show --config newswire.toml --group-id again
      newswire config show > newswire.toml

    Exit codes: 0 ok, 2 a setting is wrong.
    """
    ctx = click.get_current_context()
    lines = list(_lines(ctx))
    width = max(len(line) for line, _ in lines)
    for line, source in lines:
        click.echo(f"{line:{width}}  # {source}")


def _lines(ctx: click.Context) -> Iterator[tuple[str, str]]:
    for key, own in settings_of(ctx.command).items():
        value = ctx.params[str(own.name)]
        if own.name == "input_topics":
            # No default beside a pattern: to print one would make it a setting of the file.
            value = options.named_topics(value, ctx.params["input_topic_pattern"]) or None
        if value is None:
            yield f"# {key} =", "not set"
        else:
            yield f"{key} = {_toml(own.type, value)}", _source(ctx, key, own)


def _source(ctx: click.Context, key: str, own: click.Option) -> str:
    source = ctx.get_parameter_source(str(own.name))
    if source is ParameterSource.COMMANDLINE:
        return f"flag --{key}"
    if source is ParameterSource.ENVIRONMENT:
        return f"environment {own.envvar}"
    if source is ParameterSource.DEFAULT_MAP:
        return f"file {ctx.meta[FILE_IN_USE]}"
    return "default"


def _toml(kind: click.ParamType[Any], value: Any) -> str:
    """The value as the file would have it; logins in addresses are left out."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(kind, DurationType):
        return f'"{_duration(value)}"'
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return f"[{', '.join(_toml(kind, one) for one in value)}]"
    text = value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)
    return json.dumps(_LOGIN.sub("***@", text), ensure_ascii=False)


def _duration(seconds: float) -> str:
    """In the largest unit that gives a whole number."""
    if math.isinf(seconds):
        return "forever"
    for length, unit in _UNITS:
        count = seconds / length
        if round(count) and abs(count - round(count)) < 1e-9:
            return f"{round(count)}{unit}"
    return f"{seconds:g}s"


config.add_command(
    click.Command(
        "show",
        callback=_show,
        params=[each for each in run.params if isinstance(each, click.Option)],
        help=_show.__doc__,
    )
)
