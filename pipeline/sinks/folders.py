"""Folders on a local disk that the pipeline writes to: made ready, and what can go wrong there."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from pipeline.outages import Unavailable

ROOM_BYTES = 1024 * 1024
"""What must be free when a folder is opened. A run that goes on although the disk is full
would extract the same articles, and fail, again and again."""

_SAID_AS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the size that a file may have is exceeded",
    errno.EIO: "the disk fails",
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
    errno.EROFS: "the file system is read-only",
    errno.ENOTDIR: "it lies below a file",
    errno.EEXIST: "it is a file",
}


def make_folder(folder: Path) -> None:
    """Makes the folder where it is missing, and writes into it to see whether that is possible.

    Raises OSError where it is not; ENOSPC also where less than 1 MiB is free.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as probe:
        os.posix_fallocate(probe.fileno(), 0, ROOM_BYTES)


def is_full(error: OSError) -> bool:
    """Whether nothing is wrong but the space that is left."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def unavailable(folder: Path, what: str, error: OSError) -> Unavailable:
    """The error that fails the bundle: what could not be done in the folder, and why."""
    why = _SAID_AS.get(error.errno or 0, "")
    return Unavailable(
        f"{what} can't be written to {folder}: {why}{' ' if why else ''}({error.strerror or error})"
        ". Nothing of the bundle is committed; it is written again once that is put right."
    )
