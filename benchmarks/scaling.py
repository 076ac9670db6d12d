"""How many workers a wire needs: a day's arrivals replayed against measured times of extraction.

Articles come by an hourly curve, at random within it and in bursts, and are dealt out to workers as
partitions are: each reads its own, one article after the other (`--workers`, `--share`). Workers
share nothing, so a few of them stand for all. Prints how busy they are at the busiest hour, and how
long an article is on its way. Run it by ``make bench``; `docs/scaling.md` reckons with it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy
from numpy.typing import NDArray

from benchmarks.measuring import REUTERS, articles, options
from pipeline.articles import decode_json
from pipeline.extraction.extractor import Extractor
from pipeline.extraction.settings import ActorScope, ExtractorSettings

HOURLY = (
    0.45, 0.4, 0.4, 0.45, 0.55, 0.75, 1.0, 1.25, 1.45, 1.55, 1.6, 1.55,
    1.5, 1.5, 1.55, 1.55, 1.45, 1.3, 1.1, 0.9, 0.75, 0.65, 0.55, 0.5,
)  # fmt: skip
"""Of each hour its articles, as a share of those of the mean hour: a newsroom's day, assumed."""
BURSTS_A_DAY = 12
BURST = 5.0
"""In a burst so many times as many articles come as else, and it lasts `BURST_SECONDS`."""
BURST_SECONDS = 120.0
OVERHEAD = 1.1
"""Seconds that the pipeline takes for each of extraction: Kafka, Avro, the runner."""
SIMULATED = 4
"""Workers that are simulated at most, of all that there are."""
WIRES = (("a laptop's feeds", 50_000), ("a national agency", 1_000_000), ("the world", 50_000_000))
TARGET = 0.7
"""How busy a worker may be in the busiest hour."""


@dataclass(frozen=True)
class Day:
    """What a day is like; seconds."""

    busiest_hour: float
    """Share of its time that a worker is busy then."""
    median: float
    """From an article's arrival to its end, as the others."""
    late: float
    """The 99th of a hundred."""
    latest: float


def workers_for(articles: int, seconds_each: float) -> int:
    """Workers that are busy for `TARGET` of the busiest hour, or less."""
    at_peak = articles / 24 * max(HOURLY) * seconds_each / 3600
    return max(1, int(numpy.ceil(at_peak / TARGET)))


def arrivals(articles: float, chance: numpy.random.Generator) -> NDArray[numpy.float64]:
    """When the articles of a day come, in seconds after midnight, in their order."""
    minutes = numpy.repeat(numpy.array(HOURLY) / numpy.mean(HOURLY), 60)
    bursts = chance.integers(0, len(minutes), BURSTS_A_DAY)
    for behind in range(round(BURST_SECONDS / 60)):
        minutes[(bursts + behind) % len(minutes)] *= BURST
    counts = chance.poisson(articles * minutes / minutes.sum())
    begun = numpy.repeat(numpy.arange(len(minutes)) * 60.0, counts)
    return numpy.sort(begun + chance.uniform(0, 60, len(begun)))


def ends(
    arriving: NDArray[numpy.float64], taking: NDArray[numpy.float64]
) -> NDArray[numpy.float64]:
    """When each article is done by one worker, which takes them in their order."""
    worked = numpy.cumsum(taking)
    # Lindley's recursion: an article begins when it has come and the one before it is done.
    return worked + numpy.maximum.accumulate(arriving - (worked - taking))


def simulate(articles: int, workers: int, service: Sequence[float], *, seed: int = 1) -> Day:
    """A day of so many workers; ``service``: seconds that articles take, drawn from at random."""
    chance = numpy.random.default_rng(seed)
    times = numpy.array(service) * OVERHEAD
    waits, busiest = [], 0.0
    for _ in range(min(workers, SIMULATED)):
        arriving = arrivals(articles / workers, chance)
        taking = chance.choice(times, len(arriving))
        waits.append(ends(arriving, taking) - arriving)
        by_hour = numpy.bincount((arriving // 3600).astype(int), taking, minlength=24)
        busiest = max(busiest, float(by_hour.max()) / 3600)
    median, late, latest = numpy.percentile(numpy.concatenate(waits), [50, 99, 100])
    return Day(busiest, float(median), float(late), float(latest))


def measured(folder: Path, scope: ActorScope, count: int) -> tuple[str, list[float]]:
    """Processor seconds that each of so many articles takes here, and where they are from."""
    name, values = articles(folder, REUTERS, count)
    decoded = [decode_json(value) for value in values]
    extractor = Extractor(ExtractorSettings(actors=scope))
    seconds = []
    for article in [*decoded[:50], *decoded]:
        begun = time.process_time()
        extractor.extract(article)
        seconds.append(time.process_time() - begun)
    return name, seconds[-len(decoded) :]


def main() -> None:
    """Replay a day of each wire."""
    chosen = options(__doc__)
    for scope in ActorScope:
        name, service = measured(chosen.corpora, scope, 200 if chosen.quick else 2_000)
        mean = float(numpy.mean(service)) * OVERHEAD
        print(
            f"\nA day's arrivals replayed by simulation, --actors={scope.value}: workers of a core "
            f"each, {mean * 1000:.1f} ms an article ({name})"
        )
        print(f"{'their busiest':>56}{'seconds till done':>27}")
        print(f"  {'articles a day':33}workers{'hour':>14}{'median':>8}{'p99':>8}{'latest':>11}")
        for wire, a_day in WIRES:
            workers = workers_for(a_day, mean)
            day = simulate(a_day, workers, service)
            print(
                f"  {a_day:10,}  {wire:20}{workers:8}{day.busiest_hour:14.0%}"
                f"{day.median:8.2f}{day.late:8.2f}{day.latest:11.1f}"
            )


if __name__ == "__main__":
    main()
