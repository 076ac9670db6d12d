"""The parent of several workers: starts them, follows them, and ends when all have ended."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import click

from pipeline.parallel.worker import Worker
from pipeline.progress import Progress
from pipeline.sources.shares import Share
from pipeline.stopping import STOPPING

_LOGGER = logging.getLogger(__name__)

TICK_SECONDS = 0.2


class Supervisor:
    """``newswire ARGUMENTS`` in several processes, of which each reads its share."""

    def __init__(
        self,
        count: int,
        share: Share,
        arguments: Sequence[str],
        *,
        until_caught_up: bool,
        max_outage_seconds: float,
    ) -> None:
        """Each worker reads a part of ``share``.

        One that dies again and again is given up after ``max_outage_seconds``.
        """
        self._until_caught_up = until_caught_up
        self._workers = [
            Worker(
                number,
                share.part(number, count),
                arguments,
                may_end=until_caught_up,
                max_outage_seconds=max_outage_seconds,
            )
            for number in range(count)
        ]

    def signal(self, number: int) -> None:
        """Passes a signal about the log on to all that are ready."""
        for worker in self._workers:
            worker.signal(number)

    def waiting_for(self) -> str | None:
        """Why not all are ready; None where they are."""
        return next(filter(None, (worker.waiting_for for worker in self._workers)), None)

    def run(self, progress: Progress) -> bool:
        """Runs them until all have ended; ``progress`` is shown while all are reading.

        They end when all are caught up, when `STOPPING` is set, or when one fails for a reason
        that starting it again would not change: then the others are stopped too.

        Gives whether there was a time when all were reading. Raises `click.exceptions.Exit` with
        the exit code of a worker that failed.
        """
        for worker in self._workers:
            worker.start()
        begun = self._wait(until_ready=True)
        if begun:
            if self._until_caught_up:
                progress.expected = sum(worker.expected or 0 for worker in self._workers)
            with progress:
                self._wait()
        for worker in self._workers:
            if worker.exit_code:
                _LOGGER.error(
                    "Worker %d ended for good with exit code %d, and the others were stopped. What "
                    "it said last is above.",
                    worker.number,
                    worker.exit_code,
                )
                raise click.exceptions.Exit(worker.exit_code)
        return begun

    def _wait(self, *, until_ready: bool = False) -> bool:
        """Returns when all have ended, or are ready where that is asked for; whether they are."""
        left = list(self._workers)
        while left:
            if until_ready and self.waiting_for() is None:
                return True
            left = [each for each in left if not each.has_ended(TICK_SECONDS / len(left))]
            if any(worker.exit_code for worker in self._workers):
                STOPPING.set()
            if STOPPING.is_set():
                for worker in left:
                    worker.stop()
        # All may have been done before we looked.
        return self.waiting_for() is None and not STOPPING.is_set()
