"""How the work grows: with an article's length, with partitions, with a backlog, with cues.

Run it by ``make bench BENCHMARKS=growth``.
"""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.measuring import POLITICS, REUTERS, articles, exponent, machine, options
from benchmarks.wire import Pipeline, Wire, direct_runners, kafka
from pipeline.articles import Article, decode_json
from pipeline.brokers.apache import ApacheKafka
from pipeline.extraction.extractor import Extractor
from pipeline.extraction.settings import ExtractorSettings

LENGTHS = (100, 1_000, 10_000, 50_000, 200_000)
"""Characters; the last is the longest that `newswire run` takes by default."""
QUICK_LONGEST, LONGEST_OF_CUES = 50_000, 10_000
CUES = (
    "Norland's foreign minister warned that his country would attack the port unless Sudria freed "
    "the crew. Sudria denied on Monday that it had threatened anyone, and called the claim false. "
)
FOREIGN = b'{"id": "%d", "body": "Nichts.", "language": "de"}'
"""An article that is read, decoded and skipped: what it costs is the pipeline alone."""
WARM_UP = 20
STEEPEST = 1.1
"""The power of the length by which the cost may grow."""
SLOWEST_END = 0.9
"""Of the rate at which a backlog's start is read."""


def by_length(title: str, text: str, longest: int, rounds: int) -> None:
    """Print what the extraction takes for a text as articles of several lengths.

    It is the same text each time, so that what stands in it does not count.
    """
    lengths = [length for length in LENGTHS if length <= longest]
    extractor = Extractor(ExtractorSettings())
    extractor.extract(Article(id="first", headline="", body=text[: LENGTHS[1]]))
    seconds = []
    for length in lengths:
        pieces = [text[begin : begin + length] for begin in range(0, longest, length)]
        took = []
        for _ in range(rounds):
            begun = time.process_time()
            for number, piece in enumerate(pieces):
                extractor.extract(Article(id=str(number), headline="", body=piece))
            took.append((time.process_time() - begun) / len(pieces))
        seconds.append(min(took))
    each = ", ".join(
        f"{length:,}: {1_000 * second:,.1f} ms"
        for length, second in zip(lengths, seconds, strict=True)
    )
    power = f"exponent {exponent(lengths, seconds):.2f} (goal: at most {STEEPEST})"
    print(f"  {title}, by characters: {each}; {power}")


def by_partitions(broker: ApacheKafka, folder: Path, arguments: list[str], count: int) -> None:
    """Print what the pipeline takes for the same articles on few and on many partitions."""
    _, values = articles(folder, REUTERS, count + WARM_UP)
    told = []
    for partitions in (1, 8, 64):
        with (
            Wire(broker.bootstrap_servers, partitions) as wire,
            Pipeline(wire, *arguments) as pipeline,
        ):
            pipeline.await_ready()
            wire.send(values[:WARM_UP])
            pipeline.await_all_written()
            took = pipeline.read(broker, values[WARM_UP:])
        told.append(f"{partitions}: {1_000 * took.pipeline / count:.1f} ms")
    print(f"  the pipeline, by partitions: {', '.join(told)} of a processor an article")


def by_backlog(broker: ApacheKafka, arguments: list[str], count: int) -> None:
    """Print how fast a backlog is read at its start and at its end."""
    with Wire(broker.bootstrap_servers, 4) as wire:
        wire.send([FOREIGN % number for number in range(count)])
        with Pipeline(wire, *arguments) as pipeline:
            marks = [
                _reaching(pipeline, int(share * count)) for share in (0.05, 0.15, 0.85, 0.95, 1)
            ]
    (first, first_cpu, first_at), (then, then_cpu, then_at) = marks[:2]
    (late, late_cpu, late_at), (last, last_cpu, last_at) = marks[2:4]
    begin = (then - first) / (then_at - first_at), (then - first) / (then_cpu - first_cpu)
    end = (last - late) / (last_at - late_at), (last - late) / (last_cpu - late_cpu)
    print(
        f"  a backlog of {count:,} messages of another language: {begin[0]:,.0f} a second at its "
        f"start, {end[0]:,.0f} at its end (ratio {end[0] / begin[0]:.2f}, "
        f"goal: at least {SLOWEST_END}; by processor seconds {end[1] / begin[1]:.2f})"
    )


def _reaching(pipeline: Pipeline, articles_written: int) -> tuple[int, float, float]:
    """Articles written, processor seconds and time, once so many or more are."""

    def look() -> tuple[int, float, float] | None:
        written = pipeline.written
        if written < articles_written:
            return None
        return written, pipeline.cpu_seconds, time.monotonic()

    return pipeline.until(look)


def main() -> None:
    """Measure one kind of growth after the other."""
    chosen = options(__doc__)
    print(f"\nGrowth\n  {machine('spacy', 'apache-beam')}")
    _, lines = articles(chosen.corpora, POLITICS, 200)
    prose = "\n".join(decode_json(line).body for line in lines)
    longest, rounds = (QUICK_LONGEST, 1) if chosen.quick else (LENGTHS[-1], 3)
    by_length("ordinary text", prose, longest, rounds)
    by_length("nothing but cues", CUES * 60, LONGEST_OF_CUES, rounds)
    if chosen.quick:
        return
    arguments = next(iter(direct_runners().values()))
    with kafka() as broker:
        by_partitions(broker, chosen.corpora, arguments, 500)
        by_backlog(broker, arguments, 1_000_000)


if __name__ == "__main__":
    main()
