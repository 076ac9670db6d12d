from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.messages import DeadLetter
from pipeline.outages import Unavailable
from pipeline.sinks.stored_letters import StoredLetters, file_name
from tests.sinks.container_samples import LETTER, MESSAGE, published, read, unfinished
from tests.small_disks import SmallDisk

FAILED_AT = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def letter_from(topic: str) -> DeadLetter:
    return replace(LETTER, message=replace(MESSAGE, topic=topic))


def test_a_letter_is_stored_whole_under_the_place_of_its_original(tmp_path: Path) -> None:
    path = StoredLetters(tmp_path / "letters").store(LETTER, FAILED_AT)
    assert path.parent == tmp_path / "letters"
    assert path.name.startswith("dead-letter-articles-3-17-")
    [value] = read(path)
    assert (value["key"], value["value"]) == (MESSAGE.key, MESSAGE.value)
    assert value["headers"] == [{"name": "trace", "value": b"\x01"}]
    assert (value["reason"], value["failed_at"]) == ("not-json", FAILED_AT)


def test_a_letter_that_is_stored_again_replaces_itself(tmp_path: Path) -> None:
    letters = StoredLetters(tmp_path)
    paths = {letters.store(LETTER, FAILED_AT) for _ in range(3)}
    assert published(tmp_path) == list(paths)
    assert unfinished(tmp_path) == []


@pytest.mark.parametrize("topic", ["../../etc", ".hidden", "a/b", "t" * 249, ".."])
def test_a_name_is_a_visible_file_in_the_folder_whatever_the_topic_is(
    tmp_path: Path, topic: str
) -> None:
    path = StoredLetters(tmp_path).store(letter_from(topic), FAILED_AT)
    assert published(tmp_path) == [path]
    assert read(path)[0]["topic"] == topic


def test_letters_of_different_places_and_contents_have_different_names() -> None:
    others = [
        replace(MESSAGE, partition=4),
        replace(MESSAGE, offset=18),
        replace(MESSAGE, value=b"other"),
        replace(MESSAGE, topic="other"),
    ]
    names = {file_name(replace(LETTER, message=message)) for message in [MESSAGE, *others]}
    assert len(names) == 5


def test_a_full_disk_fails_the_bundle_and_leaves_no_torn_letter(small_disk: SmallDisk) -> None:
    letters = StoredLetters(small_disk.folder)
    letters.store(LETTER, FAILED_AT)
    large = replace(LETTER, message=replace(MESSAGE, value=os.urandom(3_000_000)))
    small_disk.fill(os.getpid())
    try:
        with pytest.raises(Unavailable, match=small_disk.says):
            letters.store(large, FAILED_AT)
    finally:
        small_disk.free(os.getpid())
    assert unfinished(small_disk.folder) == []
    [path] = published(small_disk.folder)
    assert read(path)[0]["value"] == MESSAGE.value
