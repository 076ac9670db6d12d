"""What the servers in Java share: finding a Java that is new enough, and running a command."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from pipeline.brokers.process import BrokerError

_VERSION_SECONDS = 60
_HOMES = ("/usr/lib/jvm", "/opt", "/usr/local/lib/jvm", "~/.sdkman/candidates/java")
"""Where packages and people put more than one Java."""


@cache
def version_of(java: str) -> int | None:
    """The major version of this ``java``; None where it does not run."""
    try:
        found = re.search(r'version "(\d+)', run([java, "-version"], _VERSION_SECONDS))
    except (BrokerError, OSError):
        return None
    return int(found[1]) if found else None


def find_java(oldest: int) -> str | None:
    """The path of a ``java`` of this major version or newer; None where there is none.

    The one on the path comes first, then what ``JAVA_HOME`` or a variable like it
    (``JAVA21_HOME``, ``JAVA_HOME_21_X64``) names, then the usual folders.
    """
    named = [
        Path(home, "bin", "java")
        for name, home in sorted(os.environ.items())
        if re.fullmatch(r"JAVA_?\d*_?HOME\w*|JDK_?\d*_?HOME", name)
    ]
    installed = [
        java for home in _HOMES for java in sorted(Path(home).expanduser().glob("*/bin/java"))
    ]
    candidates = [shutil.which("java"), *(str(java) for java in (*named, *installed))]
    for java in candidates:
        if java is not None and (version_of(java) or 0) >= oldest:
            return java
    return None


def run(command: list[str], seconds: float) -> str:
    """What the command prints, on both streams; raises BrokerError where it fails or hangs."""
    program = Path(command[0]).name
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BrokerError(f"{program} did not end within {seconds:.0f} s") from error
    if done.returncode != 0:
        errors = [line for line in done.stdout.splitlines() if "ERROR" in line]
        raise BrokerError(f"{program} failed: {' '.join(errors[:1]) or done.stdout.strip()}")
    return done.stdout
