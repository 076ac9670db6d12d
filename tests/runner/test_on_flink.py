"""What only Flink does: checkpoints, savepoints, and jobs that outlive who submitted them."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from pipeline.brokers.embedded import EmbeddedBroker
from pipeline.runners.flink_rest import FlinkJob, FlinkRest
from tests.integration.wire import Wire
from tests.newswire_process import NewswireProcess
from tests.runner.conftest import Start
from tests.runner.under_test import RunnerUnderTest, wait_for

pytestmark = [pytest.mark.integration, pytest.mark.slow]

FIRST = range(30)
LATER = range(30, 60)


@pytest.fixture
def rest(on_flink: RunnerUnderTest) -> FlinkRest:
    assert on_flink.flink_rest
    return FlinkRest(on_flink.flink_rest)


def the_job(rest: FlinkRest, wire: Wire) -> FlinkJob:
    [job] = rest.running(wire.group_id)
    return job


def checkpoints(rest: FlinkRest, job_id: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{rest.url}/jobs/{job_id}/checkpoints", timeout=20) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def ids(*numbers: int) -> set[str]:
    return {f"article-{number}" for number in numbers}


def stop(run: NewswireProcess) -> None:
    run.process.terminate()
    assert run.wait() == 0, run.output


def test_checkpoints_complete_and_a_run_that_is_stopped_leaves_no_job_behind(
    start_on_flink: Start, rest: FlinkRest, embedded_broker: EmbeddedBroker
) -> None:
    wire = Wire(embedded_broker)
    wire.publish(*FIRST)
    with start_on_flink(wire) as run:
        wait_for(lambda: wire.committed >= len(FIRST), run)
        job = the_job(rest, wire)
        assert checkpoints(rest, job.id)["counts"]["completed"] >= 1
        stop(run)
    assert rest.running(wire.group_id) == []


def test_a_job_goes_on_exactly_where_its_savepoint_was_taken(
    start_on_flink: Start, rest: FlinkRest, embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker)
    wire.publish(*FIRST)
    tmp_path.chmod(0o777)  # Flink may be another user.
    with start_on_flink(wire) as run:
        wait_for(lambda: wire.committed >= len(FIRST), run)
        savepoint = rest.stop_with_savepoint(the_job(rest, wire).id, tmp_path.as_uri())
        run.wait()
    wire.publish(*LATER)
    with start_on_flink(wire, f"--savepoint={savepoint}") as run:
        wait_for(lambda: wire.committed >= len(FIRST) + len(LATER), run)
        restored = checkpoints(rest, the_job(rest, wire).id)["latest"]["restored"]
        assert restored["is_savepoint"]
        stop(run)
    assert wire.article_ids() == ids(*FIRST, *LATER)
    assert {len(values) for values in wire.records().values()} == {1}, "read again"


def test_a_job_goes_on_without_who_submitted_it_and_the_next_can_take_its_place(
    on_flink: RunnerUnderTest,
    start_on_flink: Start,
    rest: FlinkRest,
    embedded_broker: EmbeddedBroker,
) -> None:
    if not on_flink.workers_are_apart:
        pytest.skip("LOOPBACK: the workers of a job end with who submitted it")
    wire = Wire(embedded_broker)
    wire.publish(*FIRST)
    with start_on_flink(wire) as run:
        wait_for(lambda: wire.committed >= len(FIRST), run)
        run.process.kill()
        run.wait()
    before = the_job(rest, wire)
    wire.publish(*LATER)
    # Nobody is there but the job itself.
    wait_for(lambda: wire.committed >= len(FIRST) + len(LATER))
    with start_on_flink(wire) as refused:
        assert refused.wait() == 1, refused.output
        assert before.id in refused.output
    with start_on_flink(wire, "--replace") as run:
        wait_for(lambda: before.id in run.output, run)
        wire.publish(60)
        wait_for(lambda: wire.committed >= len(FIRST) + len(LATER) + 1, run)
        assert the_job(rest, wire).id != before.id
        stop(run)
    assert wire.article_ids() == ids(*FIRST, *LATER, 60)


def test_a_run_until_caught_up_ends_its_job(
    start_on_flink: Start, rest: FlinkRest, embedded_broker: EmbeddedBroker
) -> None:
    wire = Wire(embedded_broker)
    wire.publish(*FIRST)
    with start_on_flink(wire, "--until-caught-up") as run:
        assert run.wait() == 0, run.output
    assert wire.committed == len(FIRST)
    assert wire.article_ids() == ids(*FIRST)
    assert rest.running(wire.group_id) == []


def test_a_savepoint_that_flink_refuses_is_told_with_the_way_on(
    start_on_flink: Start, embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker)
    with start_on_flink(wire, f"--savepoint={(tmp_path / 'gone').as_uri()}") as run:
        assert run.wait() == 1
        assert "Flink can't go on from the savepoint" in run.output
        assert "Without --savepoint" in run.output
        assert "Traceback" not in run.output
