"""Records and dead letters as Avro containers in a folder, one set of files for each kind.

What a bundle found is written when it is confirmed: as whole blocks behind those of earlier
bundles, and fsynced. A file is published once it is large or old enough, and at the end of the
run; those of a process that died by whoever opens the folder next, or has it open.
"""

from __future__ import annotations

import atexit
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.messages import DeadLetter, Encoded
from pipeline.outages import Unavailable
from pipeline.records import Actor, Denial, Record, Threat
from pipeline.serialization.avro import schemas
from pipeline.serialization.dead_letters import dead_letter_schema, dead_letter_value
from pipeline.serialization.values import to_value
from pipeline.sinks.base import Bundle, Sink
from pipeline.sinks.container_recovery import recover
from pipeline.sinks.folders import make_folder, unavailable
from pipeline.sinks.rolling import AvroFileSinkSettings, RollingFile, Timekeeper

DEAD_LETTER = "dead-letter"

Values = Mapping[str, Sequence[dict[str, Any]]]
"""What is to be written, by kind."""


def kind_of(record_class: type[Record]) -> str:
    """What files and metrics call the class: "threat"."""
    return record_class.__name__.lower()


class AvroFileSink(Sink):
    """The process's way to the folder; several processes may share one folder."""

    def __init__(self, settings: AvroFileSinkSettings) -> None:
        self._settings = settings
        self._folder = Path(settings.folder)
        self._lock = threading.Lock()
        self._keeper: Timekeeper | None = None
        self._closings = 0
        parsed = {kind_of(each): schemas()[each].parsed for each in (Actor, Threat, Denial)}
        self._files = {
            kind: RollingFile(kind, schema, settings)
            for kind, schema in {**parsed, DEAD_LETTER: dead_letter_schema()}.items()
        }

    def begin(self) -> AvroFileBundle:
        """A bundle with nothing written."""
        return AvroFileBundle(self, self._closings)

    def append(self, values: Values, closings: int) -> None:
        """Returns once all values are on the disk; ``closings`` is of when the bundle began.

        The first time it makes the folder and recovers what is there. Raises
        `pipeline.outages.Unavailable` where they are not, and some may be.
        """
        with self._lock:
            if closings != self._closings:
                raise Unavailable(f"{self._folder} was closed before the bundle ended")
            if self._keeper is None:
                self._open()
        for kind, of_kind in values.items():
            self._files[kind].append(of_kind)

    def close(self) -> None:
        """Publishes every file."""
        with self._lock:
            self._closings += 1
            keeper, self._keeper = self._keeper, None
            if keeper is None:
                return
            atexit.unregister(self.close)
            keeper.end()
            for file in self._files.values():
                file.close()

    def _open(self) -> None:
        try:
            make_folder(self._folder)
            recover(self._folder)
        except OSError as error:
            raise unavailable(self._folder, "files", error) from error
        for file in self._files.values():
            file.open()
        # A worker that a runner ends in good order publishes what it has.
        atexit.register(self.close)
        self._keeper = Timekeeper(self._folder, list(self._files.values()), self._settings)


class AvroFileBundle(Bundle):
    """What one bundle has found; on the disk once it is confirmed, and not before."""

    def __init__(self, sink: AvroFileSink, closings: int) -> None:
        self._sink = sink
        self._closings = closings
        self._values: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)

    def write(self, element: Encoded | DeadLetter) -> tuple[DeadLetter, ...]:
        """Keeps the element until the bundle is confirmed; a file takes everything."""
        if isinstance(element, DeadLetter):
            self._values[DEAD_LETTER].append(dead_letter_value(element, datetime.now(UTC)))
        else:
            for record in element.extraction.records:
                self._values[kind_of(type(record))].append(to_value(record))
        return ()

    def confirm(self) -> None:
        """Writes everything, and returns once it is on the disk."""
        self._sink.append(self._values, self._closings)
