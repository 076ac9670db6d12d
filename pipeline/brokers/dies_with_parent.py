"""Run as a script: becomes another program that ends when the process that started it does.

    python dies_with_parent.py PARENT_PID PROGRAM ARGUMENT...

`dying_with_this_process` makes that command line. On Linux the kernel is asked to kill this
process when its parent dies, by whatever signal; the request outlives the exec. Elsewhere there
is no such request: the program then ends when it is stopped in the ordinary way, but not after
``kill -9`` of its parent.

It is a program of its own, and not a function between fork and exec, because running Python
there is unsafe in a process with threads. It imports the standard library only. What is forked
by a process without threads calls `die_with`.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15


def dying_with_this_process(command: Sequence[str]) -> list[str]:
    """The command line that runs ``command``, whose program is an absolute path, like that.

    For the kernel the parent is the *thread* that starts it: start it from one that lives on.
    """
    return [sys.executable, "-I", "-S", str(Path(__file__)), str(os.getpid()), *command]


def main() -> None:
    """Ask to die with the parent, then become the program."""
    parent, *command = sys.argv[1:]
    die_with(int(parent))
    os.execv(command[0], command)


def die_with(parent: int) -> None:
    """Asks that this process be killed when ``parent``, which started it, dies."""
    if sys.platform == "linux":
        if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
        if os.getppid() != parent:
            # It died before we asked.
            sys.exit(1)


def call_process(name: str) -> None:
    """Gives this process a name of up to 15 characters, by which operators find it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode())


if __name__ == "__main__":
    main()
