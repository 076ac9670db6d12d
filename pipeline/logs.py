"""What a long-running command logs, and what it does not."""

from __future__ import annotations

import logging

FORMAT = "%(asctime)s %(levelname)s {process}%(message)s"


def configure(level: str, process: str = "") -> None:
    """Logs ours at ``level`` to standard error, where several processes do with this one's name.

    The libraries' own loggers are heard from ``DEBUG`` on only: kafka-python repeats an outage
    several times a second, which `pipeline.outages` says once.
    """
    form = FORMAT.format(process=f"{process}: " if process else "")
    logging.basicConfig(level=logging.CRITICAL, format=form, force=True)
    logging.getLogger("pipeline").setLevel(level)
    if level == "DEBUG":
        logging.getLogger().setLevel(logging.DEBUG)
