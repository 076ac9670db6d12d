"""On which runner the pipeline is run, and which processes of it may be killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.brokers.process import LOOPBACK, free_port
from tests.chaos.supervised import Supervised, name_of

SDK_WORKER = "newswire-worker"
"""What our SDK workers are called in lists of processes."""


@dataclass(frozen=True, slots=True)
class Way:
    """A runner."""

    title: str
    arguments: tuple[str, ...]
    """Of ``newswire run``."""
    is_worker: Callable[[str], bool] | None = None
    """Whether a program of this name works for the pipeline; None where it works alone."""
    pool: Supervised | None = None
    """The ``newswire worker`` that they come from; None where the pipeline starts them."""

    @property
    def has_workers(self) -> bool:
        """Whether there is a worker to be killed."""
        return self.is_worker is not None

    def workers(self, pipeline: Supervised) -> list[int]:
        """The processes that work for it now."""
        below = (self.pool or pipeline).note_descendants()
        return [pid for pid in below if self.is_worker and self.is_worker(name_of(pid))]

    def with_processes(self, count: int) -> Way:
        """The same as ``count`` processes, each of which reads its share of the partitions."""
        return replace(
            self,
            title=f"{self.title}, {count} processes",
            arguments=(*self.arguments, f"--workers={count}"),
            is_worker=lambda name: True,
        )


def in_process() -> Way:
    """The Direct runner within the pipeline's own process."""
    return Way("the Direct runner, in-process", ("--runner=DirectRunner", "--prism=off"))


def prism(location: Path) -> Way:
    """The Direct runner on Prism, a process of its own."""
    return Way(
        "the Direct runner, on Prism",
        ("--runner=DirectRunner", "--prism=auto", f"--prism-location={location.resolve()}"),
        # What the kernel keeps of a name.
        is_worker=lambda name: name == location.name[:15],
    )


@contextmanager
def portable(endpoint: str, environment: str, flink_rest: str | None, work: Path) -> Iterator[Way]:
    """A job service, with a pool of workers beside it where ``environment`` is EXTERNAL."""
    title = f"the portable runner at {endpoint}, {environment}"
    arguments = [
        "--runner=PortableRunner",
        f"--job-endpoint={endpoint}",
        f"--environment-type={environment}",
        # A job that outlives who submitted it is ended before the next one is.
        "--replace",
    ]
    if flink_rest:
        arguments += [f"--flink-rest={flink_rest}", "--parallelism=1", "--checkpoint-interval=2s"]
    if environment != "EXTERNAL":
        yield Way(title, tuple(arguments))
        return
    port = free_port()
    logs = work / "pool"
    logs.mkdir()
    pool = Supervised(["worker", f"--port={port}", f"--metrics-address={LOOPBACK}:0"], logs)
    pool.start()
    try:
        arguments.append(f"--environment-config={LOOPBACK}:{port}")
        yield Way(title, tuple(arguments), lambda name: name == SDK_WORKER, pool)
    finally:
        pool.end()
