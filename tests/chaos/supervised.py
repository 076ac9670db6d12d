"""A command as a supervisor runs it: started again whenever it ends, for whatever reason."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import NamedTuple

from pipeline.brokers.dies_with_parent import dying_with_this_process
from tests.newswire_process import NEWSWIRE

RESTART_SECONDS = 1.0
"""How long the supervisor waits before it starts the pipeline again."""

START_SECONDS = 180.0
"""How long it may take to get going on a busy machine."""

TERM_SECONDS = 90.0
"""How long it may take to end in order."""


class Process(NamedTuple):
    """A process for good: its id alone is another's, some day."""

    pid: int
    started: int
    """In ticks of the clock since the machine was started."""


class Supervised(threading.Thread):
    """A ``newswire`` command, until `stop`; its output is kept in a file for each start."""

    def __init__(self, arguments: list[str], logs: Path) -> None:
        super().__init__(name="chaos-supervisor", daemon=True)
        self.ends: list[str] = []
        """How it ended where nobody of us had killed it."""
        self.starts = 0
        self._arguments = arguments
        self._logs = logs
        self._stopping = threading.Event()
        self._killed: set[subprocess.Popen[bytes]] = set()
        self._seen: set[Process] = set()
        self._process: subprocess.Popen[bytes] | None = None
        self._exit_code: int | None = None

    @property
    def pid(self) -> int | None:
        """Of the process that runs now; None between two."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    @property
    def log(self) -> Path:
        """The output of the last start."""
        return self._logs / f"newswire-{self.starts:03}.log"

    def run(self) -> None:
        """Starts it, waits for its end, starts it again."""
        while not self._stopping.is_set():
            self._start()
            process = self._process
            assert process is not None
            code = process.wait()
            if self._stopping.is_set():
                self._exit_code = code
                return
            if process not in self._killed:
                self.ends.append(f"exit code {code}, see {self.log}")
            time.sleep(RESTART_SECONDS)

    def kill(self) -> bool:
        """``kill -9``; whether there was something to kill."""
        process = self._process
        if process is None or process.poll() is not None:
            return False
        self.note_descendants()
        self._killed.add(process)
        process.kill()
        return True

    def note_descendants(self) -> list[int]:
        """The processes below it, now."""
        pid = self.pid
        found = descendants(pid) if pid is not None else []
        self._seen.update(filter(None, map(identify, found)))
        return found

    def wait_for_output(self, text: str) -> None:
        """Returns when the process that runs now has said so; raises TimeoutError where not."""
        deadline = time.monotonic() + START_SECONDS
        while self.pid is None or text not in self.log.read_text(errors="replace"):
            if time.monotonic() > deadline:
                raise TimeoutError(f"it did not say {text!r} within {START_SECONDS:.0f} s")
            time.sleep(0.2)

    def stop(self) -> int:
        """Ends it in order; gives its exit code, or raises TimeoutError where it does not end."""
        self.note_descendants()
        self._stopping.set()
        if self._process is not None:
            self._process.terminate()
        self.join(TERM_SECONDS)
        if self.is_alive():
            raise TimeoutError(f"it did not end by SIGTERM within {TERM_SECONDS:.0f} s")
        return self._exit_code if self._exit_code is not None else 0

    def orphans(self) -> list[Process]:
        """Those that it had started and that outlive it."""
        return [process for process in self._seen if identify(process.pid) == process]

    def end(self) -> None:
        """Leaves nothing behind, however the run went."""
        self._stopping.set()
        self.note_descendants()
        if self._process is not None:
            self._process.kill()
        for process in self.orphans():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)

    def _start(self) -> None:
        self.starts += 1
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                # Ends with us, also where we are killed.
                dying_with_this_process([NEWSWIRE, *self._arguments]),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )


def descendants(pid: int) -> list[int]:
    """The processes that this one has started, and those that they have."""
    found = []
    for child in _children(pid):
        found += [child, *descendants(child)]
    return found


def identify(pid: int) -> Process | None:
    """The process that has this id now; None where none has, or only what is left of one."""
    try:
        # Behind the name, which may hold anything: the state first, the start as the twentieth.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else Process(pid, int(fields[19]))


def name_of(pid: int) -> str:
    """The program's name; empty where it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found += map(int, task.read_text().split())
    return found
