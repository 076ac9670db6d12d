"""What is broken in a run, and put right again; each returns once that is so."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.brokers.apache import ApacheKafka
from pipeline.kafka_clients import REQUEST_TIMEOUT_MS
from tests.chaos.sampling import Sampler
from tests.chaos.supervised import Supervised
from tests.small_disks import SmallDisk

BEYOND_TIMEOUTS_SECONDS = REQUEST_TIMEOUT_MS / 1_000 + 1
"""Longer than any client waits for an answer."""

LONGEST_ADDED_SECONDS = 6.0
"""How much longer than it must a fault may last."""

DISK_FULL_SECONDS = 3.0
BROKER_DOWN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What can be broken."""

    broker: ApacheKafka
    pipeline: Supervised
    workers: Callable[[], list[int]]
    """The processes that work for the pipeline now: Prism, or those of a pool."""
    disk: SmallDisk
    sampler: Sampler


Fault = Callable[[Surroundings, float], bool]
"""Breaks something, for longer or shorter by a strength of 0 to 1; whether there was a victim."""


def pipeline_killed(around: Surroundings, strength: float) -> bool:
    """``kill -9`` of ``newswire run``; what it had committed is looked at before it restarts."""
    struck = around.pipeline.kill()
    around.sampler.sample()
    return struck


def worker_killed(around: Surroundings, strength: float) -> bool:
    """``kill -9`` of a process that works for the pipeline."""
    workers = around.workers()
    if not workers:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(workers[int(strength * len(workers)) % len(workers)], signal.SIGKILL)
    around.sampler.sample()
    return True


def broker_restarted(around: Surroundings, strength: float) -> bool:
    """The broker is stopped in order, or killed, and started with the data that it had."""
    if strength < 0.5:
        around.broker.stop()
    else:
        around.broker.kill()
    time.sleep(BROKER_DOWN_SECONDS + strength * LONGEST_ADDED_SECONDS)
    around.broker.start()
    return True


def broker_frozen(around: Surroundings, strength: float) -> bool:
    """The broker keeps its connections and answers nothing (SIGSTOP)."""
    around.broker.pause()
    try:
        time.sleep(BEYOND_TIMEOUTS_SECONDS + strength * LONGEST_ADDED_SECONDS)
    finally:
        around.broker.resume()
    return True


def disk_full(around: Surroundings, strength: float) -> bool:
    """The disk of the output files takes no more, until there is room again."""
    pid = around.pipeline.pid
    if pid is None:
        return False
    with around.sampler.not_collecting():
        around.disk.fill(pid)
        try:
            time.sleep(DISK_FULL_SECONDS + strength * LONGEST_ADDED_SECONDS)
        finally:
            with contextlib.suppress(ProcessLookupError):
                around.disk.free(pid)
    return True


FAULTS: dict[str, Fault] = {
    "pipeline killed": pipeline_killed,
    "worker killed": worker_killed,
    "broker restarted": broker_restarted,
    "broker frozen": broker_frozen,
    "disk full": disk_full,
}
