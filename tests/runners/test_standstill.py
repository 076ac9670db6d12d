"""When a job that runs elsewhere is given up. The clock and the offsets are held here."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from kafka.errors import KafkaTimeoutError

from pipeline.brokers.embedded import EmbeddedBroker
from pipeline.kafka_security import Cluster
from pipeline.runners import prism_binary
from pipeline.runners.prism import Prism
from pipeline.runners.standstill import (
    LOOK_SECONDS,
    START_SECONDS,
    GroupProgress,
    GroupState,
    Verdict,
    group_state,
)
from pipeline.sources.kafka import SplitSettings
from pipeline.sources.offsets import EARLIEST
from tests.integration.wire import Wire
from tests.newswire_process import NEWSWIRE, NewswireProcess
from tests.runner.under_test import RunnerUnderTest, wait_for

PATIENCE = 25.0


class Watched:
    """A group whose offsets are set, and a clock that is turned."""

    def __init__(self, *, has_end: bool = False) -> None:
        self.now = 0.0
        self.state: GroupState | None = GroupState((0,), 0)
        self.progress = GroupProgress(self._look, PATIENCE, lambda: self.now, has_end=has_end)

    def _look(self) -> GroupState:
        if self.state is None:
            raise KafkaTimeoutError("away")
        return self.state

    def seconds_until_given_up(self, most: float = 4 * START_SECONDS) -> float | None:
        """How long it takes from now on; None where it is not given up."""
        begun = self.now
        while self.now < begun + most:
            self.now += LOOK_SECONDS
            if self.progress.judge() is Verdict.STANDS_STILL:
                return self.now - begun
        return None

    def commits(self, offset: int, waiting: int) -> None:
        self.now += LOOK_SECONDS
        self.state = GroupState((offset,), waiting)
        assert self.progress.judge() is Verdict.GOES_ON


def test_a_job_that_has_worked_is_given_up_when_articles_wait_and_none_is_committed() -> None:
    watched = Watched()
    watched.commits(0, waiting=90)
    watched.commits(10, waiting=80)
    assert watched.seconds_until_given_up() == PATIENCE
    assert watched.progress.signs_of_life == 1


def test_a_quiet_wire_is_no_standstill() -> None:
    watched = Watched()
    watched.commits(0, waiting=10)
    watched.commits(10, waiting=0)
    before = watched.progress.signs_of_life
    assert watched.seconds_until_given_up() is None
    assert watched.progress.signs_of_life > before, "nor an outage"


def test_a_broker_that_is_away_is_no_standstill() -> None:
    watched = Watched()
    watched.commits(0, waiting=90)
    watched.commits(10, waiting=80)
    watched.state = None
    assert watched.seconds_until_given_up() is None


def test_a_job_with_an_end_is_caught_up_once_all_is_committed() -> None:
    watched = Watched(has_end=True)
    watched.commits(0, waiting=90)
    watched.now += LOOK_SECONDS
    watched.state = GroupState((90,), 0)
    assert watched.progress.judge() is Verdict.CAUGHT_UP


def test_a_job_that_starts_has_longer_until_its_first_commit() -> None:
    watched = Watched()
    watched.state = GroupState((0,), 90)
    assert watched.seconds_until_given_up() == START_SECONDS


def test_what_takes_long_gets_more_time_at_each_try() -> None:
    watched = Watched()
    watched.commits(0, waiting=90)
    watched.commits(10, waiting=80)
    first = watched.seconds_until_given_up()
    watched.progress.begin()
    second = watched.seconds_until_given_up()
    watched.progress.begin()
    third = watched.seconds_until_given_up()
    assert first and second and third and third == 2 * second > first


def test_a_groups_progress_is_asked_of_the_broker(embedded_broker: EmbeddedBroker) -> None:
    wire = Wire(embedded_broker)
    wire.publish(*range(7))
    settings = SplitSettings(
        cluster=Cluster(embedded_broker.bootstrap_servers),
        topics=(wire.topics.articles,),
        group_id=wire.group_id,
        start=EARLIEST,
        bundle_retry_seconds=20.0,
    )
    assert group_state(settings) == GroupState((0, 0, 0), 7)
    until = tuple((wire.topics.articles, partition, 1) for partition in range(2))
    assert group_state(replace(settings, until=until)) == GroupState((0, 0, 0), 2)


@pytest.mark.integration
@pytest.mark.slow
def test_a_job_whose_worker_froze_is_ended_and_submitted_again(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    program = prism_binary.find()
    if program is None:
        pytest.skip("Prism: not built, see make prism")
    wire = Wire(embedded_broker)
    wire.publish(*range(60))
    boot = Path(NEWSWIRE).with_name("newswire-boot")
    with Prism(program) as prism:
        runner = RunnerUnderTest(prism.address, "PROCESS", json.dumps({"command": str(boot)}))
        arguments = ["--max-bundle-records=5", "--bundle-retry=5s", *runner.arguments]
        with NewswireProcess(tmp_path, *wire.run_arguments, *arguments) as run:
            wait_for(lambda: wire.committed >= 10, run)
            [worker] = runner.workers(run)
            os.kill(worker, signal.SIGSTOP)
            assert wire.committed < 60, "it froze too late to show anything"
            wait_for(lambda: wire.committed >= 60, run)
            assert "the job stood still" in run.output
            assert worker not in runner.workers(run)
            run.process.terminate()
            assert run.wait() == 0, run.output
    assert wire.article_ids() == {f"article-{number}" for number in range(60)}
