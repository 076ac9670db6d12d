"""How long an article is on its way, from Kafka's log to Kafka's log, and a cold start.

A pipeline first shows how many articles a second it reads at full tilt; then articles come at half
of that rate, evenly. Kafka stamps an article when it is appended, and its extraction when that is:
the time between is what is told. A cold start is from the process's start to the first extraction
of an article that waited. Run it by ``make bench BENCHMARKS=latency``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.measuring import REUTERS, articles, histogram, machine, options, percentile
from benchmarks.wire import Pipeline, Wire, direct_runners, kafka
from pipeline.brokers.apache import ApacheKafka

BOUNDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0)
GOALS = "goals: median under 0.5 s, 99th of 100 under 2 s, cold start under 6 s"
BURST = 100
"""So many articles at once show the full rate."""


@dataclass(frozen=True)
class Way:
    """What one pipeline showed."""

    cold_start: float
    """Seconds from the process's start to the first extraction."""
    cold_cpu: float
    """Of processors, until then."""
    full_rate: float
    """Articles a second."""
    seconds: list[float]
    """On its way, of each article at half of that rate."""


def measure(
    broker: ApacheKafka,
    partitions: int,
    arguments: Sequence[str],
    values: Sequence[bytes],
    seconds: float,
) -> Way:
    """Have a pipeline read articles at half of its full rate for so long."""
    with Wire(broker.bootstrap_servers, partitions) as wire:
        wire.send(values[:1])
        with Pipeline(wire, *arguments) as pipeline:
            pipeline.await_all_written()
            cold_cpu = pipeline.cpu_seconds
            cold_start = wire.ways()[0][1] - pipeline.begun
            took = pipeline.read(broker, values[1 : BURST + 1])
            full_rate = BURST / took.clock
            count = int(seconds * full_rate / 2)
            before = wire.sent
            wire.send(_over_and_over(values[BURST + 1 :], count), rate=full_rate / 2)
            pipeline.await_all_written()
            ways = wire.ways()[before:]
    return Way(cold_start, cold_cpu, full_rate, [done - came for came, done in ways])


def _over_and_over(values: Sequence[bytes], count: int) -> list[bytes]:
    return [values[number % len(values)] for number in range(count)]


def main() -> None:
    """Measure each runner with one and with many partitions."""
    chosen = options(__doc__)
    seconds = 8.0 if chosen.quick else 60.0
    name, values = articles(chosen.corpora, REUTERS, 600)
    print(
        f"\nLatency at half of the full rate, for {seconds:.0f} s each: articles of {name}\n"
        f"  {machine('apache-beam', 'kafka-python')}\n  {GOALS}"
    )
    with kafka() as broker:
        for runner, arguments in direct_runners().items():
            for partitions in (64,) if chosen.quick else (1, 64):
                way = measure(broker, partitions, arguments, values, seconds)
                print(
                    f"  {runner}, {partitions} partitions: median "
                    f"{percentile(way.seconds, 0.5):.2f} s, 99th of 100 "
                    f"{percentile(way.seconds, 0.99):.2f} s, latest {max(way.seconds):.2f} s, at "
                    f"{way.full_rate / 2:.1f} articles a second; "
                    f"cold start to first record {way.cold_start:.1f} s "
                    f"({way.cold_cpu:.1f} s of a processor)"
                )
                print(*(f"   {line}" for line in histogram(way.seconds, BOUNDS)), sep="\n")


if __name__ == "__main__":
    main()
