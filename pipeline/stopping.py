"""Ending in order: one event that everything which waits or reads looks at."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from pipeline import logs

STOPPING = threading.Event()
"""Set to end: readers report that nothing is left, so that the pipeline finishes, writes and
commits what is at hand, and whoever waits for an outage to pass gives up."""


SAME_SIGNAL_SECONDS = 0.5
"""A signal may arrive twice, sent to the process and to its group; that is still the first."""


@contextmanager
def stopping_on_signals(*, say: bool = True) -> Iterator[None]:
    """Within it the first SIGINT or SIGTERM sets `STOPPING`, and the second ends at once.

    ``say`` tells the user so at the first.
    """
    first = 0.0

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal first
        if STOPPING.is_set():
            if time.monotonic() - first < SAME_SIGNAL_SECONDS:
                return
            # The runner's threads could hold up an orderly exit. Nothing is lost: what is not
            # committed is read again.
            os._exit(128 + number)
        first = time.monotonic()
        STOPPING.set()
        if not say:
            return
        sys.stderr.write(
            logs.unlogged("Stopping: finishing what is at hand. Once more stops at once.")
        )

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
