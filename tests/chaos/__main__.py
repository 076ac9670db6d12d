"""``make chaos``: the command line of a run, and the broker and disk that it breaks."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.brokers import apache
from pipeline.brokers.apache import ApacheKafka
from pipeline.runners import prism_binary
from tests.chaos import ways
from tests.chaos.report import all_violations, report, verdict
from tests.chaos.run import Settings, run
from tests.small_disks import FileSizeLimit, SmallDisk, Tmpfs, mounted


def main() -> int:
    """Runs and reports; 1 where anything is missing or wrong."""
    arguments = _parse()
    reason = apache.unavailable_because()
    if reason:
        print(f"Apache Kafka is needed, for its data outlives it: {reason}.", file=sys.stderr)
        return 2
    work = Path(tempfile.mkdtemp(prefix="newswire-chaos-"))
    with _way(arguments, work) as way, small_disk(work) as disk, ApacheKafka() as broker:
        settings = Settings(way, arguments.seconds, arguments.seed, arguments.rate)
        say(
            f"Seed {settings.seed}: {way.title}; {settings.seconds:g} s of faults, "
            f"{settings.rate:g} articles a second. Logs are in {work}."
        )
        outcome = run(settings, broker, disk, work, say)
    (work / "violations.txt").write_text(all_violations(outcome.violations))
    print()
    print(report(outcome))
    print()
    print(verdict(outcome))
    return 1 if outcome.violations else 0


@contextmanager
def small_disk(work: Path) -> Iterator[SmallDisk]:
    """A disk that can be filled: a file system of its own, or a limit where none can be mounted."""
    folder = work / "disk"
    folder.mkdir()
    with mounted(folder) as reason:
        if reason is not None:
            say(f"No file system can be mounted ({reason}); a limit on file sizes stands in.")
        yield Tmpfs(folder) if reason is None else FileSizeLimit(folder)


def say(line: str) -> None:
    """Prints a line of progress, with the time."""
    print(f"{time.strftime('%H:%M:%S')}  {line}", flush=True)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos", description="Breaks all that can break, and counts."
    )
    parser.add_argument("--seconds", type=float, default=600, help="of faults (600)")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    parser.add_argument("--rate", type=float, default=10, help="articles a second (10)")
    parser.add_argument("--in-process", action="store_true", help="not on Prism, where one is")
    parser.add_argument("--prism-location", type=Path, help="a Prism binary, not the one at hand")
    parser.add_argument("--workers", type=int, default=1, help="that many processes (1)")
    parser.add_argument("--job-endpoint", help="run on this portable job service (host:port)")
    parser.add_argument("--environment-type", choices=["LOOPBACK", "EXTERNAL"], default="LOOPBACK")
    parser.add_argument("--flink-rest", help="Flink's REST address, where that runs the jobs")
    return parser.parse_args()


@contextmanager
def _way(arguments: argparse.Namespace, work: Path) -> Iterator[ways.Way]:
    if arguments.job_endpoint:
        with ways.portable(
            arguments.job_endpoint, arguments.environment_type, arguments.flink_rest, work
        ) as way:
            yield way
        return
    location = arguments.prism_location or prism_binary.find()
    alone = arguments.in_process or location is None
    way = ways.in_process() if alone else ways.prism(location)
    yield way if arguments.workers == 1 else way.with_processes(arguments.workers)


if __name__ == "__main__":
    sys.exit(main())
