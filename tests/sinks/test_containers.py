from __future__ import annotations

from pathlib import Path

import avro.datafile
import avro.io
import pytest

from pipeline.commands.run_outputs import CODECS
from pipeline.sinks.containers import final_name, part_name
from tests.sinks.container_samples import container, published, read, samples, unfinished


def test_a_file_has_its_name_once_it_is_complete(tmp_path: Path) -> None:
    file = container(tmp_path)
    file.append(samples(1))
    assert published(tmp_path) == []
    assert file.publish() == tmp_path / "sample.avro"
    assert unfinished(tmp_path) == []
    assert read(tmp_path / "sample.avro") == samples(1)


def test_what_was_appended_is_in_the_file_at_once(tmp_path: Path) -> None:
    file = container(tmp_path)
    for number in range(3):
        grown = file.append(samples(number))
        [part] = unfinished(tmp_path)
        assert part.stat().st_size == file.size >= grown
        assert read(part) == samples(*range(number + 1))
    file.release()


@pytest.mark.parametrize("codec", CODECS)
def test_the_reference_implementation_of_avro_reads_every_codec(tmp_path: Path, codec: str) -> None:
    file = container(tmp_path, codec=codec)
    file.append(samples(*range(500)))
    file.append(samples(500))
    path = file.publish()
    assert path is not None
    with avro.datafile.DataFileReader(path.open("rb"), avro.io.DatumReader()) as reader:
        assert list(reader) == samples(*range(501))
        assert reader.meta["avro.codec"] == codec.encode()


def test_a_file_with_nothing_in_it_is_removed(tmp_path: Path) -> None:
    assert container(tmp_path).publish() is None
    assert list(tmp_path.iterdir()) == []


def test_a_value_that_cant_be_encoded_leaves_what_was_before_it(tmp_path: Path) -> None:
    file = container(tmp_path)
    file.append(samples(1))
    with pytest.raises(Exception, match="number"):
        file.append([*samples(*range(2, 2_000)), {"text": "no number"}])
    path = file.publish()
    assert path is not None
    assert read(path) == samples(1)


def test_the_names_of_files_being_written_tell_the_final_name_and_are_never_the_same() -> None:
    names = {part_name("a-b.avro") for _ in range(100)}
    assert len(names) == 100
    assert {final_name(name) for name in names} == {"a-b.avro"}


@pytest.mark.parametrize(
    "name", ["a.avro", ".a.avro", ".a.avro.part", ".a.txt.12345678.part", "a.avro.12345678.part"]
)
def test_other_files_are_not_taken_for_unfinished_ones(name: str) -> None:
    assert final_name(name) is None
