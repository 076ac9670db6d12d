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


@pytest.fixture
def silent_runner() -> Iterator[str]:
    """An address where somebody listens and says nothing."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def pool(tmp_path: Path, silent_runner: str) -> Iterator[Pool]:
    with NewswireProcess(
        tmp_path, "worker", "--port=0", "--metrics-address=127.0.0.1:0"
    ) as process:
        yield Pool(process, silent_runner)


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


def test_each_worker_is_seen_ending_and_none_outlives_the_pool(pool: Pool) -> None:
    dies, stops = pool.start_worker("1-1"), pool.start_worker("1-2")
    os.kill(dies, signal.SIGKILL)
    pool.process.wait_until(lambda: pool.ended("died") == 1)
    assert f"Worker 1-1 (process {dies}) has ended: died, killed by SIGKILL" in pool.process.output
    pool.stop_worker("1-2")
    pool.process.wait_until(lambda: pool.ended("stopped") == 1)
    assert is_gone(stops)

    worker = pool.start_worker("1-3")
    door = next(pid for pid in pool.children() if pid != worker)
    pool.process.process.terminate()
    assert pool.process.wait() == 0, pool.process.output
    assert is_gone(worker)
    assert is_gone(door)


def test_workers_end_with_a_pool_that_is_killed(pool: Pool) -> None:
    worker = pool.start_worker("1-1")
    children = pool.children()
    assert worker in children
    assert len(children) == 2, "the door and the worker"
    pool.process.process.kill()
    pool.process.wait()
    for child in children:
        wait_until_gone(child)


def test_runners_that_share_a_pool_may_call_their_workers_alike(pool: Pool) -> None:
    first, second = pool.start_worker("1-1"), pool.start_worker("1-1")
    pool.stop_worker("1-1")
    third = pool.start_worker("1-2")
    assert {first, second, third} <= set(pool.workers()), "a stop hit another runner's worker"


def test_a_pool_says_what_it_cannot_listen_on(pool: Pool, tmp_path: Path) -> None:
    port = pool.address.rpartition(":")[2]
    with NewswireProcess(
        tmp_path, "worker", f"--port={port}", "--metrics-address=127.0.0.1:0"
    ) as second:
        assert second.wait() == 1
        assert f"127.0.0.1:{port} (--host, --port) can't be listened on" in second.output
