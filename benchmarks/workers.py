"""How much faster ``newswire run --workers 2`` is than one process, producer and broker included.

In each round one and two workers read the same articles, one after the other, each from topics of
its own: they wait, ready, until ``newswire publish`` begins to send, and the time runs until all
articles are written and acknowledged. Broker, producer and pipeline share the cores of this
machine; what each took of them is printed. Run it by ``make bench``, or ``make bench QUICK=1``.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TypeVar

from kafka import KafkaAdminClient

from pipeline.brokers.embedded import EmbeddedBroker
from pipeline.kafka_clients import client_settings
from pipeline.kafka_security import Cluster
from pipeline.topics import TopicNames, create_topics, topic_specs

Found = TypeVar("Found")

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"
PARTITIONS = 8
NEWSWIRE = str(Path(sys.executable).with_name("newswire"))
LONGEST_SECONDS = 900.0
LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Took:
    """One reading of all articles; in seconds, those of the clock and of processors."""

    seconds: float
    pipeline: float
    broker: float
    producer: float

    @property
    def total(self) -> float:
        """All that was asked of processors."""
        return self.pipeline + self.broker + self.producer


def measure(workers: int, articles: Path, count: int) -> Took:
    """Have so many workers read the articles once, on a broker of its own."""
    names = TopicNames(f"bench-{workers}")
    with EmbeddedBroker() as broker, tempfile.TemporaryFile("w+b") as log:
        with KafkaAdminClient(
            **client_settings(Cluster(broker.bootstrap_servers), role="bench")
        ) as admin:
            create_topics(admin, topic_specs(names, partitions=PARTITIONS, replication_factor=1))
        where = [f"--bootstrap-servers={broker.bootstrap_servers}"]
        command = [
            NEWSWIRE,
            "run",
            *where,
            f"--workers={workers}",
            f"--topic-prefix={names.prefix}",
        ]
        command += [f"--input-topic={names.articles}", "--metrics-address=127.0.0.1:0"]
        run = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            url = _until(lambda: _url(run, log.fileno()))
            _until(lambda: _is_ready(url))
            before = _metrics(url)["process_cpu_seconds_total"]
            broker_before = _cpu_seconds(broker.pid or 0)
            begun = time.monotonic()
            producer = subprocess.Popen(
                [NEWSWIRE, "publish", *where, f"--topic={names.articles}", str(articles)],
                stdout=subprocess.DEVNULL,
            )
            _, status, usage = os.wait4(producer.pid, 0)
            producer.returncode = os.waitstatus_to_exitcode(status)
            assert producer.returncode == 0, "the articles were not sent"
            _until(lambda: _metrics(url)["newswire_articles_written_total"] >= count)
            return Took(
                seconds=time.monotonic() - begun,
                pipeline=_metrics(url)["process_cpu_seconds_total"] - before,
                broker=_cpu_seconds(broker.pid or 0) - broker_before,
                producer=usage.ru_utime + usage.ru_stime,
            )
        finally:
            run.terminate()
            run.wait()


def articles_of(folder: Path, count: int) -> tuple[str, list[str]]:
    """The name and so many lines of the first corpus in the folder, or of the bundled feed."""
    for path in sorted(folder.glob("reuters*.jsonl*")):
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            found = list(lines)
        return path.name.split(".")[0], found[:: max(1, len(found) // count)][:count]
    feed = (resources.files("pipeline") / "data" / "feed.jsonl").read_text("utf-8").splitlines(True)
    return "the bundled feed", (feed * (count // len(feed) + 1))[:count]


def _until(look: Callable[[], Found]) -> Found:
    """What ``look`` gives once it is true."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while not (found := look()):
        if time.monotonic() > deadline:
            sys.exit(f"nothing came within {LONGEST_SECONDS:.0f} s")
        time.sleep(LOOK_SECONDS)
    return found


def _url(run: subprocess.Popen[bytes], log: int) -> str | None:
    text = os.pread(log, 1 << 20, 0).decode()
    if run.poll() is not None:
        sys.exit(f"newswire run has ended:\n{text}")
    found = re.search(r"Metrics .*at (http://\S+)/metrics", text)
    return found[1] if found else None


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz"):
            return True
    except urllib.error.HTTPError:
        return False


def _metrics(url: str) -> dict[str, float]:
    """The series without labels."""
    with urllib.request.urlopen(f"{url}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))
        if "{" not in name
    }


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure one and two workers in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, default=CORPORA, help="a folder of JSON lines")
    parser.add_argument("--quick", action="store_true", help="a minute instead of ten")
    options = parser.parse_args()
    name, articles = articles_of(options.corpora, 600 if options.quick else 6_000)
    print(
        f"\n--workers 2 beside one: {len(articles):,} articles of {name}, {PARTITIONS} partitions, "
        f"{os.cpu_count()} cores, load average before {os.getloadavg()[0]:.1f}"
    )
    took: dict[int, list[Took]] = {1: [], 2: []}
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.writelines(articles)
        file.flush()
        for _ in range(2 if options.quick else 5):
            for workers, rounds in took.items():
                rounds.append(measure(workers, Path(file.name), len(articles)))
                print(f"  --workers {workers}: {rounds[-1].seconds:.1f} s", file=sys.stderr)
    for workers, rounds in took.items():
        rate = len(articles) / statistics.median(each.seconds for each in rounds)
        cpu = ", ".join(
            f"{part} {statistics.median(getattr(each, part) for each in rounds):.1f}"
            for part in ("pipeline", "broker", "producer")
        )
        print(f"  --workers {workers}{rate:10.1f} articles a second   (processor seconds: {cpu})")
    print(f"  ratio          {_told([a.seconds / b.seconds for a, b in rounds_of(took)])}")
    # What else runs on the machine has no part in this one.
    bounds = [a.pipeline / (b.total / 2) for a, b in rounds_of(took)]
    print(f"  at most, by processor seconds on two cores {_told(bounds)}")


def rounds_of(took: dict[int, list[Took]]) -> list[tuple[Took, Took]]:
    """One and two workers, by round."""
    return list(zip(took[1], took[2], strict=True))


def _told(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f}   ({min(ratios):.2f} to {max(ratios):.2f})"


if __name__ == "__main__":
    main()
