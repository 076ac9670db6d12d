"""Disks that a test can fill up and free again."""

from __future__ import annotations

import resource
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DISK_BYTES = 4 * 1024 * 1024
FILE_BYTES = 16 * 1024


class SmallDisk(ABC):
    """A folder for one process's output."""

    says: str
    """What a refused write is told as."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    def fill(self, pid: int) -> None:
        """From now on what this process writes is refused."""

    @abstractmethod
    def free(self, pid: int) -> None:
        """There is room again."""


class Tmpfs(SmallDisk):
    """A file system of its own, filled up with a ballast file."""

    says = "the disk is full"

    @property
    def ballast(self) -> Path:
        return self.folder / "ballast"

    def fill(self, pid: int) -> None:
        with self.ballast.open("wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                pass

    def free(self, pid: int) -> None:
        self.ballast.unlink()


class FileSizeLimit(SmallDisk):
    """Needs no rights: the process may write no file larger than a few kilobytes."""

    says = "the size that a file may have is exceeded"

    def fill(self, pid: int) -> None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (FILE_BYTES, resource.RLIM_INFINITY))

    def free(self, pid: int) -> None:
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited)


SMALL_DISKS: dict[str, type[SmallDisk]] = {"tmpfs": Tmpfs, "file-size-limit": FileSizeLimit}


@contextmanager
def mounted(folder: Path) -> Iterator[str | None]:
    """Has a small tmpfs at the folder; gives why not, where this user may not mount."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        yield done.stderr.strip()
        return
    try:
        yield None
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
