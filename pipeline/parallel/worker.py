"""One worker of several: a process, its output and its status, and another where it dies."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

import tenacity

from pipeline import metrics
from pipeline.brokers.dies_with_parent import dying_with_this_process
from pipeline.events import Stored
from pipeline.parallel.status import Status
from pipeline.sources.shares import Share
from pipeline.stopping import STOPPING

_LOGGER = logging.getLogger(__name__)

FIRST_BACKOFF_SECONDS = 1.0
LONGEST_BACKOFF_SECONDS = 60.0
STEADY_SECONDS = 60.0
"""A worker that was ready for so long before it died is started again without a long pause."""

FAILED = (1, 2)
"""Exit codes that tell of what only a person can put right: starting it again would not."""

_STARTING = Status("being started")


class _Died(Exception):
    """The process ended, and did not mean to."""


class Worker:
    """A worker process and its successors, watched by a thread of its own.

    The process gets SIGKILL when this process ends, however it ends (Linux). It has a session of
    its own: Ctrl-C in the terminal reaches the parent alone, which passes it on once.
    """

    def __init__(
        self,
        number: int,
        share: Share,
        arguments: Sequence[str],
        *,
        may_end: bool,
        max_outage_seconds: float,
    ) -> None:
        """``arguments`` are those of ``newswire``; ``may_end`` where they have an end to reach.

        Call `start` next.
        """
        self.number = number
        self.exit_code: int | None = None
        """None while it goes on; afterwards 0 where it ended in order, or ``newswire``'s code."""
        self.expected: int | None = None
        """How many articles lay before its first process; see `Status`."""
        self._share = share
        self._arguments = arguments
        self._may_end = may_end
        self._longest = max_outage_seconds
        self._status = _STARTING
        # Again by the same thread: a signal may come while it is held.
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._told_to_stop = False
        self._ready_since: float | None = None
        self._deaths = 0
        self._dying_since = 0.0
        # The thread lives as long as its process: to the kernel it is the parent.
        self._thread = threading.Thread(target=self._watch, name=f"worker-{number}", daemon=True)

    def start(self) -> None:
        """Starts the process; returns at once."""
        self._thread.start()

    @property
    def waiting_for(self) -> str | None:
        """Why it is not ready; None where it is, or has done all it had to."""
        if self.exit_code == 0:
            return None
        waiting_for = self._status.waiting_for
        return None if waiting_for is None else f"worker {self.number}: {waiting_for}"

    def stop(self) -> None:
        """Asks the process to end in good order; once, however often it is called."""
        with self._lock:
            if self._process is not None and not self._told_to_stop:
                self._told_to_stop = True
                self._process.send_signal(signal.SIGTERM)

    def signal(self, number: int) -> None:
        """Sends it a signal about its log; one that is not ready yet would die of it."""
        with self._lock:
            if self._process is not None and self._status.waiting_for is None:
                self._process.send_signal(number)

    def has_ended(self, seconds: float) -> bool:
        """Waits so long for its end at most."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _watch(self) -> None:
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Died),
            after=self._count,
            wait=self._backoff,
            stop=self._is_over,
            before_sleep=self._note,
            sleep=tenacity.sleep_using_event(STOPPING),
            reraise=True,
        )
        try:
            self.exit_code = retrying(self._run)
        except _Died as death:
            if STOPPING.is_set():
                # What it had at hand is read again the next time.
                self.exit_code = 0
                return
            self.exit_code = 1
            _LOGGER.error("Worker %d %s, and is given up.", self.number, death)
        except BaseException:
            self.exit_code = 1
            raise

    def _run(self) -> int:
        """Runs one process to its end; gives 0, or a code of `FAILED`. Raises _Died."""
        reading, writing = os.pipe()
        with os.fdopen(reading, "rb") as reports:
            try:
                process = self._start_process(writing)
            except OSError as error:
                raise _Died(f"could not be started: {error}") from error
            finally:
                os.close(writing)
            if process is None:
                return 0
            metrics.WORKER_PROCESSES.inc()
            threading.Thread(target=_pass_on_output, args=[process], daemon=True).start()
            for line in reports:
                self._take(Status.from_line(line))
        with self._lock:
            # While it has not been waited for, its number is nobody else's.
            self._process = None
        code = process.wait()
        metrics.WORKER_PROCESSES.dec()
        if code in FAILED or (code == 0 and self._may_end) or STOPPING.is_set():
            return code if code in FAILED else 0
        self._status = Status("to be started again")
        raise _Died(_how(code))

    def _take(self, status: Status) -> None:
        self._status = status
        if self.expected is None:
            self.expected = status.expected
        if status.waiting_for is None and self._ready_since is None:
            self._ready_since = time.monotonic()
        if status.last_article is not None:
            Stored.last_article = status.last_article

    def _start_process(self, reports: int) -> subprocess.Popen[bytes] | None:
        """The process, writing its status to a pipe; None where none is wanted any more."""
        module = "pipeline.parallel.worker_main"
        role = [str(self.number), str(self._share), str(reports)]
        command = [sys.executable, "-P", "-m", module, *role, *self._arguments]
        with self._lock:
            if STOPPING.is_set():
                return None
            self._status, self._ready_since = _STARTING, None
            self._process = subprocess.Popen(
                dying_with_this_process(command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=[reports],
                start_new_session=True,
            )
            return self._process

    def _count(self, state: tenacity.RetryCallState) -> None:
        now = time.monotonic()
        if self._ready_since is not None and now - self._ready_since >= STEADY_SECONDS:
            self._deaths = 0
        if self._deaths == 0:
            self._dying_since = now
        self._deaths += 1

    def _is_over(self, state: tenacity.RetryCallState) -> bool:
        return STOPPING.is_set() or time.monotonic() - self._dying_since >= self._longest

    def _backoff(self, state: tenacity.RetryCallState) -> float:
        return min(FIRST_BACKOFF_SECONDS * 2 ** (self._deaths - 1), LONGEST_BACKOFF_SECONDS)

    def _note(self, state: tenacity.RetryCallState) -> None:
        death = state.outcome.exception() if state.outcome else None
        _LOGGER.warning(
            "Worker %d %s. It is started again in %.0f s, and goes on at its committed offsets.",
            self.number,
            death,
            state.upcoming_sleep,
        )
        metrics.WORKER_RESTARTS.inc()


def _pass_on_output(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            # A line at once, or those of several workers would mix; and by way of what stands
            # for stderr now, which keeps the line of progress at the bottom of a terminal.
            # Nobody may listen there any more; the worker is not to wait for that.
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write(line.decode("utf-8", "replace"))
                sys.stderr.flush()


def _how(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
