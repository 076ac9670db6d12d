"""``make soak``: does the pipeline's memory stay what it is at a steady rate?

The pipeline runs on Prism and, beside it, in-process; each has a wire of its own, with the same
articles at the same rate. Nothing is broken here.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pipeline.brokers import apache
from pipeline.brokers.apache import ApacheKafka
from pipeline.runners import prism_binary
from tests.chaos import ways
from tests.chaos.memory import Series
from tests.chaos.producer import Producer
from tests.chaos.supervised import Supervised, name_of
from tests.chaos.ways import Way
from tests.integration.wire import Wire

EVERY_SECONDS = 5.0
TELL_SECONDS = 60.0

WARM_UP_SHARE = 1 / 3
LONGEST_WARM_UP_SECONDS = 600.0
"""What loads, fills its caches and finds its size within this time is no leak."""


@dataclass
class Soaked:
    """One pipeline, and how large its processes are."""

    way: Way
    wire: Wire
    producer: Producer
    pipeline: Supervised
    series: dict[str, Series]

    def sample(self) -> None:
        """Looks at every process once."""
        pid = self.pipeline.pid
        below = self.pipeline.note_descendants()
        groups: dict[str, list[int]] = {"pipeline": [pid] if pid is not None else []}
        for each in below:
            groups.setdefault(name_of(each), []).append(each)
        for name, pids in groups.items():
            if pids:
                self.series.setdefault(name, Series(f"{self.way.title}: {name}")).add(pids)


def main() -> int:
    """Runs and reports; 1 where a pipeline ended, for then its memory tells nothing."""
    arguments = _parse()
    reason = apache.unavailable_because()
    if reason:
        print(f"Apache Kafka is needed: the embedded broker keeps all in memory: {reason}.")
        return 2
    chosen = [ways.in_process()]
    location = arguments.prism_location or prism_binary.find()
    if location is None:
        say(
            "No Prism is at hand (`make prism` builds it): the in-process runner alone is measured."
        )
    else:
        chosen.insert(0, ways.prism(location))
    seconds = arguments.minutes * 60
    work = Path(tempfile.mkdtemp(prefix="newswire-soak-"))
    say(
        f"{' and '.join(way.title for way in chosen)}: {arguments.rate:g} articles a second each, "
        f"for {arguments.minutes:g} min. Logs are in {work}."
    )
    with ApacheKafka() as broker, ExitStack() as stack:
        soaked = [_start(way, broker, arguments.rate, work, stack) for way in chosen]
        measured_from = time.monotonic() + min(seconds * WARM_UP_SHARE, LONGEST_WARM_UP_SECONDS)
        _watch(soaked, seconds)
        committed = {each.way.title: each.wire.committed for each in soaked}
    print()
    print(_table(soaked, measured_from))
    print()
    for each in soaked:
        print(
            f"{each.way.title}: {committed[each.way.title]:,} articles committed, of "
            f"{len(each.producer.acknowledged):,} on the wire"
        )
    ended = [end for each in soaked for end in each.pipeline.ends]
    print(*(f"A pipeline ended: {end}" for end in ended), sep="\n")
    return 1 if ended else 0


def _start(way: Way, broker: ApacheKafka, rate: float, work: Path, stack: ExitStack) -> Soaked:
    wire = Wire(broker)
    folder = work / wire.prefix
    folder.mkdir()
    arguments = [*wire.run_arguments, *way.arguments, f"--output-dir={folder / 'records'}"]
    producer = Producer(broker.bootstrap_servers, wire.topics.articles, rate)
    pipeline = Supervised(arguments, folder)
    producer.start()
    pipeline.start()
    stack.callback(pipeline.end)
    stack.callback(producer.finish, 60)
    return Soaked(way, wire, producer, pipeline, {})


def _watch(soaked: list[Soaked], seconds: float) -> None:
    begun = told = time.monotonic()
    while (now := time.monotonic()) - begun < seconds:
        for each in soaked:
            each.sample()
        if now - told >= TELL_SECONDS:
            told = now
            sizes = [
                f"{series.title} {series.megabytes[-1]:.0f} MB"
                for each in soaked
                for series in each.series.values()
                if series.megabytes
            ]
            say(f"{(now - begun) / 60:4.0f} min  {'; '.join(sizes)}")
        time.sleep(EVERY_SECONDS)


def _table(soaked: list[Soaked], measured_from: float) -> str:
    head = f"{'resident memory':<44}{'from':>8}{'to':>8}  {'growth a day':>14}  95 % interval"
    lines = [head]
    for each in soaked:
        for series in each.series.values():
            part = series.after(measured_from)
            try:
                growth = part.growth()
            except ValueError as error:
                lines.append(f"{series.title:<44}{error}")
                continue
            lines.append(
                f"{series.title:<44}{part.megabytes[0]:>5.0f} MB{part.megabytes[-1]:>5.0f} MB  "
                f"{growth.value:>+11.0f} MB  {growth.low:+.0f} to {growth.high:+.0f} MB"
            )
    lines.append(
        "Ordinary least squares of the samples after the warm-up; the interval allows for samples "
        "that resemble their neighbours (tests/chaos/slope.py)."
    )
    return "\n".join(lines)


def say(line: str) -> None:
    """Prints a line of progress, with the time."""
    print(f"{time.strftime('%H:%M:%S')}  {line}", flush=True)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos.soak", description="Watches the memory at a steady rate."
    )
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=5, help="articles a second (5)")
    parser.add_argument("--prism-location", type=Path, help="the Prism binary")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
