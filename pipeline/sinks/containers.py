"""Avro object container files that are never seen half-written.

A file is written under a hidden name, ``.NAME.TOKEN.part``, and locked (flock) for as long as
its writer lives; `publish` gives it its name. What `append` has returned from is on the disk.
`pipeline.sinks.container_recovery` publishes what writers left that died.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from fastavro.write import Writer

from pipeline import __version__

PART_SUFFIX = ".part"

_TOKEN_BYTES = 4


class ContainerFile:
    """One file, from its header to its final name; for one thread at a time.

    Everything raises OSError where the disk or the folder does not let it. After that the file
    takes nothing more; it can still be published, with what was appended before.
    """

    def __init__(self, folder: Path, name: str, schema: Any, codec: str) -> None:
        """Makes the file; it is empty on the disk until the first `append`."""
        self._folder = folder
        self._name = name
        self._buffer = BytesIO()
        # The header stays in the buffer, to reach the disk along with the first blocks.
        self._writer = Writer(
            self._buffer, schema, codec=codec, metadata={"newswire.version": __version__}
        )
        self._part, self._descriptor = _make_locked(folder, name)
        self._torn = False
        self.size = 0
        """In bytes; all of it is on the disk."""

    def append(self, values: Iterable[dict[str, Any]]) -> int:
        """Adds the values as whole blocks; returns when they are on the disk.

        Gives how many bytes the file has grown by.
        """
        self._torn = True
        for value in values:
            self._writer.write(value)
        self._writer.flush()
        blocks = self._buffer.getvalue()
        _write_all(self._descriptor, blocks)
        os.fsync(self._descriptor)
        if self.size == 0:
            sync_folder(self._folder)
        self._buffer.seek(0)
        self._buffer.truncate()
        self._torn = False
        self.size += len(blocks)
        return len(blocks)

    def publish(self) -> Path | None:
        """Closes the file and gives it its name; removes it, for None, where it holds nothing."""
        if self.size == 0:
            self.discard()
            return None
        if self._torn:
            os.ftruncate(self._descriptor, self.size)
            os.fsync(self._descriptor)
        path = self._folder / self._name
        os.rename(self._part, path)
        self.release()
        sync_folder(self._folder)
        return path

    def discard(self) -> None:
        """Removes the file, with what was appended."""
        self._part.unlink(missing_ok=True)
        self.release()

    def release(self) -> None:
        """Lets go of the file as it is; what is not published then is left to be recovered."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def part_name(name: str) -> str:
    """A hidden name of its own under which ``name`` may be written."""
    return f".{name}.{secrets.token_hex(_TOKEN_BYTES)}{PART_SUFFIX}"


def final_name(part: str) -> str | None:
    """The name that a file is to get; None where ``part`` is no name that `part_name` made."""
    if not (part.startswith(".") and part.endswith(PART_SUFFIX)):
        return None
    name, _, token = part.removeprefix(".").removesuffix(PART_SUFFIX).rpartition(".")
    return name if name.endswith(".avro") and len(token) == 2 * _TOKEN_BYTES else None


def lock(part: Path, descriptor: int) -> bool:
    """Locks the file; False where another holds it, or the name is no longer this file's."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        there = os.stat(part)
    except (BlockingIOError, FileNotFoundError):
        return False
    return os.path.samestat(there, os.fstat(descriptor))


def sync_folder(folder: Path) -> None:
    """Makes the names in the folder as safe as the files."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_locked(folder: Path, name: str) -> tuple[Path, int]:
    while True:
        part = folder / part_name(name)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        # Between the two lines another process may have taken it for a dead writer's.
        if lock(part, descriptor):
            return part, descriptor
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        # A disk that fills up takes a part, and refuses the rest.
        left = left[os.write(descriptor, left) :]
