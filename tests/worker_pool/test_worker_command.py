"""``newswire worker`` as a process, with a runner that only listens."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc

from tests.newswire_process import NewswireProcess
from tests.runner import processes
from tests.runner.under_test import WORKER

pytestmark = [pytest.mark.integration, pytest.mark.slow]


class Pool:
    """A pool that is ready, and its workers; they wait for the runner to say something."""

    def __init__(self, process: NewswireProcess, runner: str) -> None:
        self.process = process
        self.pid = process.process.pid
        self._runner = runner
        process.wait_for_output("Ready: runners find workers at ", 120)
        self.address = self._said(r"runners find workers at (\S+)\.\n")
        self.metrics = self._said(r"Metrics at (http://\S+)/metrics")

    def _said(self, pattern: str) -> str:
        found = re.search(pattern, self.process.output)
        assert found, self.process.output
        return found[1]

    def start_worker(self, worker_id: str) -> int:
        """Asks for a worker as a runner does; gives its process."""
        before = set(self.workers())
        with grpc.insecure_channel(self.address) as channel:
            answer = beam_fn_api_pb2_grpc.BeamFnExternalWorkerPoolStub(channel).StartWorker(
                beam_fn_api_pb2.StartWorkerRequest(
                    worker_id=worker_id, control_endpoint={"url": self._runner}
                ),
                timeout=60,
            )
        assert answer.error == ""
        self.process.wait_until(lambda: set(self.workers()) - before)
        [worker] = set(self.workers()) - before
        return worker

    def stop_worker(self, worker_id: str) -> None:
        with grpc.insecure_channel(self.address) as channel:
            beam_fn_api_pb2_grpc.BeamFnExternalWorkerPoolStub(channel).StopWorker(
                beam_fn_api_pb2.StopWorkerRequest(worker_id=worker_id), timeout=60
            )

    def workers(self) -> list[int]:
        return [
            pid for pid in processes.pids_called(WORKER) if processes.parent_of(pid) == self.pid
        ]

    def children(self) -> list[int]:
        return [pid for pid in processes.all_pids() if processes.parent_of(pid) == self.pid]

    def ended(self, outcome: str) -> float:
        served = urllib.request.urlopen(f"{self.metrics}/metrics", timeout=20).read().decode()
        found = re.search(rf'newswire_workers_ended_total{{outcome="{outcome}"}} (\S+)', served)
        assert found, served
        return float(found[1])


@pytest.fixture(scope="module")
def silent_runner() -> Iterator[str]:
    """An address where somebody listens and says nothing."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory, silent_runner: str) -> Iterator[Pool]:
    """A pool for several tests, which ask for workers by names of their own."""
    with started(tmp_path_factory.mktemp("pool")) as process:
        yield Pool(process, silent_runner)


def started(folder: Path) -> NewswireProcess:
    return NewswireProcess(folder, "worker", "--port=0", "--metrics-address=127.0.0.1:0")


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 30
    while not is_gone(pid):
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.05)


def test_a_worker_that_dies_or_is_stopped_is_seen(pool: Pool) -> None:
    dies, stops = pool.start_worker("dies"), pool.start_worker("stops")
    os.kill(dies, signal.SIGKILL)
    pool.process.wait_until(lambda: pool.ended("died") == 1)
    assert f"Worker dies (process {dies}) has ended: died, killed by SIGKILL" in pool.process.output
    pool.stop_worker("stops")
    pool.process.wait_until(lambda: pool.ended("stopped") == 1)
    assert is_gone(stops)


def test_who_is_killed_while_it_is_asked_to_stop_has_died(pool: Pool) -> None:
    died = pool.ended("died")
    worker = pool.start_worker("frozen")
    os.kill(worker, signal.SIGSTOP)
    pool.stop_worker("frozen")
    os.kill(worker, signal.SIGKILL)
    pool.process.wait_until(lambda: pool.ended("died") == died + 1)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_its_pool(
    how: signal.Signals, silent_runner: str, tmp_path: Path
) -> None:
    with started(tmp_path) as process:
        pool = Pool(process, silent_runner)
        worker = pool.start_worker("1-1")
        children = pool.children()
        assert worker in children
        assert len(children) == 2, "the door and the worker"
        process.process.send_signal(how)
        assert process.wait() == (0 if how is signal.SIGTERM else -how), process.output
    for child in children:
        wait_until_gone(child)


def test_runners_that_share_a_pool_may_call_their_workers_alike(pool: Pool) -> None:
    first, second = pool.start_worker("alike"), pool.start_worker("alike")
    pool.stop_worker("alike")
    third = pool.start_worker("another")
    assert {first, second, third} <= set(pool.workers()), "a stop hit another runner's worker"


def test_a_pool_says_what_it_cannot_listen_on(pool: Pool, tmp_path: Path) -> None:
    port = pool.address.rpartition(":")[2]
    with NewswireProcess(
        tmp_path, "worker", f"--port={port}", "--metrics-address=127.0.0.1:0"
    ) as second:
        assert second.wait() == 1
        assert f"127.0.0.1:{port} (--host, --port) can't be listened on" in second.output
