"""Publishing what writers left behind that died: cut after the last whole block.

Whatever was confirmed lies in whole blocks, so that nothing confirmed is cut off.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from fastavro import block_reader

from pipeline import metrics
from pipeline.sinks.containers import final_name, lock, sync_folder

_LOGGER = logging.getLogger(__name__)

DAMAGED_SUFFIX = ".damaged"

_SYNC_BYTES = 16


@dataclass(frozen=True, slots=True)
class WholeBlocks:
    """How far a container can be read."""

    end: int
    """Offset behind the last block that is whole; 0 where none is."""
    header_end: int
    """Offset behind the header; 0 where it is not whole."""
    sync_marker: bytes
    """What the file has behind each block; empty where not even the header is whole."""


def recover(folder: Path) -> list[str]:
    """Publishes every unfinished file in the folder that no living process writes.

    Gives the names of the files that are there now. One that can't be recovered stays as it
    is, and is logged. Raises OSError where the folder can't be read.
    """
    recovered = []
    for part in sorted(folder.iterdir()):
        name = final_name(part.name)
        if name is None:
            continue
        try:
            if _recover(part, name):
                recovered.append(name)
        except OSError as error:
            _LOGGER.error("%s can't be recovered, and stays there: %s", part, error)
    if recovered:
        sync_folder(folder)
    return recovered


def _recover(part: Path, name: str) -> bool:
    """Whether there is a file of this name now."""
    try:
        descriptor = os.open(part, os.O_RDWR)
    except FileNotFoundError:
        return False  # published or removed since the folder was listed
    try:
        if not lock(part, descriptor):
            return False
        blocks = whole_blocks(part)
        rest = _from(part, blocks.end)
        header = max(blocks.header_end - blocks.end, 0)
        if blocks.sync_marker and blocks.sync_marker in rest[header:]:
            _keep(part.with_name(name + DAMAGED_SUFFIX), rest)
        if blocks.end == 0:
            part.unlink()
        else:
            os.ftruncate(descriptor, blocks.end)
            os.fsync(descriptor)
            os.rename(part, part.with_name(name))
    finally:
        os.close(descriptor)
    _LOGGER.warning(
        "%s was left by a process that died: %s whole blocks, %s bytes behind them cut off.",
        part.with_name(name),
        "published with its" if blocks.end else "removed, for it had no",
        len(rest),
    )
    metrics.FILES_RECOVERED.labels("published" if blocks.end else "removed").inc()
    return blocks.end > 0


def whole_blocks(path: Path) -> WholeBlocks:
    """How far the container can be read: blocks with the sync marker and readable records.

    Raises OSError where the file can't be read.
    """
    end, header_end, sync_marker = 0, 0, b""
    with path.open("rb") as file:
        try:
            blocks = block_reader(file)
            header_end = file.tell()
            file.seek(header_end - _SYNC_BYTES)
            sync_marker = file.read(_SYNC_BYTES)
            for block in blocks:
                for _ in block:
                    pass
                end = block.offset + block.size
        except OSError:
            raise
        except Exception as error:
            # What fastavro raises on a torn block is a matter of where it is torn: EOFError,
            # ValueError, IndexError, the codec's own.
            _LOGGER.debug("%s is whole up to %s: %r", path, end, error)
    return WholeBlocks(end, header_end, sync_marker)


def _from(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read()


def _keep(path: Path, damaged: bytes) -> None:
    # More than the one block that a dying writer tears: a disk that lost something. Blocks
    # behind the damage may be whole, and confirmed.
    with path.open("wb") as file:
        file.write(damaged)
        file.flush()
        os.fsync(file.fileno())
    _LOGGER.error("%s: %s damaged bytes with further blocks are kept here.", path, len(damaged))
