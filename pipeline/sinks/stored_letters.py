"""Dead letters that are too large for their topic, each whole in a file of its own.

A file is an Avro container with one record (``dead_letter.avsc``). Its name follows from where
the original lies and what it holds, so that processing it again replaces the file.
"""

from __future__ import annotations

import hashlib
import re
import threading
from datetime import datetime
from pathlib import Path

from pipeline.messages import DeadLetter
from pipeline.serialization.dead_letters import dead_letter_schema, dead_letter_value
from pipeline.sinks.container_recovery import recover
from pipeline.sinks.containers import ContainerFile
from pipeline.sinks.folders import make_folder, unavailable

CODEC = "deflate"

MAX_TOPIC_CHARS = 150
"""A topic's name may have 249 characters, and a file's 255 with all that stands around it."""


class StoredLetters:
    """The folder of such letters; shared by all threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._is_open = False

    def store(self, letter: DeadLetter, failed_at: datetime) -> Path:
        """Writes the letter; returns its path once it is on the disk.

        Raises `pipeline.outages.Unavailable` where it can't be written.
        """
        try:
            self._open()
            file = ContainerFile(self._folder, file_name(letter), dead_letter_schema(), CODEC)
            try:
                file.append([dead_letter_value(letter, failed_at)])
                path = file.publish()
            except BaseException:
                file.discard()
                raise
        except OSError as error:
            raise unavailable(self._folder, "a dead letter", error) from error
        assert path is not None, "a file with a letter in it is published"
        return path

    def _open(self) -> None:
        with self._lock:
            if not self._is_open:
                make_folder(self._folder)
                recover(self._folder)
                self._is_open = True


def file_name(letter: DeadLetter) -> str:
    """``TOPIC-PARTITION-OFFSET-HASH.avro`` behind a fixed word; the hash is the value's."""
    original = letter.message
    topic = re.sub(r"[^A-Za-z0-9._-]", "_", original.topic)[:MAX_TOPIC_CHARS]
    digest = hashlib.sha256(original.value or b"").hexdigest()[:16]
    return f"dead-letter-{topic}-{original.partition}-{original.offset}-{digest}.avro"
