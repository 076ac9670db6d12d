"""What no input may do: take too long, stand still, or fill the memory."""

from __future__ import annotations

import faulthandler
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager

CPU_SECONDS = 120
"""Processor time in which an input has an outcome; what takes longer hangs."""

STUCK_SECONDS = 1_800
"""Time after which an input that takes no processor time stands still; a busy machine is slow."""

MAX_MEGABYTES = 2_000
"""Resident memory that no input may drive the process beyond; the model alone takes 250."""

ADDRESSES_MEGABYTES = 6_000
"""What the process may ask for at all: one that asks for all there is takes others with it."""


class Hangs(Exception):
    """An input has no outcome in `CPU_SECONDS`."""


class TooLarge(Exception):
    """An input has driven the process beyond `MAX_MEGABYTES`."""


def limit_addresses() -> None:
    """Makes it a MemoryError to ask for more than `ADDRESSES_MEGABYTES`."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES_MEGABYTES * 2**20, most))


def most_megabytes() -> int:
    """The most resident memory that the process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@contextmanager
def watched() -> Iterator[None]:
    """Raises `Hangs` or `TooLarge` for what is done inside; ends a process that stands still."""

    def give_up(*_: object) -> None:
        raise Hangs(f"no outcome after {CPU_SECONDS} seconds of processor time")

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    # By a thread of its own, which no code in C keeps waiting.
    faulthandler.dump_traceback_later(STUCK_SECONDS, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    if most_megabytes() > MAX_MEGABYTES:
        raise TooLarge(f"{most_megabytes():,} MB of memory; at most {MAX_MEGABYTES:,} are right")
