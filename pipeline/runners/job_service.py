"""A Beam job service, as a client sees it: what it is, which jobs it runs, ending one.

Every portable runner has one: Prism itself, or the job server in front of Flink.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
from apache_beam.portability.api import beam_job_api_pb2, beam_job_api_pb2_grpc

from pipeline.outages import Unavailable

ANSWER_SECONDS = 20.0

_FLINKS_OWN = "checkpointing_interval"
"""An option that Flink's job server lists and no other does; Prism lists none."""

_JOB_NAME = "beam:option:job_name:v1"
_STATE = beam_job_api_pb2.JobState
_ENDED = {_STATE.DONE, _STATE.FAILED, _STATE.CANCELLED, _STATE.DRAINED, _STATE.UPDATED}

_AWAY = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.CANCELLED,
}


class JobService:
    """The service at ``endpoint`` (``host:port``).

    Every method raises `Unavailable` where none answers.
    """

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def is_flinks(self) -> bool:
        """Whether it is the job server of a Flink cluster."""
        described = self._ask(
            lambda stub: stub.DescribePipelineOptions,
            beam_job_api_pb2.DescribePipelineOptionsRequest(),
        )
        return any(option.name == _FLINKS_OWN for option in described.options)

    def running(self, job_name: str) -> list[str]:
        """The ids of the jobs with this name that have not ended."""
        return [job.job_id for job in self._jobs() if _name(job) == job_name]

    def running_jobs(self) -> dict[str, str]:
        """The names of all jobs that have not ended, by their ids."""
        return {job.job_id: _name(job) for job in self._jobs()}

    def cancel(self, job_id: str) -> str:
        """Has the job cancelled; gives the state that the service says it is in now."""
        answer = self._ask(
            lambda stub: stub.Cancel, beam_job_api_pb2.CancelJobRequest(job_id=job_id)
        )
        state: str = _STATE.Enum.Name(answer.state)
        return state

    def _jobs(self) -> Iterator[beam_job_api_pb2.JobInfo]:
        answer = self._ask(lambda stub: stub.GetJobs, beam_job_api_pb2.GetJobsRequest())
        return (job for job in answer.job_info if job.state not in _ENDED)

    def _ask(self, method: Callable[[Any], Any], request: Any) -> Any:
        with grpc.insecure_channel(self.endpoint) as channel, told_as_away(self.endpoint):
            stub = beam_job_api_pb2_grpc.JobServiceStub(channel)
            return method(stub)(request, timeout=ANSWER_SECONDS)


@contextmanager
def told_as_away(endpoint: str) -> Iterator[None]:
    """Raises `Unavailable` where a call within fails because the service is not there."""
    try:
        yield
    except grpc.RpcError as error:
        if error.code() not in _AWAY:
            raise
        raise Unavailable(
            f"no Beam job service answers at {endpoint} ({error.code().name.lower()})"
        ) from error


def _name(job: beam_job_api_pb2.JobInfo) -> str:
    # Beam's Python SDK calls every job "job"; the name that was asked for is an option.
    options = job.pipeline_options.fields
    name: str = options[_JOB_NAME].string_value if _JOB_NAME in options else job.job_name
    return name
