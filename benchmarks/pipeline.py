"""What the pipeline costs beside the extraction alone: from a real broker to acknowledged records.

In each round the same articles go through a bare loop over ``extract`` and through ``newswire run``
on each Direct runner, one after the other, each in a process of its own that has read a few others
first. All that the pipeline takes of processors counts, Prism and all threads included; the
broker's is told apart. Run it by ``make bench BENCHMARKS=pipeline``.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

from benchmarks.measuring import (
    REUTERS,
    articles,
    in_a_process_of_its_own,
    machine,
    options,
    told,
)
from benchmarks.wire import PARTITIONS, Took, direct_runners, kafka, read_through
from pipeline.articles import decode_json
from pipeline.extraction.extractor import Extractor
from pipeline.extraction.settings import ExtractorSettings

WARM_UP = 20
GOAL = 0.9
"""Of the bare loop's rate, by processor time."""


def bare(values: Sequence[bytes]) -> Took:
    """A loop over ``extract`` and nothing else; the articles are decoded before."""
    extractor = Extractor(ExtractorSettings())
    decoded = [decode_json(value) for value in values]
    for article in decoded[:WARM_UP]:
        extractor.extract(article)
    processor, clock = time.process_time(), time.monotonic()
    for article in decoded[WARM_UP:]:
        extractor.extract(article)
    return Took(time.monotonic() - clock, time.process_time() - processor, 0, 0)


def main() -> None:
    """Measure all of them in turn."""
    chosen = options(__doc__)
    count, rounds = (200, 1) if chosen.quick else (1_500, 5)
    name, values = articles(chosen.corpora, REUTERS, count + WARM_UP)
    print(
        f"\nThe pipeline beside the bare extract() loop: {count:,} articles of {name}, "
        f"{PARTITIONS} partitions\n  {machine('apache-beam', 'kafka-python', 'fastavro')}"
    )
    alone: list[Took] = []
    runners = direct_runners()
    took: dict[str, list[Took]] = {runner: [] for runner in runners}
    with kafka() as broker:
        for _ in range(rounds):
            alone.append(in_a_process_of_its_own(bare, values))
            for runner, arguments in runners.items():
                took[runner].append(
                    read_through(broker, values[:WARM_UP], values[WARM_UP:], *arguments)
                )
    print(f"  goal: at least {GOAL} of the bare loop's rate by processor")
    _row("", "ms of a processor", "of the bare loop's rate,", "", "broker,", "producer,")
    _row("", "an article", "by processor", "by clock", "", "ms an article")
    _row("bare loop", told([1_000 * one.pipeline / count for one in alone], ".1f"))
    for runner, rounds_of_it in took.items():
        pairs = list(zip(alone, rounds_of_it, strict=True))
        _row(
            runner,
            told([1_000 * one.pipeline / count for one in rounds_of_it], ".1f"),
            told([loop.pipeline / one.pipeline for loop, one in pairs]),
            told([loop.clock / one.clock for loop, one in pairs]),
            f"{1_000 * statistics.median(one.broker for one in rounds_of_it) / count:.1f}",
            f"{1_000 * statistics.median(one.producer for one in rounds_of_it) / count:.1f}",
        )


def _row(name: str, cost: str, by_processor: str = "", by_clock: str = "", *others: str) -> None:
    columns = "".join(f"{other:>10}" for other in others)
    print(f"  {name:12}{cost:22}{by_processor:26}{by_clock:20}{columns}".rstrip())


if __name__ == "__main__":
    main()
