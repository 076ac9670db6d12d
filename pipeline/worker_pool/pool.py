"""The pool: forks the door and the workers, and sees every one of them end."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from pipeline import logs, metrics
from pipeline.brokers.dies_with_parent import die_with
from pipeline.worker_pool.door import Start, Stop
from pipeline.worker_pool.harness import LOST_RUNNER, serve

_LOGGER = logging.getLogger(__name__)

STOP_SECONDS = 10.0
"""How long a worker may take to end in order."""

_FORK = multiprocessing.get_context("fork")


@dataclass(slots=True)
class _Worker:
    """A worker that runs. Two runners may give theirs the same id."""

    worker_id: str
    process: BaseProcess
    killed_at: float | None = None
    """When it is ended by force, on the monotonic clock; None where nobody has stopped it."""
    sent: set[int] = field(default_factory=set)
    """The signals that the pool has ended it by."""


class WorkerPool:
    """The processes of a pool. To be used by a process without other threads."""

    def __init__(self, log_level: str, log_format: str = "text") -> None:
        """``log_level`` and ``log_format`` are of all processes, as `logs.configure` takes them."""
        self._log_level = log_level
        self._log_format = log_format
        self._door: BaseProcess | None = None
        self._workers: list[_Worker] = []
        # What a signal wakes up; the handlers themselves have nothing to do.
        self._woken, self._wake = socket.socketpair()
        self._wake.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, frame: None)
        logs.heed_signals(self._pass_on)

    def run(self, serve_at_the_door: Callable[[Connection], None], load: Callable[[], None]) -> int:
        """Opens the door, loads the model, and serves until a signal comes; gives the exit code.

        The function for the door runs in a process of its own, with the door's end of a pipe;
        ``load`` in this one. All processes have ended afterwards.
        """
        commands, theirs = _FORK.Pipe()

        def at_the_door() -> None:
            commands.close()
            serve_at_the_door(theirs)

        door = self._door = self._fork("door", at_the_door)
        theirs.close()
        try:
            commands.recv()
            load()
            # What is there now is never garbage; collecting it would write to shared memory.
            gc.freeze()
            return self._serve(door, commands)
        except (EOFError, BrokenPipeError):
            # It has said why.
            return 1
        finally:
            for worker in self._workers:
                self._stop(worker)
            door.terminate()
            while self._workers:
                wait([worker.process.sentinel for worker in self._workers], 0.5)
                self._bury()
            door.join()

    def _serve(self, door: BaseProcess, commands: Connection) -> int:
        commands.send(None)
        while True:
            sentinels = [worker.process.sentinel for worker in self._workers]
            awake = wait([commands, self._woken, door.sentinel, *sentinels], self._patience())
            self._bury()
            if self._woken in awake and {*self._woken.recv(64)} & {signal.SIGTERM, signal.SIGINT}:
                _LOGGER.info("Stopping.")
                return 0
            if door.exitcode is not None:
                _LOGGER.error("The door is gone (%s).", _how(door.exitcode))
                return 1
            if commands in awake:
                commands.send(self._obey(commands.recv()))

    def _patience(self) -> float | None:
        """Until when to wait for anything to happen, in seconds."""
        ends = [worker.killed_at for worker in self._workers if worker.killed_at is not None]
        return max(min(ends) - time.monotonic(), 0.0) if ends else None

    def _obey(self, request: Start | Stop) -> str | None:
        """Does what the door asks; gives what went wrong."""
        if isinstance(request, Start):
            return self._start(request)
        found = [worker for worker in self._workers if worker.worker_id == request.worker_id]
        if len(found) == 1:
            self._stop(found[0])
        # Of several it is not known which is meant: it ends as its runner hangs up.
        return None

    def _start(self, request: Start) -> str | None:
        worker_id, address = request.worker_id, request.control_address
        try:
            process = self._fork(f"worker {worker_id}", lambda: serve(worker_id, address))
        except OSError as error:
            _LOGGER.error("Worker %s could not be started: %s", worker_id, error)
            return str(error)
        self._workers.append(_Worker(worker_id, process))
        metrics.WORKER_PROCESSES.set(len(self._workers))
        _LOGGER.info("Worker %s is process %s.", worker_id, process.pid)
        return None

    def _pass_on(self, number: int) -> None:
        """Gives a signal for the log to all processes of the pool."""
        for process in (self._door, *(worker.process for worker in self._workers)):
            if process is not None and process.pid is not None and process.exitcode is None:
                os.kill(process.pid, number)

    def _stop(self, worker: _Worker) -> None:
        if worker.killed_at is None:
            worker.killed_at = time.monotonic() + STOP_SECONDS
            worker.sent.add(signal.SIGTERM)
            worker.process.terminate()

    def _fork(self, name: str, work: Callable[[], object]) -> BaseProcess:
        process: BaseProcess = _FORK.Process(
            target=self._begin, args=(name, work, os.getpid()), name=name, daemon=True
        )
        process.start()
        return process

    def _begin(self, name: str, work: Callable[[], object], parent: int) -> None:
        """The first thing in a forked process."""
        die_with(parent)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # Ctrl-C in a terminal reaches them all; the pool ends the others.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._woken.close()
        self._wake.close()
        logs.configure(self._log_level, name, self._log_format)
        logs.heed_signals()
        work()

    def _bury(self) -> None:
        """Counts those that have ended, and kills those that take too long to."""
        for worker in list(self._workers):
            code = worker.process.exitcode
            if code is not None:
                self._workers.remove(worker)
                self._count(worker, code)
            elif worker.killed_at is not None and time.monotonic() >= worker.killed_at:
                worker.sent.add(signal.SIGKILL)
                worker.process.kill()
        metrics.WORKER_PROCESSES.set(len(self._workers))

    def _count(self, worker: _Worker, code: int) -> None:
        outcome = {0: "finished", LOST_RUNNER: "lost-runner"}.get(code, "died")
        # A runner asks at once to stop who hung up, and was perhaps killed by another.
        if worker.sent and (code >= 0 or -code in worker.sent):
            outcome = "stopped"
        metrics.WORKERS_ENDED.labels(outcome).inc()
        _LOGGER.log(
            logging.ERROR if outcome == "died" else logging.INFO,
            "Worker %s (process %s) has ended: %s, %s.",
            worker.worker_id,
            worker.process.pid,
            outcome,
            _how(code),
        )
        worker.process.close()


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    return f"killed by {signal.Signals(-code).name}"
