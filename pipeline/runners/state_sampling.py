"""How often Beam looks which stage of a bundle is at work.

A thread of Beam's looks, sleeps longer and longer between two looks, up to 200 ms, and is awaited
at the end of every bundle until it wakes. With bundles of a second that was a twelfth of all time
(measured, Beam 2.77). There is no option for it.
"""

from __future__ import annotations

from apache_beam.runners.worker.statesampler import StateSampler

PERIOD_MS = 10
"""Between two looks. A look takes some microseconds, and not the interpreter's lock."""


def look_often() -> None:
    """Has this process's bundles end without waiting for Beam's thread; from the next stage on."""
    StateSampler.__init__.__defaults__ = (PERIOD_MS,)
