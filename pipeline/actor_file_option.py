"""The value of ``--actor-file``: a file of known actors, read and checked at the command line.

What is wrong with it is told before anything runs, and what is in it goes to the workers.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import click

from pipeline.extraction.knowledge.actor_files import ActorFile

_MOST_PROBLEMS = 10
"""So many problems of actor files are shown before a command gives up."""


class ActorFileType(click.ParamType[ActorFile]):
    """A file of known actors, read at once; several in one variable with ":" between them."""

    name = "file"
    # As for every list of paths: a path may hold spaces and commas.
    envvar_list_splitter = os.pathsep

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> ActorFile:
        """Gives the file's content, or fails with a usage error; see `check_actor_files`."""
        if isinstance(value, ActorFile):
            return value
        try:
            return ActorFile.read(value)
        except OSError as error:
            self.fail(f"{str(value)!r} can't be read: {error.strerror}.", param, ctx)
        except UnicodeDecodeError as error:
            self.fail(f"{str(value)!r}: expected UTF-8, found {error}.", param, ctx)


def sound(actor_files: Sequence[ActorFile]) -> tuple[ActorFile, ...]:
    """The actor files; fails with a usage error that says what is wrong with them, and where."""
    if actor_files:
        # Only those who have such a file wait for the packaged ones to be read.
        from pipeline.extraction.knowledge.base import check_actor_files

        if problems := check_actor_files(actor_files):
            shown = [f"  {problem}" for problem in problems[:_MOST_PROBLEMS]]
            if len(problems) > _MOST_PROBLEMS:
                shown.append(f"  and {len(problems) - _MOST_PROBLEMS} more: newswire actors check")
            raise click.UsageError("\n".join(["--actor-file: the actors can't be used.", *shown]))
    return tuple(actor_files)
