"""Which file the next records go to: files are begun, published and followed by others.

`RollingFile` is one kind's open file; `Timekeeper` publishes files whose time has come.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline import metrics
from pipeline.outages import Unavailable
from pipeline.sinks.container_recovery import recover
from pipeline.sinks.containers import ContainerFile
from pipeline.sinks.folders import unavailable

_LOGGER = logging.getLogger(__name__)

RECOVERY_SECONDS = 60.0
"""How often an open sink looks for what other processes left that died."""

LONGEST_TICK_SECONDS = 5.0
"""How much later than its time a file may be published."""

SHORTEST_TICK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class AvroFileSinkSettings:
    """What the sink must know; nothing secret."""

    folder: str
    roll_bytes: int = 128 * 1024 * 1024
    """A file is published once it has this size."""
    roll_seconds: float = 600.0
    """A file is published this long after its first record; infinite waits for its size."""
    codec: str = "deflate"
    """Avro's name of the compression."""


class RollingFile:
    """The open file of one kind, and its followers; shared by all threads."""

    def __init__(self, kind: str, schema: Any, settings: AvroFileSinkSettings) -> None:
        self._kind = kind
        self._schema = schema
        self._settings = settings
        self._folder = Path(settings.folder)
        self._lock = threading.Lock()
        self._file: ContainerFile | None = None
        self._begun = 0.0
        self._closed = True

    def open(self) -> None:
        """Lets `append` begin files."""
        self._closed = False

    def append(self, values: Sequence[dict[str, Any]]) -> None:
        """Returns once the values are on the disk.

        Raises `pipeline.outages.Unavailable` where none of them will be in a published file.
        """
        with self._lock:
            if self._closed:
                raise Unavailable(f"{self._folder} was closed before the bundle ended")
            try:
                file = self._file or self._begin()
                grown = file.append(values)
            except BaseException as error:
                self._publish()
                if isinstance(error, OSError):
                    metrics.FILE_ERRORS.labels(self._kind).inc()
                    raise unavailable(self._folder, f"{self._kind} records", error) from error
                raise
            metrics.FILE_BYTES.labels(self._kind).inc(grown)
            if file.size >= self._settings.roll_bytes:
                self._publish()

    def publish_if_old(self) -> None:
        """Publishes the file where its time has come."""
        with self._lock:
            if time.monotonic() - self._begun >= self._settings.roll_seconds:
                self._publish()

    def close(self) -> None:
        """Publishes the file; nothing can be appended after that."""
        with self._lock:
            self._closed = True
            self._publish()

    def _begin(self) -> ContainerFile:
        name = f"{self._kind}s-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(8)}.avro"
        self._file = ContainerFile(self._folder, name, self._schema, self._settings.codec)
        self._begun = time.monotonic()
        metrics.FILES_OPEN.labels(self._kind).inc()
        return self._file

    def _publish(self) -> None:
        file, self._file = self._file, None
        if file is None:
            return
        metrics.FILES_OPEN.labels(self._kind).dec()
        try:
            path = file.publish()
        except OSError as error:
            file.release()
            _LOGGER.warning(
                "A file of %s records in %s could not be given its name (%s). What was confirmed "
                "is in it; it is published when the folder is looked through next.",
                self._kind,
                self._folder,
                error,
            )
            return
        if path is not None:
            metrics.FILES_PUBLISHED.labels(self._kind).inc()


class Timekeeper:
    """Publishes files whose time has come, and what others left, whether or not bundles come."""

    def __init__(
        self, folder: Path, files: Sequence[RollingFile], settings: AvroFileSinkSettings
    ) -> None:
        self._folder = folder
        self._files = files
        self._tick = max(
            min(settings.roll_seconds / 2, LONGEST_TICK_SECONDS), SHORTEST_TICK_SECONDS
        )
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="roll-files", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Returns when nothing more will be published by it."""
        self._ended.set()
        self._thread.join()

    def _keep(self) -> None:
        recovered = time.monotonic()
        while not self._ended.wait(self._tick):
            for file in self._files:
                file.publish_if_old()
            if time.monotonic() - recovered >= RECOVERY_SECONDS:
                recovered = time.monotonic()
                try:
                    recover(self._folder)
                except OSError as error:
                    _LOGGER.warning("%s can't be looked through: %s", self._folder, error)
