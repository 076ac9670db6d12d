"""The file sink by its promise: what `confirm` returns from is on the disk, in whole blocks."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from pipeline.outages import Unavailable
from pipeline.serialization.values import from_value
from pipeline.sinks.avro_files import AvroFileSink
from pipeline.sinks.chosen import SINKS
from pipeline.sinks.rolling import AvroFileSinkSettings
from tests.record_samples import ACTOR, DENIAL, THREAT
from tests.sinks.container_samples import ENCODED, LETTER, MESSAGE, published, read, unfinished
from tests.small_disks import SmallDisk

NAME = re.compile(r"(actor|threat|denial|dead-letter)s-\d{8}T\d{6}Z-[0-9a-f]{16}\.avro")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "some" / "where"


@pytest.fixture
def sink(folder: Path) -> Iterator[AvroFileSink]:
    made = AvroFileSink(AvroFileSinkSettings(str(folder)))
    yield made
    made.close()


def write(sink: AvroFileSink, articles: int = 1) -> None:
    bundle = sink.begin()
    for _ in range(articles):
        assert bundle.write(ENCODED) == ()
    bundle.confirm()


def of_kind(kind: str, paths: list[Path]) -> list[Path]:
    return [path for path in paths if path.name.lstrip(".").startswith(f"{kind}s-")]


def metric(name: str, **labels: str) -> float:
    value = REGISTRY.get_sample_value(name, labels)
    assert value is not None, name
    return value


def test_each_record_is_in_the_file_of_its_kind_as_it_was(sink: AvroFileSink, folder: Path) -> None:
    write(sink)
    sink.close()
    assert [path for path in published(folder) if not NAME.fullmatch(path.name)] == []
    for record in (ACTOR, THREAT, DENIAL):
        [path] = of_kind(type(record).__name__.lower(), published(folder))
        assert [from_value(type(record), value) for value in read(path)] == [record]


def test_a_dead_letter_is_whole_and_says_why(sink: AvroFileSink, folder: Path) -> None:
    before = datetime.now(UTC)
    bundle = sink.begin()
    bundle.write(LETTER)
    bundle.confirm()
    sink.close()
    [path] = published(folder)
    [value] = read(path)
    failed_at = value.pop("failed_at")
    assert abs((failed_at - before).total_seconds()) < 10
    assert value == {
        "key": MESSAGE.key,
        "value": MESSAGE.value,
        "headers": [{"name": "trace", "value": b"\x01"}],
        "topic": "articles",
        "partition": 3,
        "offset": 17,
        "timestamp": 1_700_000_000_123,
        "stage": "decode",
        "reason": "not-json",
        "error_class": "ArticleError",
        "message": "bad \\ud800 text",
    }


def test_a_confirmed_bundle_is_readable_before_its_files_are_published(
    sink: AvroFileSink, folder: Path
) -> None:
    for bundles in range(1, 4):
        write(sink, articles=2)
        assert published(folder) == []
        [part] = of_kind("threat", unfinished(folder))
        assert len(read(part)) == 2 * bundles


def test_a_bundle_that_is_not_confirmed_leaves_nothing(sink: AvroFileSink, folder: Path) -> None:
    sink.begin().confirm()
    sink.begin().write(ENCODED)
    sink.close()
    assert list(folder.iterdir()) == []


def test_the_sinks_of_a_process_are_closed_together(folder: Path) -> None:
    write(SINKS.get(AvroFileSinkSettings(str(folder))))
    SINKS.end_all()
    assert unfinished(folder) == []
    assert of_kind("threat", published(folder))


def test_a_file_is_published_once_it_is_large_enough(folder: Path) -> None:
    sink = AvroFileSink(AvroFileSinkSettings(str(folder), roll_bytes=20_000, codec="null"))
    for _ in range(50):
        write(sink, articles=5)
    files = of_kind("threat", published(folder))
    sink.close()
    assert len(files) > 2
    for path in files:
        assert 20_000 <= path.stat().st_size < 30_000
    assert sum(len(read(path)) for path in of_kind("threat", published(folder))) == 250


def test_a_file_that_gets_nothing_more_is_published_when_its_time_has_come(folder: Path) -> None:
    sink = AvroFileSink(AvroFileSinkSettings(str(folder), roll_seconds=0.3))
    write(sink)
    assert published(folder) == []
    deadline = time.monotonic() + 10
    while len(published(folder)) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [len(read(path)) for path in published(folder)] == [1, 1, 1]
    assert unfinished(folder) == []
    sink.close()


def test_threads_that_share_the_sink_lose_and_mix_nothing(folder: Path) -> None:
    sink = AvroFileSink(AvroFileSinkSettings(str(folder), roll_bytes=5_000, roll_seconds=0.05))
    threads = [
        threading.Thread(target=lambda: [write(sink, articles=3) for _ in range(20)])
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sink.close()
    assert unfinished(folder) == []
    for kind in ("actor", "threat", "denial"):
        files = of_kind(kind, published(folder))
        assert sum(len(read(path)) for path in files) == 6 * 20 * 3


def test_two_sinks_share_a_folder_and_leave_each_other_alone(
    sink: AvroFileSink, folder: Path
) -> None:
    write(sink)
    other = AvroFileSink(AvroFileSinkSettings(str(folder)))
    write(other)
    assert len(of_kind("threat", unfinished(folder))) == 2
    other.close()
    write(sink)
    sink.close()
    counts = sorted(len(read(path)) for path in of_kind("threat", published(folder)))
    assert counts == [1, 2]


def test_a_closed_sink_takes_no_late_bundle_and_can_begin_anew(
    sink: AvroFileSink, folder: Path
) -> None:
    late = sink.begin()
    late.write(ENCODED)
    sink.close()
    with pytest.raises(Unavailable, match="closed"):
        late.confirm()
    write(sink)
    sink.close()
    assert len(of_kind("threat", published(folder))) == 1


def test_a_full_disk_fails_the_bundle_and_what_was_confirmed_is_published(
    small_disk: SmallDisk,
) -> None:
    folder, pid = small_disk.folder, os.getpid()
    sink = AvroFileSink(AvroFileSinkSettings(str(folder), codec="null"))
    write(sink, articles=3)
    small_disk.fill(pid)
    try:
        with pytest.raises(Unavailable, match=small_disk.says) as failed:
            write(sink, articles=100)
        sink.close()
        with pytest.raises(Unavailable, match=small_disk.says):
            sink.begin().confirm()
    finally:
        small_disk.free(pid)
    assert str(folder) in str(failed.value)
    assert "\n" not in str(failed.value)
    write(sink, articles=2)
    sink.close()
    assert unfinished(folder) == []
    for kind in ("actor", "threat", "denial"):
        counts = sorted(len(read(path)) for path in of_kind(kind, published(folder)))
        assert counts == [2, 3]


def test_a_folder_that_cant_be_made_fails_the_bundle(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="lies below a file"):
        AvroFileSink(AvroFileSinkSettings(str(tmp_path / "file" / "folder"))).begin().confirm()


def test_what_is_written_published_and_open_is_counted(sink: AvroFileSink, folder: Path) -> None:
    written = metric("newswire_file_bytes_total", kind="threat")
    finished = metric("newswire_files_published_total", kind="threat")
    write(sink)
    [part] = of_kind("threat", unfinished(folder))
    size = part.stat().st_size
    assert metric("newswire_file_bytes_total", kind="threat") == written + size
    assert metric("newswire_files_open", kind="threat") == 1
    sink.close()
    assert metric("newswire_files_open", kind="threat") == 0
    assert metric("newswire_files_published_total", kind="threat") == finished + 1


def test_a_file_of_a_dead_writer_is_counted_when_it_is_recovered(
    sink: AvroFileSink, folder: Path
) -> None:
    folder.mkdir(parents=True)
    (folder / ".threats-x.avro.12345678.part").write_bytes(b"Obj\x01")
    removed = metric("newswire_files_recovered_total", outcome="removed")
    sink.begin().confirm()
    assert metric("newswire_files_recovered_total", outcome="removed") == removed + 1
    assert list(folder.iterdir()) == []
