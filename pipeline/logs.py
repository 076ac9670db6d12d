"""What a long-running command logs, and what it does not."""

from __future__ import annotations

import logging

FORMAT = "%(asctime)s %(levelname)s %(message)s"


def configure(level: str) -> None:
    """Logs ours at ``level`` to standard error.

    The libraries' own loggers are heard from ``DEBUG`` on only: kafka-python repeats an outage
    several times a second, which `pipeline.outages` says once.
    """
    logging.basicConfig(level=logging.CRITICAL, format=FORMAT, force=True)
    logging.getLogger("pipeline").setLevel(level)
    if level == "DEBUG":
        logging.getLogger().setLevel(logging.DEBUG)
