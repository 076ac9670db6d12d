"""What the pipeline asks of any sink.

The promise: when `Bundle.confirm` returns, everything that was given to the bundle is stored
where a crash of this process, and of one machine, does not take it away. Offsets are committed
after that and never before. A sink may store a thing twice; it never loses one in silence.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from pipeline.messages import DeadLetter, Encoded


class Bundle(ABC):
    """What one bundle has given to a sink; belongs to one thread."""

    @abstractmethod
    def write(self, element: Encoded | DeadLetter) -> tuple[DeadLetter, ...]:
        """Takes the element's records, or the dead letter itself.

        May return before they are stored. Returns a dead letter, already written too, for each
        record that can't be stored as it is. Raises `pipeline.outages.Unavailable` where the
        sink's surroundings are away.
        """

    @abstractmethod
    def confirm(self) -> None:
        """Returns once everything written is stored.

        Raises `pipeline.outages.Unavailable` where it is not: then the runner's bundle must
        fail, and nothing of it may be committed.
        """


class Sink(ABC):
    """A place for what was found; one a process, shared by all threads."""

    @abstractmethod
    def begin(self) -> Bundle:
        """A new bundle; asks nothing of the sink's surroundings (see `pipeline.transforms`)."""

    @abstractmethod
    def close(self) -> None:
        """Ends connections and files. What is not confirmed may be lost; a bundle opens anew."""
