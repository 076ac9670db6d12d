"""What a long-running command logs, and what it does not."""

from __future__ import annotations

import logging

from pipeline.plain_text import escaped_lines

FORMAT = "%(asctime)s %(levelname)s {process}%(message)s"

CONTINUED = "    "
"""What lines of a record after its first begin with."""


class UnforgeableFormatter(logging.Formatter):
    """What is logged often quotes the wire, and an article's id may look like a line of a log.

    A line that is not indented is the first of a record of ours, and nothing in it steers a
    terminal.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record, its traceback included."""
        return escaped_lines(super().format(record), CONTINUED)


def configure(level: str, process: str = "") -> None:
    """Logs ours at ``level`` to standard error, where several processes do with this one's name.

    The libraries' own loggers are heard from ``DEBUG`` on only: kafka-python repeats an outage
    several times a second, which `pipeline.outages` says once.
    """
    handler = logging.StreamHandler()
    process = f"{process}: " if process else ""
    handler.setFormatter(UnforgeableFormatter(FORMAT.format(process=process)))
    logging.basicConfig(level=logging.CRITICAL, handlers=[handler], force=True)
    logging.getLogger("pipeline").setLevel(level)
    if level == "DEBUG":
        logging.getLogger().setLevel(logging.DEBUG)
