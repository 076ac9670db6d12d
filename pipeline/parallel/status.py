"""What a worker process is told about itself, and what it tells its parent."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

from pipeline.sources.shares import Share


@dataclass(frozen=True, slots=True)
class Status:
    """How far a process has got."""

    waiting_for: str | None
    """What it does before it can read; None once it reads."""
    expected: int | None = None
    """How many articles lay before it when it began; None where no end is set, or not known yet."""

    def to_line(self) -> bytes:
        """As a line for `from_line`."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Status:
        """What `to_line` made a line of."""
        return cls(**json.loads(line))


@dataclass(frozen=True, slots=True)
class WorkerRole:
    """Says, as the context's object of click, that this process is a worker of another."""

    number: int
    """From 0."""
    share: Share
    """What it reads. The parent says it and not the settings: a file of them may have changed
    since the other workers read it, and then two would read one partition, or nobody would."""
    descriptor: int
    """A pipe to the parent."""

    def report(self, status: Status) -> None:
        """Tells the parent; a parent that is gone ends this process in a moment anyway."""
        os.write(self.descriptor, status.to_line())
