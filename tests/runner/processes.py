"""Processes of this machine, by what they are called and where they listen (Linux)."""

from __future__ import annotations

import contextlib
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

PROC = Path("/proc")
LISTENS = "0A"


def pids_called(name: str) -> list[int]:
    """The processes with this short name, as ``ps -e`` shows it."""
    return [pid for pid in all_pids() if _read(pid, "comm").strip() == name]


def parent_of(pid: int) -> int:
    """The process that started it; 0 where it has ended."""
    found = [line for line in _read(pid, "status").splitlines() if line.startswith("PPid:")]
    return int(found[0].split()[1]) if found else 0


def has_in_environment(pid: int, setting: str) -> bool:
    """Whether it was started with ``NAME=value`` in its environment."""
    return setting in _read(pid, "environ").split("\0")


def listener_on(port: int) -> int | None:
    """The process that listens on this port."""
    return next((pid for pid in all_pids() if port in ports_of(pid)), None)


def ports_of(pid: int) -> list[int]:
    """The TCP ports on which the process listens."""
    sockets = set()
    for descriptor in _entries(PROC / str(pid) / "fd"):
        with contextlib.suppress(OSError):
            target = os.readlink(descriptor)
            if target.startswith("socket:["):
                sockets.add(target[len("socket:[") : -1])
    return [port for inode, port in _listening() if inode in sockets]


def sample_of(pid: int, sample: str, **labels: str) -> float | None:
    """The sum of a Prometheus sample's series, if the process serves it at one of its ports."""
    for port in ports_of(pid):
        with contextlib.suppress(OSError, ValueError):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
                families = text_string_to_metric_families(answer.read().decode())
            found = [
                one.value
                for family in families
                for one in family.samples
                if one.name == sample and labels.items() <= one.labels.items()
            ]
            if found:
                return sum(found)
    return None


def all_pids() -> Iterator[int]:
    """The processes that there are now."""
    for entry in _entries(PROC):
        if entry.name.isdecimal():
            yield int(entry.name)


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []  # ended meanwhile, or another user's


def _read(pid: int, name: str) -> str:
    try:
        return (PROC / str(pid) / name).read_text(errors="replace")
    except OSError:
        return ""


def _listening() -> Iterator[tuple[str, int]]:
    """Inode and port of every listening socket."""
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (PROC / "net" / table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENS:
                    yield fields[9], int(fields[1].rpartition(":")[2], 16)
