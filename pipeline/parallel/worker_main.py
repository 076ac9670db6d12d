"""Run as a module: ``newswire`` as a worker of the process that started it.

    python -m pipeline.parallel.worker_main NUMBER SHARE DESCRIPTOR run ARGUMENT...

The arguments are those that the parent was given, but what it reads is SHARE. Its exit codes are
those of ``newswire``, and `CRASHED` where the parent is to start it again.
"""

from __future__ import annotations

import logging
import os
import sys

from pipeline import cli
from pipeline.parallel.status import WorkerRole
from pipeline.share_option import ShareType

_LOGGER = logging.getLogger(__name__)

CRASHED = 70
"""Ended by an exception that nobody foresaw; sysexits.h calls it EX_SOFTWARE."""


def main() -> None:
    """Runs the command with this process's role."""
    number, share, descriptor, *arguments = sys.argv[1:]
    role = WorkerRole(int(number), ShareType().convert(share, None, None), int(descriptor))
    # The end of the pipe tells the parent that we have ended: no child of ours is to hold it.
    os.set_inheritable(role.descriptor, False)
    try:
        code = cli.run(arguments, role)
    except Exception:
        _LOGGER.critical("Ended by an error that nobody foresaw:", exc_info=True)
        code = CRASHED
    sys.exit(code)


if __name__ == "__main__":
    main()
