"""What a job on Flink is submitted with, and how it is found and ended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from apache_beam.options.pipeline_options import FlinkRunnerOptions

from pipeline.commands.run_runner import FLINK_VERSIONS
from pipeline.errors import CommandError
from pipeline.outages import Unavailable
from pipeline.runners.choosing import choose
from pipeline.runners.flink_options import with_checkpoints
from pipeline.runners.flink_rest import FlinkError, FlinkRest
from pipeline.runners.standstill import GroupProgress, GroupState
from pipeline.runners.wishes import Environment, RunnerWishes, runner_name
from tests.fake_flink import FakeFlink


@pytest.fixture
def flink() -> Iterator[FakeFlink]:
    with FakeFlink() as fake:
        fake.add("a1", "watch")
        fake.add("b2", "another")
        fake.add("c3", "watch", "CANCELED")
        yield fake


def test_checkpoints_are_on_and_bundles_end_before_them() -> None:
    assert with_checkpoints(["--max_bundle_size=5"], 10) == [
        "--max_bundle_size=5",
        "--checkpointing_interval=10000",
        "--finish_bundle_before_checkpointing",
    ]


@pytest.mark.parametrize(
    "given", [["--checkpointing_interval=3000"], ["--checkpointing_interval", "3000"]]
)
def test_what_stands_behind_the_dashes_wins(given: list[str]) -> None:
    assert "--checkpointing_interval=3000" in with_checkpoints(given, 10)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ([], 0),
        (["--checkpointing_interval=-1"], 10),
        (["--checkpointing_interval", "0"], 10),
        (["--checkpointing_interval=often"], 10),
        (["--finish_bundle_before_checkpointing=false"], 10),
    ],
)
def test_turning_checkpoints_off_is_refused_before_anything_runs(
    given: list[str], seconds: float
) -> None:
    wishes = RunnerWishes(
        "FlinkRunner",
        job_endpoint="flink:8099",
        environment_type=Environment.LOOPBACK,
        checkpoint_interval=seconds,
        beam_arguments=tuple(given),
    )
    with pytest.raises(CommandError, match="checkpoint"):
        choose(wishes)


def test_the_versions_are_those_that_beam_has_job_servers_for() -> None:
    assert list(FLINK_VERSIONS) == FlinkRunnerOptions.PUBLISHED_FLINK_VERSIONS


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        (RunnerWishes("PortableRunner", environment_type=Environment.LOOPBACK), "--job-endpoint"),
        (RunnerWishes("FlinkRunner", environment_type=Environment.LOOPBACK), "--flink-master"),
        (RunnerWishes("PortableRunner", job_endpoint="flink:8099"), "--environment-type"),
        (
            RunnerWishes(
                "PortableRunner", job_endpoint="x:1", environment_type=Environment.EXTERNAL
            ),
            "--environment-config",
        ),
        (RunnerWishes("NoSuchRunner"), "no such runner"),
        (RunnerWishes(job_endpoint="flink:8099"), "--runner=PortableRunner"),
    ],
)
def test_what_is_missing_is_said_before_anything_runs(wishes: RunnerWishes, says: str) -> None:
    with pytest.raises(CommandError, match=says):
        choose(wishes)


@pytest.mark.parametrize("said", ["flink", "FlinkRunner", "flinkrunner"])
def test_a_runner_is_known_by_each_of_the_names_that_beam_takes(said: str) -> None:
    assert runner_name(said) == "FlinkRunner"


def test_beams_own_options_may_stand_behind_the_dashes() -> None:
    beams = ("--job_endpoint=flink:8099", "--environment_type=EXTERNAL", "--environment_config=x:1")
    runner = choose(RunnerWishes("PortableRunner", beam_arguments=beams))
    assert "flink:8099" in runner.description
    assert not runner.workers_are_here


def test_a_job_is_found_by_its_name_while_it_runs(flink: FakeFlink) -> None:
    rest = FlinkRest(flink.url)
    assert [job.id for job in rest.running("watch")] == ["a1"]
    assert {job.id for job in rest.running_jobs()} == {"a1", "b2"}


def test_a_job_is_cancelled_over_rest(flink: FakeFlink) -> None:
    rest = FlinkRest(flink.url.removeprefix("http://"))
    assert rest.cancel("a1") == "CANCELED"
    assert "PATCH /jobs/a1?mode=cancel" in flink.asked
    assert rest.running("watch") == []


def test_a_savepoint_is_written_before_the_end(flink: FakeFlink) -> None:
    rest = FlinkRest(flink.url)
    assert rest.stop_with_savepoint("a1", "s3://kept") == "s3://kept/savepoint-a1"
    assert rest.state("a1") == "CANCELED"


def test_a_savepoint_that_fails_leaves_the_job_running(flink: FakeFlink) -> None:
    flink.savepoint_failure = "java.io.IOException: no space left"
    rest = FlinkRest(flink.url)
    with pytest.raises(FlinkError, match="no space left"):
        rest.stop_with_savepoint("a1", "s3://kept")
    assert rest.state("a1") == "RUNNING"


def test_a_refusal_and_a_silence_are_told_apart(flink: FakeFlink) -> None:
    with pytest.raises(FlinkError, match=r"refused.*Not found"):
        FlinkRest(flink.url).cancel("no-such-job")
    with pytest.raises(FlinkError, match="no Flink answers"):
        FlinkRest("127.0.0.1:1").running_jobs()


def test_a_cluster_that_is_away_is_an_outage() -> None:
    wishes = RunnerWishes(
        "FlinkRunner", flink_master="127.0.0.1:1", environment_type=Environment.LOOPBACK
    )
    with pytest.raises(Unavailable, match="no Flink answers"):
        choose(wishes).run(lambda pipeline: None, GroupProgress(lambda: GroupState((), 0), 60))
