"""How much faster ``newswire run --workers 2`` is than one process, producer and broker included.

In each round one and two workers read the same articles, one after the other, each from topics of
its own: they have started and read a few others before the articles are sent, all at once, and the
time runs until the last is written and acknowledged. Broker, producer and pipeline share the cores
of this machine; what each took of them is printed. Run it by ``make bench BENCHMARKS=workers``.
"""

from __future__ import annotations

import statistics
import sys

from benchmarks.measuring import REUTERS, articles, machine, options, told
from benchmarks.wire import PARTITIONS, Took, kafka, read_through

WARM_UP = 40
GOAL = 1.6


def main() -> None:
    """Measure one and two workers in turn."""
    chosen = options(__doc__)
    count, rounds = (200, 1) if chosen.quick else (3_000, 5)
    name, values = articles(chosen.corpora, REUTERS, count + WARM_UP)
    print(
        f"\n--workers 2 beside one: {count:,} articles of {name}, {PARTITIONS} partitions\n"
        f"  {machine('apache-beam', 'kafka-python')}"
    )
    took: dict[int, list[Took]] = {1: [], 2: []}
    with kafka() as broker:
        for _ in range(rounds):
            for workers, rounds_of_it in took.items():
                rounds_of_it.append(
                    read_through(broker, values[:WARM_UP], values[WARM_UP:], f"--workers={workers}")
                )
                print(f"  --workers {workers}: {rounds_of_it[-1].clock:.1f} s", file=sys.stderr)
    for workers, rounds_of_it in took.items():
        rate = count / statistics.median(each.clock for each in rounds_of_it)
        cpu = ", ".join(
            f"{part} {statistics.median(getattr(each, part) for each in rounds_of_it):.1f}"
            for part in ("pipeline", "broker", "producer")
        )
        print(f"  --workers {workers}{rate:10.1f} articles a second   (processor seconds: {cpu})")
    pairs = list(zip(took[1], took[2], strict=True))
    ratios = told([one.clock / two.clock for one, two in pairs])
    print(f"  ratio          {ratios}   goal: at least {GOAL}")
    # What else runs on the machine has no part in this one.
    bounds = [one.pipeline / (two.total / 2) for one, two in pairs]
    print(f"  at most, by processor seconds on two cores {told(bounds)}")


if __name__ == "__main__":
    main()
