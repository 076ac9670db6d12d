"""How much memory a worker holds over long articles: at its start, on the way, at the end.

Resident memory of the process and of those below it, so that Prism counts too (Linux). Run it by
``make bench BENCHMARKS=memory``.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from benchmarks.measuring import POLITICS, articles, machine, megabytes, options
from benchmarks.wire import LOOK_SECONDS, Pipeline, Wire, direct_runners, kafka

PARTITIONS = 4


def measure(wire: Wire, pipeline: Pipeline, values: Sequence[bytes], marks: Sequence[int]) -> str:
    """What the pipeline holds once it has written so many articles, and at most."""
    highest, told = 0.0, []
    for mark in marks:
        wire.send(values[wire.sent : mark])
        while wire.extracted < mark:
            highest = max(highest, pipeline.until(lambda: megabytes(pipeline.pid)))
            time.sleep(LOOK_SECONDS)
        told.append(f"after {mark:,}: {megabytes(pipeline.pid):.0f} MB")
    return f"{', '.join(told)}; highest {highest:.0f} MB"


def main() -> None:
    """Have a worker read long articles, and look at it on the way."""
    chosen = options(__doc__)
    marks = (1, 50, 100) if chosen.quick else (1, 1_000, 1_848)
    name, values = articles(chosen.corpora, POLITICS, marks[-1])
    print(
        f"\nMemory of a worker, {marks[-1]:,} articles of {name}\n  {machine('spacy', 'numpy')}\n"
        "  goal: under 700 MiB"
    )
    with kafka() as broker:
        for runner, arguments in direct_runners().items():
            with (
                Wire(broker.bootstrap_servers, PARTITIONS) as wire,
                Pipeline(wire, *arguments) as pipeline,
            ):
                print(f"  {runner:12}{measure(wire, pipeline, values, marks)}")


if __name__ == "__main__":
    main()
