"""What users are shown, run in a process of its own: one that has all imported already.

Importing Beam and spaCy and loading the model takes seconds. So a server does so once
(`tests.shown_imports`), and each command is a fork of it, with the arguments, the environment and
the streams that a shell would give it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pipeline.cli

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["tests.shown_imports"])


class Shown:
    """A command of newswire, or a program in Python, that runs."""

    def __init__(
        self, what: Sequence[str] | str, folder: Path, environment: Mapping[str, str], given: str
    ) -> None:
        """``what``: the arguments of newswire, or the text of a program; ``given``: its input."""
        stem = folder / f".shown-{time.monotonic_ns()}"
        self._files = [stem.with_suffix(end) for end in (".in", ".out", ".err")]
        for file in self._files:
            file.write_text(given if file is self._files[0] else "", encoding="utf-8")
        paths = [str(file) for file in self._files]
        # Not a daemon, for such may have no children.
        self._process = _SERVER.Process(
            target=_run, args=(what, str(folder), dict(environment), paths)
        )
        self._process.start()

    @property
    def printed(self) -> str:
        """What it has written to standard output."""
        return self._files[1].read_text(encoding="utf-8")

    @property
    def said(self) -> str:
        """What it has written on both streams."""
        return self.printed + self._files[2].read_text(encoding="utf-8")

    def wait(self, seconds: float = 240) -> int:
        """Waits for its end; gives the exit code."""
        self._process.join(seconds)
        if self._process.exitcode is None:
            self._process.kill()
            raise AssertionError(f"did not end:\n{self.said}")
        return self._process.exitcode

    def interrupt_after(self, text: str) -> int:
        """Presses Ctrl-C once it has written the text; gives the exit code."""
        self._wait_until(lambda: text in self.said)
        assert self._process.pid is not None
        os.kill(self._process.pid, signal.SIGINT)
        return self.wait()

    def end_once(self, condition: Callable[[], bool]) -> None:
        """Ends it the hard way when the condition holds."""
        try:
            self._wait_until(condition)
        finally:
            self._process.kill()
            self._process.join()

    def _wait_until(self, condition: Callable[[], bool], seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert self._process.exitcode is None, f"ended too early:\n{self.said}"
            assert time.monotonic() < deadline, f"did not come that far:\n{self.said}"
            time.sleep(0.05)


def _run(
    what: Sequence[str] | str, folder: str, environment: dict[str, str], streams: list[str]
) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    flags = os.O_RDONLY, os.O_WRONLY | os.O_APPEND, os.O_WRONLY | os.O_APPEND
    for number, (path, flag) in enumerate(zip(streams, flags, strict=True)):
        os.dup2(os.open(path, flag), number)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False, buffering=1)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False, buffering=1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if isinstance(what, str):
        exec(compile(what, "shown", "exec"), {"__name__": "__main__"})
        sys.exit(0)
    sys.exit(pipeline.cli.run(list(what)))
