"""What the account takes in of output files: finished ones once, unfinished ones as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.sinks.avro_files import AvroFileSink
from pipeline.sinks.rolling import AvroFileSinkSettings
from tests.chaos.accounts import Account, Place, RecordKey, digest
from tests.chaos.folder import FolderReader
from tests.record_samples import EXTRACTION
from tests.sinks.container_samples import ENCODED, LETTER, MESSAGE, published, unfinished

RECORDS = {
    RecordKey(type(record).__name__.lower(), record.record_id) for record in EXTRACTION.records
}
PLACE = Place(MESSAGE.partition, MESSAGE.offset)


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[AvroFileSink]:
    """One that has written an extraction and a letter, and published nothing yet."""
    sink = AvroFileSink(AvroFileSinkSettings(str(tmp_path / "out")))
    bundle = sink.begin()
    bundle.write(ENCODED)
    bundle.write(LETTER)
    bundle.confirm()
    yield sink
    sink.close()


@pytest.fixture
def reader(tmp_path: Path) -> FolderReader:
    (tmp_path / "kept").mkdir()
    return FolderReader(tmp_path / "out", tmp_path / "kept", Account())


def test_what_is_confirmed_is_seen_before_its_file_is_finished(
    sink: AvroFileSink, reader: FolderReader
) -> None:
    for _ in range(2):
        reader.read()
    account = reader.account
    assert account.unfinished.records.keys() == RECORDS
    assert account.unfinished.letters == {
        PLACE: {digest(MESSAGE.key, MESSAGE.value, MESSAGE.headers)}
    }
    assert not account.files.records
    assert reader.unfinished


def test_finished_files_are_counted_once_and_taken_away(
    tmp_path: Path, sink: AvroFileSink, reader: FolderReader
) -> None:
    sink.close()
    for _ in range(2):
        reader.read()
        reader.collect()
    account = reader.account
    assert account.files.records.keys() == RECORDS
    assert (account.files.duplicates, account.unfinished.copies.total()) == (0, 0)
    assert reader.broken == []
    assert (published(tmp_path / "out"), unfinished(tmp_path / "out")) == ([], [])


def test_a_torn_file_is_read_to_the_tear_and_told_where_it_has_its_name(
    tmp_path: Path, sink: AvroFileSink, reader: FolderReader
) -> None:
    torn = next(part for part in unfinished(tmp_path / "out") if part.name.startswith(".dead"))
    torn.write_bytes(torn.read_bytes()[:-20])
    reader.read()
    assert not reader.account.unfinished.letters
    assert reader.account.unfinished.records.keys() == RECORDS
    torn.rename(torn.with_name("dead-letters-torn.avro"))
    reader.read()
    assert [name.partition(":")[0] for name in reader.broken] == ["dead-letters-torn.avro"]
