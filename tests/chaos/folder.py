"""Reads the output files into an `Account`, and takes finished ones away as a collector would."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro

from tests.chaos.accounts import Account, Place, RecordKey, Written, digest
from tests.chaos.reading import value_digest

KINDS = ("actor", "threat", "denial")


class FolderReader:
    """The folder that the pipeline writes to, and the one where finished files are kept."""

    def __init__(self, folder: Path, kept: Path, account: Account) -> None:
        self._folder = folder
        self._kept = kept
        self.account = account
        self.broken: list[str] = []
        """Files that had their names, and could not be read to their ends."""
        self.files = 0
        """How many finished files there were."""
        self._to_collect: list[Path] = []

    def read(self) -> None:
        """Takes in what is there now, of files that are being written too; moves nothing."""
        self.account.unfinished = unfinished = Written()
        if not self._folder.exists():
            return
        # These first: one that gets its name meanwhile is then found under it.
        for part in sorted(self._folder.glob(".*.part")):
            try:
                for value in _whole_records(part):
                    _take(value, unfinished)
            except FileNotFoundError:
                continue
        for path in sorted(self._folder.glob("*.avro")):
            if (self._kept / path.name).exists():
                continue
            try:
                with path.open("rb") as file:
                    for value in _records(file):
                        _take(value, self.account.files)
            except Exception as error:  # whatever a torn file makes of its reader
                self.broken.append(f"{path.name}: {error!r}")
            self.files += 1
            shutil.copyfile(path, self._kept / path.name)
            self._to_collect.append(path)

    def collect(self) -> None:
        """Removes from the folder what was read from files that have their names."""
        while self._to_collect:
            self._to_collect.pop().unlink()

    @property
    def unfinished(self) -> list[str]:
        """What still has no name of its own."""
        return [path.name for path in self._folder.glob(".*")] if self._folder.exists() else []


Found = tuple[Any, dict[str, Any]]
"""The schema of a file, and a value of it."""


def _records(file: Any) -> Iterator[Found]:
    reader = fastavro.reader(file)
    for value in reader:
        yield reader.writer_schema, value


def _whole_records(part: Path) -> Iterator[Found]:
    """What can be read of a file that is being written; its last block may be torn."""
    # As it is at one moment.
    content = BytesIO(part.read_bytes())
    try:
        for block in fastavro.block_reader(content):
            whole = [(block.writer_schema, value) for value in block]
            yield from whole
    except Exception:
        return


def _take(found: Found, into: Written) -> None:
    schema, value = found
    kind = schema["name"].rpartition(".")[2].lower()
    if kind in KINDS:
        body = BytesIO()
        fastavro.schemaless_writer(body, schema, value)
        into.add_record(RecordKey(kind, value["record_id"]), value_digest(body.getvalue()))
    else:
        headers = [(each["name"], each["value"]) for each in value["headers"]]
        original = digest(value["key"], value["value"], headers)
        into.add_letter(Place(value["partition"], value["offset"]), original)
