"""Nothing that was confirmed is lost when a writer dies, and nothing torn is published."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from fastavro import block_reader

from pipeline.commands.run_outputs import CODECS
from pipeline.sinks.container_recovery import recover
from tests.sinks.container_samples import container, published, read, samples, unfinished

every_codec = pytest.mark.parametrize("codec", CODECS)


def left_by_a_dead_writer(folder: Path, *bundles: list[int], codec: str = "deflate") -> Path:
    file = container(folder, codec=codec)
    for numbers in bundles:
        file.append(samples(*numbers))
    file.release()
    [part] = unfinished(folder)
    return part


def ends_of_blocks(path: Path) -> list[int]:
    with path.open("rb") as file:
        return [block.offset + block.size for block in block_reader(file)]


@every_codec
def test_a_file_cut_at_any_byte_of_its_last_block_keeps_every_block_before_it(
    tmp_path: Path, codec: str
) -> None:
    part = left_by_a_dead_writer(tmp_path, [1, 2], [3], [4], codec=codec)
    content, ends = part.read_bytes(), ends_of_blocks(part)
    assert len(ends) == 3
    for length in range(ends[1], ends[2]):
        part.write_bytes(content[:length])
        assert recover(tmp_path) == ["sample.avro"], f"cut at {length}"
        [path] = list(tmp_path.iterdir())
        assert path.read_bytes() == content[: ends[1]], f"cut at {length}"
        assert read(path) == samples(1, 2, 3)
        path.unlink()


@every_codec
def test_a_file_cut_at_any_byte_before_the_end_of_its_first_block_is_removed(
    tmp_path: Path, codec: str
) -> None:
    part = left_by_a_dead_writer(tmp_path, [1], codec=codec)
    content = part.read_bytes()
    for length in range(len(content)):
        part.write_bytes(content[:length])
        assert recover(tmp_path) == []
        assert list(tmp_path.iterdir()) == [], f"cut at {length}"


def test_a_whole_file_is_published_as_it_is(tmp_path: Path) -> None:
    content = left_by_a_dead_writer(tmp_path, [1], [2]).read_bytes()
    assert recover(tmp_path) == ["sample.avro"]
    assert (tmp_path / "sample.avro").read_bytes() == content
    assert recover(tmp_path) == []


def test_what_a_lost_page_leaves_in_the_last_block_is_cut_off(tmp_path: Path) -> None:
    part = left_by_a_dead_writer(tmp_path, [1], list(range(100)))
    content, ends = part.read_bytes(), ends_of_blocks(part)
    part.write_bytes(content[: ends[0]] + bytes(ends[1] - ends[0]))
    recover(tmp_path)
    assert read(tmp_path / "sample.avro") == samples(1)


def test_blocks_behind_damage_are_kept_for_people_to_look_at(tmp_path: Path) -> None:
    part = left_by_a_dead_writer(tmp_path, [1], [2], [3])
    content, ends = part.read_bytes(), ends_of_blocks(part)
    part.write_bytes(content[: ends[0] + 4] + b"\xff" * 8 + content[ends[0] + 12 :])
    recover(tmp_path)
    assert read(tmp_path / "sample.avro") == samples(1)
    kept = (tmp_path / "sample.avro.damaged").read_bytes()
    assert kept.endswith(content[ends[1] :])


def test_a_file_whose_writer_lives_is_left_alone(tmp_path: Path) -> None:
    file = container(tmp_path)
    file.append(samples(1))
    assert recover(tmp_path) == []
    file.append(samples(2))
    path = file.publish()
    assert path is not None
    assert read(path) == samples(1, 2)


WRITER = """
import sys, time
from pathlib import Path
from tests.sinks.container_samples import container, samples
file = container(Path(sys.argv[1]))
file.append(samples(1))
print("written", flush=True)
time.sleep(60)
"""


def test_another_processs_file_is_recovered_when_it_was_killed_and_not_before(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "written\n"
        assert recover(tmp_path) == []
        writer.kill()
    assert recover(tmp_path) == ["sample.avro"]
    assert read(tmp_path / "sample.avro") == samples(1)


def test_a_file_that_cant_be_recovered_stays_and_hinders_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    odd = tmp_path / ".a.avro.12345678.part"
    odd.mkdir()
    file = container(tmp_path)
    file.append(samples(1))
    file.release()
    assert recover(tmp_path) == ["sample.avro"]
    assert published(tmp_path) == [tmp_path / "sample.avro"]
    assert odd.exists()
    assert "can't be recovered" in caplog.text
