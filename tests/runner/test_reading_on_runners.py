"""Reading, writing, committing and resuming, on the runner that is given.

One run is looked at from several sides: starting one takes longest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from pipeline.brokers.embedded import EmbeddedBroker
from tests.integration.wire import Wire
from tests.kafka_helpers import produce
from tests.numbered_articles import numbered_article
from tests.runner.conftest import Start
from tests.runner.under_test import RunnerUnderTest, wait_for

pytestmark = [pytest.mark.integration, pytest.mark.slow]

PARTITIONS = 5
IDLE = 4
FIRST = range(40)
LATE = range(40, 43)
AFTER_STOPPING = range(43, 50)
NO_ARTICLES = (b"no JSON", b'{"id": "without a body"}', b"\x00\xff")


@dataclass
class Observed:
    """What two runs left behind, the second after the first was stopped."""

    wire: Wire
    written_by_workers: float
    committed_by_first: int
    exit_codes: list[int]
    output: str


def publish(wire: Wire, numbers: range, *partitions: int) -> None:
    for number in numbers:
        key, value = numbered_article(number)
        produce(
            wire.broker.bootstrap_servers,
            wire.topics.articles,
            [value],
            keys=[key],
            partition=partitions[number % len(partitions)],
        )


@pytest.fixture(scope="module")
def observed(
    runner: RunnerUnderTest, start: Start, embedded_broker: EmbeddedBroker
) -> Iterator[Observed]:
    wire = Wire(embedded_broker, partitions=PARTITIONS)
    publish(wire, FIRST, 0, 1, 2, 3)
    produce(embedded_broker.bootstrap_servers, wire.topics.articles, NO_ARTICLES, partition=1)
    seen = len(FIRST) + len(NO_ARTICLES)
    with start(wire, "--splits=3") as run:
        wait_for(lambda: wire.committed >= seen, run)
        publish(wire, LATE, IDLE)
        seen += len(LATE)
        wait_for(lambda: wire.committed >= seen, run)
        written = runner.sample(run, "newswire_articles_written_total")
        run.process.terminate()
        codes = [run.wait()]
        output = run.output
    committed = wire.committed
    publish(wire, AFTER_STOPPING, 0, 1, 2, 3)
    with start(wire, "--splits=2") as run:
        seen += len(AFTER_STOPPING)
        wait_for(lambda: wire.committed >= seen, run)
        run.process.terminate()
        codes.append(run.wait())
        output += run.output
    yield Observed(wire, written, committed, codes, output)


def ids(*numbers: int) -> set[str]:
    return {f"article-{number}" for number in numbers}


def test_articles_of_several_partitions_and_splits_become_records(observed: Observed) -> None:
    assert observed.wire.article_ids() == ids(*FIRST, *LATE, *AFTER_STOPPING)
    assert observed.wire.current_state().keys() == ids(*FIRST, *LATE, *AFTER_STOPPING)


def test_partitions_without_articles_hold_up_no_other_and_are_read_when_one_comes(
    observed: Observed,
) -> None:
    # That both were committed is what the first run was waited for.
    assert observed.committed_by_first == len(FIRST) + len(NO_ARTICLES) + len(LATE)
    assert ids(*LATE) <= observed.wire.article_ids()


def test_what_cant_be_processed_becomes_a_dead_letter(observed: Observed) -> None:
    letters = observed.wire.dead_letters()
    assert sorted(letter["value"] for letter in letters) == sorted(NO_ARTICLES)
    assert {letter["newswire-partition"] for letter in letters} == {b"1"}


def test_a_stopped_run_ends_and_the_next_goes_on_where_it_was(observed: Observed) -> None:
    assert observed.exit_codes == [0, 0], observed.output
    written = [len(values) for values in observed.wire.records().values()]
    assert set(written) == {1}, "something that was committed was read again"
    assert len(observed.wire.dead_letters()) == len(NO_ARTICLES)


def test_metrics_are_served_of_what_the_worker_processes_do(observed: Observed) -> None:
    assert observed.written_by_workers >= len(LATE)
