"""Resident memory of processes, as the kernel tells it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.slope import Slope, slope

MEGABYTE = 1024 * 1024
DAY_SECONDS = 86_400.0

_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)


def resident_megabytes(pid: int) -> float | None:
    """Of the process, in MiB; None where it is gone."""
    try:
        found = _RESIDENT.search(Path(f"/proc/{pid}/status").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(found[1]) * 1024 / MEGABYTE if found else None


@dataclass
class Series:
    """The memory of one kind of process over time."""

    title: str
    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    def add(self, pids: list[int]) -> None:
        """Takes in what these hold now, all together; nothing where one of them is gone."""
        sizes = [resident_megabytes(pid) for pid in pids]
        whole = [size for size in sizes if size is not None]
        if whole and len(whole) == len(sizes):
            self.seconds.append(time.monotonic())
            self.megabytes.append(sum(whole))

    def after(self, begin: float) -> Series:
        """The part of it from ``begin`` on, by the monotonic clock."""
        pairs = [
            (second, size)
            for second, size in zip(self.seconds, self.megabytes, strict=True)
            if second >= begin
        ]
        return Series(self.title, [second for second, _ in pairs], [size for _, size in pairs])

    def growth(self) -> Slope:
        """In MiB a day; raises ValueError for too few samples."""
        return slope(self.seconds, self.megabytes).times(DAY_SECONDS)
