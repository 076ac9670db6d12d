"""The ``newswire`` command as a user runs it: a process of its own."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable
from pathlib import Path

NEWSWIRE = str(Path(sys.executable).with_name("newswire"))

START_SECONDS = 150.0
"""How long a process may take to get going on a busy machine."""

_COLUMNS = 250
"""Of a terminal: wide enough for any line."""


class NewswireProcess:
    """A running command; its output is kept in a file. Ended when the block is left."""

    def __init__(self, folder: Path, *arguments: str, on_a_terminal: bool = False) -> None:
        self.log = folder / f"newswire-{time.monotonic_ns()}.log"
        with self.log.open("wb") as output:
            written = _terminal_into(self.log) if on_a_terminal else output.fileno()
            self.process = subprocess.Popen(
                [NEWSWIRE, *arguments],
                stdout=written,
                stderr=subprocess.STDOUT,
                # A test run of several processes has a COLUMNS of its own, which would count.
                env=os.environ
                | ({"TERM": "xterm", "COLUMNS": str(_COLUMNS)} if on_a_terminal else {}),
            )
            if on_a_terminal:
                os.close(written)

    def __enter__(self) -> NewswireProcess:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def output(self) -> str:
        """What it has printed so far, on both streams."""
        return self.log.read_text()

    def wait(self, seconds: float = 2 * START_SECONDS) -> int:
        """Waits for its end; gives the exit code."""
        return self.process.wait(seconds)

    def wait_until(self, condition: Callable[[], bool], seconds: float = START_SECONDS) -> None:
        """Waits until ``condition`` holds, while the process must go on."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, f"ended too early:\n{self.output}"
            assert time.monotonic() < deadline, f"did not come within {seconds} s:\n{self.output}"
            time.sleep(0.1)

    def wait_for_output(self, text: str, seconds: float = START_SECONDS) -> None:
        """Waits until it has printed ``text``."""
        self.wait_until(lambda: text in self.output, seconds)


def _terminal_into(log: Path) -> int:
    """A new terminal; what is shown on it goes to the file."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, _COLUMNS))

    def copy() -> None:
        # EIO tells that the last process has closed it.
        with (
            os.fdopen(ours, "rb", buffering=0) as shown,
            log.open("ab", buffering=0) as file,
            contextlib.suppress(OSError),
        ):
            while some := shown.read(4096):
                file.write(some)

    threading.Thread(target=copy, daemon=True).start()
    return theirs
