"""The runner that the suite runs on: what to tell `newswire run`, and where its workers are."""

from __future__ import annotations

import json
import os
import signal
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from tests.newswire_process import START_SECONDS, NewswireProcess
from tests.runner import processes

SETTINGS = {
    name: f"NEWSWIRE_TEST_{name}"
    for name in ("JOB_ENDPOINT", "ENVIRONMENT_TYPE", "ENVIRONMENT_CONFIG", "FLINK_REST")
}
"""The environment variables that name the runner to test; see the package."""

WORKER = "newswire-worker"
"""What our SDK workers are called in lists of processes."""

WITHIN_SECONDS = 120.0
"""Within half of this after a kill every article is accounted for, where the machine has nothing
else to do."""

Environment = Literal["LOOPBACK", "EXTERNAL", "PROCESS"]


@dataclass(frozen=True)
class RunnerUnderTest:
    """A runner, and where its workers run."""

    job_endpoint: str | None
    """None is the Direct runner in the pipeline's own process."""
    environment: Environment = "LOOPBACK"
    config: str = ""
    flink_rest: str | None = None
    mark: str = field(default_factory=lambda: f"NEWSWIRE_TEST_MARK={uuid.uuid4().hex}")
    """In the environment of workers that the runner starts, to tell them from others."""

    @property
    def arguments(self) -> list[str]:
        """What ``newswire run`` is told."""
        if self.job_endpoint is None:
            return ["--prism=off"]
        arguments = [
            "--runner=PortableRunner",
            f"--job-endpoint={self.job_endpoint}",
            f"--environment-type={self.environment}",
        ]
        if self.environment == "PROCESS":
            name, _, value = self.mark.partition("=")
            config = json.loads(self.config)
            config["env"] = {**config.get("env", {}), name: value}
            arguments.append(f"--environment-config={json.dumps(config)}")
        elif self.config:
            arguments.append(f"--environment-config={self.config}")
        if self.flink_rest:
            arguments.append(f"--flink-rest={self.flink_rest}")
            # Clusters for trying have few slots; savepoints want checkpoints soon.
            arguments += ["--parallelism=1", "--checkpoint-interval=2s"]
        return arguments

    @property
    def replacing(self) -> list[str]:
        """What else it is told where a job of before may be there, its worker dead."""
        return ["--replace"] if self.job_endpoint else []

    @property
    def workers_are_apart(self) -> bool:
        """Whether workers are processes of their own."""
        return self.environment != "LOOPBACK"

    def workers(self, run: NewswireProcess) -> list[int]:
        """The processes that work for this run; in its own where workers are not apart."""
        if self.has_pool:
            door = self._door
            pool = processes.parent_of(door)
            return [
                pid for pid in processes.pids_called(WORKER) if processes.parent_of(pid) == pool
            ]
        if self.environment == "PROCESS":
            return [
                pid
                for pid in processes.pids_called(WORKER)
                if processes.has_in_environment(pid, self.mark)
            ]
        return [run.process.pid]

    @property
    def has_pool(self) -> bool:
        """Whether workers come from a ``newswire worker``."""
        return self.environment == "EXTERNAL"

    def sample(self, run: NewswireProcess, sample: str, **labels: str) -> float:
        """The sum of a sample's series, from where the workers' metrics are served."""
        pids = [self._door] if self.has_pool else self.workers(run)
        found = [processes.sample_of(pid, sample, **labels) for pid in pids]
        told = [value for value in found if value is not None]
        assert told, f"{sample} is served by none of the processes {pids}:\n{run.output}"
        return sum(told)

    def kill_workers(self, run: NewswireProcess) -> None:
        """Kills all workers of the run at once, as ``kill -9`` does."""
        pids = self.workers(run)
        assert pids, f"no worker of this run was found:\n{run.output}"
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    @property
    def _door(self) -> int:
        """The process of the worker pool that listens where the job is told to find it."""
        port = int(self.config.rpartition(":")[2])
        door = processes.listener_on(port)
        assert door is not None, f"nothing listens on port {port}, where the worker pool is to be"
        return door


def wait_for(
    condition: Callable[[], bool],
    run: NewswireProcess | None = None,
    seconds: float = 2 * START_SECONDS,
) -> None:
    """Waits until ``condition`` holds, while the run goes on; shows what it printed if not."""
    deadline = time.monotonic() + seconds
    while not condition():
        output = run.output if run else ""
        assert run is None or run.process.poll() is None, f"ended too early:\n{output}"
        assert time.monotonic() < deadline, f"did not come within {seconds} s:\n{output}"
        time.sleep(0.2)
