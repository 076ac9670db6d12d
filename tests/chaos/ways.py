"""On which runner the pipeline is run, and which processes of it may be killed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.supervised import name_of


@dataclass(frozen=True, slots=True)
class Way:
    """A runner."""

    title: str
    arguments: tuple[str, ...]
    """Of ``newswire run``."""
    beam_arguments: tuple[str, ...] = ()
    """What stands behind ``--``."""
    worker_name: str | None = None
    """The program of the processes that work for the pipeline; None where it works alone."""

    @property
    def has_workers(self) -> bool:
        """Whether there is a worker to be killed."""
        return self.worker_name is not None

    def workers(self, processes: Iterable[int]) -> list[int]:
        """Those of the pipeline's ``processes`` that work for it."""
        return [pid for pid in processes if name_of(pid) == self.worker_name]


def in_process() -> Way:
    """The Direct runner within the pipeline's own process."""
    return Way("the Direct runner, in-process", ("--runner=DirectRunner",))


def prism(location: Path) -> Way:
    """The Direct runner on Prism, a process of its own."""
    return Way(
        "the Direct runner, on Prism",
        ("--runner=DirectRunner", f"--prism-location={location.resolve()}"),
        # What the kernel keeps of a name.
        worker_name=location.name[:15],
    )


def portable(endpoint: str) -> Way:
    """Any job service, with its workers in the pipeline's own process."""
    return Way(
        f"the portable runner at {endpoint}",
        ("--runner=PortableRunner",),
        (f"--job_endpoint={endpoint}", "--environment_type=LOOPBACK"),
    )
