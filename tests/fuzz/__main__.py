"""``make fuzz``: gives the stages what nobody would, and says what it found."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable

from hypothesis import HealthCheck, given, seed, settings

from pipeline.extraction import default_extractor
from pipeline.messages import DeadLetter, SourceMessage
from tests.fuzz.inputs import ARTICLES, HEADERS, REGISTRY, VALUES
from tests.fuzz.stages import Stages, check, costly, message, monsters
from tests.fuzz.watch import limit_addresses, most_megabytes, watched

VALUES_WHOLE, ARTICLES_WHOLE = 200_000, 5_000
VALUES_QUICK, ARTICLES_QUICK = 2_000, 60
BATCH = 2_000
"""Inputs from one seed, after which progress is told."""


class Fuzzing:
    """Puts inputs through the stages, and counts what became of them."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.slowest = (0.0, "")

    def put(self, stages: Stages, given_message: SourceMessage, name: str) -> None:
        """Raises where the outcome is not what it has to be."""
        begun = time.process_time()
        with watched():
            outcome = stages.outcome(given_message)
            check(given_message, outcome)
        self.slowest = max(self.slowest, (time.process_time() - begun, name))
        failed = isinstance(outcome, DeadLetter)
        self.outcomes[outcome.failure.reason if failed else "a result"] += 1


def main() -> int:
    """Runs; raises at the first input that breaks something, made as small as it gets."""
    arguments = _parse()
    quick = arguments.quick
    start = arguments.seed if arguments.seed is not None else random.randrange(2**32)
    print(f"Seed {start}: run again with SEED={start}", flush=True)
    limit_addresses()
    avro_alone, whole = Stages(REGISTRY, extract=False), Stages(REGISTRY)
    default_extractor()
    fuzzing = Fuzzing()
    for name, monster in monsters() if quick else (*monsters(), *costly()):
        fuzzing.put(whole, monster, name)
    _say(f"{fuzzing.outcomes.total()} monsters", fuzzing)

    def values(number: int, count: int) -> None:
        @seed(number)
        @_settings(count)
        @given(VALUES, HEADERS)
        def run(value: bytes | None, headers: list[tuple[str, bytes]]) -> None:
            fuzzing.put(avro_alone, message(value, headers=tuple(headers)), "a value")

        run()

    def articles(number: int, count: int) -> None:
        @seed(number)
        @_settings(count)
        @given(ARTICLES)
        def run(value: bytes) -> None:
            fuzzing.put(whole, message(value), "an article")

        run()

    _batches("values", values, VALUES_QUICK if quick else VALUES_WHOLE, start, fuzzing)
    _batches("articles", articles, ARTICLES_QUICK if quick else ARTICLES_WHOLE, start, fuzzing)
    for reason, count in fuzzing.outcomes.most_common():
        print(f"{count:10,}  {reason}")
    seconds, name = fuzzing.slowest
    print(f"At most {most_megabytes():,} MB; the slowest took {seconds:.1f} s: {name}")
    return 0


def _batches(
    name: str, run: Callable[[int, int], None], count: int, start: int, fuzzing: Fuzzing
) -> None:
    for done in range(0, count, BATCH):
        run(start + done, min(BATCH, count - done))
        _say(f"{min(done + BATCH, count):,} of {count:,} {name}", fuzzing)


def _settings(count: int) -> settings:
    return settings(
        max_examples=count,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )


def _say(text: str, fuzzing: Fuzzing) -> None:
    results = fuzzing.outcomes["a result"]
    letters = fuzzing.outcomes.total() - results
    print(f"{text}: so far {results:,} results, {letters:,} dead letters", flush=True)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a hundredth of it")
    parser.add_argument("--seed", type=int, help="the seed of the inputs (default: a new one)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
