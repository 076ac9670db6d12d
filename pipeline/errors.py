"""The errors that a user of the command line can be told about in one line."""

from __future__ import annotations

import click


class CommandError(click.ClickException):
    """What was asked for could not be done; exit code 1, and no traceback.

    The message says what was expected, what was found, where, and what to do.
    """
