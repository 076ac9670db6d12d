"""The ``newswire`` command as a user runs it: a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

NEWSWIRE = str(Path(sys.executable).with_name("newswire"))

START_SECONDS = 60
"""How long a process may take to get going on a busy machine."""


class NewswireProcess:
    """A running command; its output is kept in a file. Ended when the block is left."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.log = folder / f"newswire-{time.monotonic_ns()}.log"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [NEWSWIRE, *arguments], stdout=output, stderr=subprocess.STDOUT
            )

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
