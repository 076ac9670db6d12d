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
    print("                 ms an article  of the bare loop's rate,           broker,  producer,")
    print("                    (processor)  by processor, by clock       ms an article (processor)")
    each = told([1_000 * one.pipeline / count for one in alone], ".1f")
    print(f"  bare loop    {each}")
    for runner, rounds_of_it in took.items():
        pairs = list(zip(alone, rounds_of_it, strict=True))
        each = told([1_000 * one.pipeline / count for one in rounds_of_it], ".1f")
        by_processor = told([loop.pipeline / one.pipeline for loop, one in pairs])
        by_clock = told([loop.clock / one.clock for loop, one in pairs])
        others = "".join(
            f"{1_000 * statistics.median(values) / count:8.1f}"
            for values in (
                [one.broker for one in rounds_of_it],
                [one.producer for one in rounds_of_it],
            )
        )
        print(f"  {runner:11}  {each}  {by_processor}  {by_clock}{others}")


if __name__ == "__main__":
    main()
