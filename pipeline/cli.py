"""The ``newswire`` command: finds the command asked for, and turns its end into an exit code.

Each command stands in a module of its own in `pipeline.commands`, imported only when it is
called: ``newswire --help`` loads neither Beam nor spaCy.

Exit codes: 0 ok, 1 failed, 2 wrong usage, 130 interrupted by Ctrl-C.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from typing import cast

import click

from pipeline import __version__
from pipeline.plain_text import escaped_lines

COMMANDS = {
    "demo": "See it work: a broker, a news feed and the pipeline, at one command.",
    "broker": "Run a small broker on this machine, to try things with.",
    "run": "Read articles from Kafka, write what is found to Kafka, until stopped.",
    "cancel": 'End a job that "newswire run" has begun on a cluster.',
    "worker": "Run articles for a Beam runner on this machine, as a sidecar.",
    "publish": "Send articles from files to a Kafka topic.",
    "extract": "Find actors, threats and denials in files, without Kafka.",
    "tail": "Show the records on the output topics, decoded.",
    "dashboard": "Serve a page that shows threats and denials as they arrive.",
    "dead-letters": "Look at what could not be processed, and send it again.",
    "topics": "Make the topics, and describe them.",
    "schemas": "Show, register and check the schemas of the topics.",
    "actors": "Check actor files of your own, and look up who is known.",
    "config": "Show the settings that hold, and where each comes from.",
    "evaluate": "Score the extraction against annotated articles.",
}
"""Name and one-line help of every command, in the order of the help."""


class LazyGroup(click.Group):
    """A group that knows its commands by name, and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands' names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the command's module; None where there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        module = importlib.import_module(f"pipeline.commands.{name}")
        return cast(click.Command, getattr(module, name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="newswire")
def cli() -> None:
    """Watch a news wire for who threatens whom, and who denies what.

    \b
    See it work, with nothing else installed:
      newswire demo
    Look into one article:
      newswire extract article.txt
    Follow a wire on your own brokers, or on a small one ("newswire broker"):
      newswire topics create --bootstrap-servers kafka:9092
      newswire run --bootstrap-servers kafka:9092

    "newswire COMMAND --help" explains a command. Settings can also come from the environment:
    --bootstrap-servers as NEWSWIRE_BOOTSTRAP_SERVERS.
    """


def main() -> None:
    """Runs the command line and exits with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str], role: object = None) -> int:
    """Runs the command line ``arguments``; gives the exit code.

    ``role`` is the object of click's context: what this process is to others of ours.
    """
    try:
        outcome = cli.main(arguments, prog_name="newswire", standalone_mode=False, obj=role)
        sys.stdout.flush()
    except click.ClickException as error:
        # It may quote what anybody has written: an article, a file's name, a registry's answer.
        said = io.StringIO()
        error.show(said)
        click.echo(escaped_lines(said.getvalue()), nl=False, err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # The reader has seen enough (`newswire tail | head`). What is still buffered goes
        # nowhere, or the interpreter would complain about it on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return outcome if isinstance(outcome, int) else 0
