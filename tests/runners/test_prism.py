"""Prism: where it is looked for, and that it ends with us however we end."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import apache_beam as beam
import pytest

from pipeline.brokers.process import BrokerError
from pipeline.errors import CommandError
from pipeline.outages import Unavailable
from pipeline.runners import prism_binary
from pipeline.runners.choosing import choose
from pipeline.runners.job_service import JobService
from pipeline.runners.jobs import Ending, run_job
from pipeline.runners.prism import Prism
from pipeline.runners.standstill import GroupProgress, GroupState
from pipeline.runners.wishes import PrismUse, RunnerWishes
from tests.brokers.test_embedded import ends_within, is_alive

PARENT = """
import sys, time
from pathlib import Path
from pipeline.runners.prism import Prism
with Prism(Path(sys.argv[1])) as prism:
    print(prism.pid, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def no_prism_at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Caches without Prism; the one of ours."""
    monkeypatch.setenv("NEWSWIRE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "cache"


def test_it_is_a_job_service_that_is_not_flinks(prism: Path) -> None:
    with Prism(prism) as server:
        service = JobService(server.address)
        assert service.running_jobs() == {}
        assert not service.is_flinks()


def test_it_opens_one_port_and_no_page(prism: Path) -> None:
    with Prism(prism) as server:
        assert server.pid is not None
        own = {os.readlink(file) for file in Path(f"/proc/{server.pid}/fd").iterdir()}
        tables = [Path(f"/proc/net/{name}").read_text() for name in ("tcp", "tcp6")]
        sockets = [line.split() for table in tables for line in table.splitlines()[1:]]
        listening = [s for s in sockets if s[3] == "0A" and f"socket:[{s[9]}]" in own]
    assert len(listening) == 1, listening


def test_the_one_that_is_built_listens_on_this_machine_alone(prism: Path) -> None:
    if prism != prism_binary.built_path():
        pytest.skip("Prism: this one was not built here")
    with Prism(prism) as server:
        assert not server.is_open_to_others


def test_the_one_that_is_built_sleeps_while_a_bundle_is_worked_on(prism: Path) -> None:
    if prism != prism_binary.built_path():
        pytest.skip("Prism: this one was not built here")

    def build(pipeline: beam.Pipeline) -> None:
        _ = pipeline | beam.Create([4.0]) | beam.Map(time.sleep)

    runner = choose(RunnerWishes(prism_location=prism))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    runner.run(build, GroupProgress(lambda: GroupState((), 0), 60))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # As it was released it takes all that it gets of a core for four seconds.
    assert after.ru_utime - before.ru_utime < 0.5


def test_a_port_open_to_others_is_noticed() -> None:
    with socket.create_server(("0.0.0.0", 0)) as listening:
        server = Prism(Path("/bin/true"))
        server._port = listening.getsockname()[1]
        assert server.is_open_to_others


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_the_process_that_started_it(prism: Path, how: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(prism)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert is_alive(child)
    parent.send_signal(how)
    parent.wait()
    assert ends_within(10, child)


def test_a_program_that_is_none_is_an_error_that_tells_its_last_words(tmp_path: Path) -> None:
    program = tmp_path / "prism"
    program.write_text("#!/bin/sh\necho I am no Prism\n")
    program.chmod(0o755)
    with pytest.raises(BrokerError, match="I am no Prism"), Prism(program):
        pass


class NeedsMerging(beam.window.WindowFn):
    """Windows of a kind that Prism does not know how to merge."""

    def assign(self, context: beam.window.WindowFn.AssignContext) -> list[object]:
        return [beam.window.IntervalWindow(context.timestamp, context.timestamp + 1)]

    def merge(self, context: beam.window.WindowFn.MergeContext) -> None:
        pass

    def get_window_coder(self) -> beam.coders.Coder:
        return beam.coders.coders.IntervalWindowCoder()


def test_a_pipeline_that_it_does_not_take_is_an_error_and_not_another_runner(prism: Path) -> None:
    def build(pipeline: beam.Pipeline) -> None:
        _ = pipeline | beam.Create([1]) | beam.WindowInto(NeedsMerging())

    runner = choose(RunnerWishes(prism_location=prism))
    with pytest.raises(CommandError, match=r"(?s)did not take the pipeline.*--prism=off"):
        runner.run(build, GroupProgress(lambda: GroupState((), 0), 60))


def test_a_cached_one_of_this_beam_is_taken(no_prism_at_hand: Path) -> None:
    assert prism_binary.find() is None
    path = prism_binary.built_path()
    assert path.is_relative_to(no_prism_at_hand)
    assert prism_binary.beam_version() in str(path)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    assert prism_binary.find() is None, "what can't be executed is none"
    path.chmod(0o755)
    assert prism_binary.find() == path
    assert "on Prism" in choose(RunnerWishes()).description
    assert "on Prism" not in choose(RunnerWishes(prism=PrismUse.OFF)).description


def test_without_one_the_direct_runner_says_what_that_means(no_prism_at_hand: Path) -> None:
    description = choose(RunnerWishes()).description
    assert "200 MB a day" in description
    assert "make prism" in description


def test_beams_own_download_is_found_where_beam_puts_it(no_prism_at_hand: Path) -> None:
    script = (
        "from apache_beam.options.pipeline_options import PipelineOptions\n"
        "from apache_beam.runners.portability.prism_runner import PrismJobServer\n"
        "url = PrismJobServer(PipelineOptions([])).path_to_binary()\n"
        "print(PrismJobServer.BIN_CACHE + '/' + url.rpartition('/')[2].removesuffix('.zip'))\n"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert str(prism_binary.downloaded_path()) == found.stdout.strip(), found.stderr


def test_a_download_that_fails_is_an_error_that_says_what_to_do(
    no_prism_at_hand: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(CommandError, match=r"make prism.*--prism=off"):
        choose(RunnerWishes(prism=PrismUse.DOWNLOAD))


def test_a_download_that_hangs_is_given_up(
    no_prism_at_hand: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(prism_binary.PrismError, match="not within 15 s"):
            prism_binary.download(seconds=15)


def test_building_without_go_says_so(
    no_prism_at_hand: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert shutil.which("go") is None
    with pytest.raises(prism_binary.PrismError, match="Go"):
        prism_binary.build()


def test_a_location_that_may_not_be_executed_says_so(tmp_path: Path) -> None:
    program = tmp_path / "prism"
    program.write_bytes(b"")
    assert not os.access(program, os.X_OK)
    with pytest.raises(CommandError, match="chmod"):
        choose(RunnerWishes(prism_location=program))


class FailedJob:
    """A job that ends as one did on Prism whose bundle was asked to give up a part too early."""

    def wait_until_finish(self) -> None:
        raise RuntimeError(
            "Pipeline job-001 failed in state FAILED: split[inst004] error from SDK: Traceback "
            "(most recent call last):\n  ...\nValueError: cannot convert float NaN to integer"
        )


def test_a_job_that_failed_for_a_split_alone_is_to_be_submitted_again() -> None:
    ending = Ending("split", service=None, rest=None, is_flink=False)
    with pytest.raises(Unavailable, match="a worker went away"):
        run_job(FailedJob, ending, patience_seconds=0, service_name="Prism")
