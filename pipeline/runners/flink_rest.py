"""Flink's REST interface, as far as jobs are found and ended by it.

Beam's own way does not end a Flink job: its job server answers CANCELLED, and the job goes on
(measured). The calls: https://nightlies.apache.org/flink/flink-docs-stable/docs/ops/rest_api/
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

ANSWER_SECONDS = 20.0
ENDING_SECONDS = 60.0
SAVEPOINT_SECONDS = 600.0
"""As long as Flink itself gives a checkpoint."""

_POLL_SECONDS = 0.5
_ENDED = {"FINISHED", "CANCELED", "FAILED"}


class FlinkError(Exception):
    """Flink says no, or is a `FlinkAway`; the message says which and why."""


class FlinkAway(FlinkError):
    """Flink does not answer: it may do so later."""


@dataclass(frozen=True, slots=True)
class FlinkJob:
    """A job of the cluster."""

    id: str
    name: str
    state: str
    """Flink's word, as RUNNING or RESTARTING."""

    @property
    def has_ended(self) -> bool:
        """Whether it will not run again."""
        return self.state in _ENDED


class FlinkRest:
    """The cluster whose JobManager serves ``url``."""

    def __init__(self, url: str) -> None:
        """``url`` may be without its scheme: ``flink:8081``."""
        self.url = (url if "://" in url else f"http://{url}").rstrip("/")

    def running_jobs(self) -> list[FlinkJob]:
        """The jobs that have not ended. Raises `FlinkError`."""
        jobs = (
            FlinkJob(job["jid"], job["name"], job["state"])
            for job in self._ask("GET", "/jobs/overview")["jobs"]
        )
        return [job for job in jobs if not job.has_ended]

    def running(self, name: str) -> list[FlinkJob]:
        """Those of them with this name. Raises `FlinkError`."""
        return [job for job in self.running_jobs() if job.name == name]

    def cancel(self, job_id: str, seconds: float = ENDING_SECONDS) -> str:
        """Has the job cancelled, and waits for its end; gives the state that it is in then.

        Raises `FlinkError`.
        """
        self._ask("PATCH", f"/jobs/{job_id}?mode=cancel")
        return self._await_end(job_id, seconds)

    def stop_with_savepoint(
        self, job_id: str, folder: str, seconds: float = SAVEPOINT_SECONDS
    ) -> str:
        """Has the job write a savepoint below ``folder`` and end; gives the savepoint's path.

        The folder is one that Flink's machines all reach. Raises `FlinkError`, also where the
        savepoint failed: the job goes on then.
        """
        # Not by Flink's own stop: it leaves the job FINISHED, and whoever waits for the end of a
        # backfill would take that for all read. Cancelled is what it is.
        wish = {"target-directory": folder, "cancel-job": True}
        request = self._ask("POST", f"/jobs/{job_id}/savepoints", wish)["request-id"]
        deadline = time.monotonic() + seconds
        while True:
            answer = self._ask("GET", f"/jobs/{job_id}/savepoints/{request}")
            if answer["status"]["id"] == "COMPLETED":
                break
            if time.monotonic() > deadline:
                raise FlinkError(f"the savepoint was not complete within {seconds:.0f} s")
            time.sleep(_POLL_SECONDS)
        operation = answer.get("operation") or {}
        location: str | None = operation.get("location")
        if location is None:
            raise FlinkError(f"the savepoint failed: {_cause(operation)}")
        self._await_end(job_id, ENDING_SECONDS)
        return location

    def state(self, job_id: str) -> str:
        """The job's state, in Flink's word. Raises `FlinkError`."""
        state: str = self._ask("GET", f"/jobs/{job_id}")["state"]
        return state

    def _await_end(self, job_id: str, seconds: float) -> str:
        deadline = time.monotonic() + seconds
        while True:
            state = self.state(job_id)
            if state in _ENDED or time.monotonic() > deadline:
                return state
            time.sleep(_POLL_SECONDS)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
                text = answer.read()
                found: dict[str, Any] = json.loads(text) if text.strip() else {}
                return found
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace").strip()
            raise FlinkError(f"Flink at {self.url} refused {method} {path}: {said}") from error
        except (OSError, ValueError) as error:
            raise FlinkAway(f"no Flink answers at {self.url} ({error})") from error


def _cause(operation: dict[str, Any]) -> str:
    failure = operation.get("failure-cause") or {}
    trace = str(failure.get("stack-trace") or failure.get("class") or "Flink does not say why")
    return trace.strip().splitlines()[0]
