"""What a worker process is told about itself, and what it tells its parent."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from pipeline.events import Stored
from pipeline.sources.shares import Share

TELL_SECONDS = 0.5
"""A new last article is told so often at most: there may be hundreds a second."""


@dataclass(frozen=True, slots=True)
class Status:
    """How far a process has got."""

    waiting_for: str | None
    """What it does before it can read; None once it reads."""
    expected: int | None = None
    """How many articles lay before it when it began; None where no end is set, or not known yet."""
    last_article: str | None = None
    """The id of the newest article that it has stored; None where there is nothing new to tell."""

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

    @contextmanager
    def telling_the_last_article(self) -> Iterator[None]:
        """Tells the parent which article was stored last, while the block is entered."""
        done = threading.Event()

        def tell() -> None:
            told = None
            while not done.wait(TELL_SECONDS):
                last = Stored.last_article
                if last is not None and last != told:
                    # The end of a parent that is gone ends this process by another way.
                    with contextlib.suppress(OSError):
                        self.report(Status(None, last_article=last))
                    told = last

        # Nobody waits for it: a parent that is frozen does not empty the pipe.
        threading.Thread(target=tell, name="last-article", daemon=True).start()
        try:
            yield
        finally:
            done.set()
