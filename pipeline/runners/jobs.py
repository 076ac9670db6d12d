"""A submitted job: waiting for its end, and ending it where this process is told to stop.

Workers in this process see `STOPPING` themselves and finish what is at hand; workers elsewhere
don't, so the job itself is ended then, by whatever `Ending` knows how.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

import grpc
from apache_beam.runners.runner import PipelineResult

from pipeline import logs
from pipeline.errors import CommandError
from pipeline.failures import is_too_many_failures
from pipeline.outages import Unavailable, is_misconfigured, is_unavailable
from pipeline.runners.flink_rest import FlinkError, FlinkRest
from pipeline.runners.job_service import JobService, told_as_away
from pipeline.runners.standstill import Verdict
from pipeline.stopping import STOPPING

_LOGGER = logging.getLogger(__name__)

_LOOK_SECONDS = 0.3

_STOOD_STILL = (
    "the job stood still: articles wait, and none has been committed for long. The runner may "
    "have lost a worker without noticing"
)

_WORKER_LOST = (
    # Prism, in its message to us or its last words; Flink, through its job server.
    "worker disconnected",
    "error reading from server",
    "unable to start sdk worker",
    "SDK harness",
    "Failed to start remote bundle",
    "StatusRuntimeException: UNAVAILABLE",
    "StatusRuntimeException: CANCELLED",
    # Prism asks a bundle that looks slow to give up a part. Beam's SDK reckons with the mean size
    # of what has come out, and fails where none is known yet (met with a backlog of tiny
    # messages). Nothing is wrong with what is worked on.
    "failed in state FAILED: split[",
)
"""What runners say in a job's error when not the pipeline failed but a worker or the runner did."""

_SAVEPOINT_REFUSED = (
    "Failed to rollback to checkpoint/savepoint",
    "Cannot find checkpoint or savepoint",
)

_CANCELLED = ("failed in state CANCELLED", "JobCancellationException")


class JobCancelled(Exception):
    """Somebody else has ended the job: `newswire cancel`, or the cluster's own page."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How the jobs of this name are ended from outside."""

    job_name: str
    service: JobService | None
    rest: FlinkRest | None
    is_flink: bool

    def end(self, result: PipelineResult) -> None:
        """Ends the job, and says what was done and what could not be."""
        if self.rest is not None:
            self._over_rest(self.rest)
            return
        try:
            result.cancel()
        except grpc.RpcError as error:
            _LOGGER.error(
                "The job %s could not be cancelled: the job service says %s. It may go on running.",
                self.job_name,
                error,
            )
            return
        if self.is_flink:
            _LOGGER.warning(
                "Beam's job server was asked to cancel the job %s, and that alone does not end a "
                "Flink job: it goes on. End it by: newswire cancel --group-id %s --flink-rest "
                "http://JOBMANAGER:8081",
                self.job_name,
                self.job_name,
            )
        else:
            _LOGGER.info("Cancelled the job %s at the job service.", self.job_name)

    def _over_rest(self, rest: FlinkRest) -> None:
        try:
            jobs = rest.running(self.job_name)
            if not jobs:
                _LOGGER.info("Flink runs no job %s any more.", self.job_name)
            for job in jobs:
                state = rest.cancel(job.id)
                _LOGGER.info("Cancelled the Flink job %s (%s): %s.", job.name, job.id, state)
        except FlinkError as error:
            _LOGGER.error(
                "The Flink job %s could not be cancelled: %s. It goes on running. End it by: "
                "newswire cancel --group-id %s --flink-rest %s",
                self.job_name,
                error,
                self.job_name,
                rest.url,
            )


def run_job(
    submit: Callable[[], PipelineResult],
    ending: Ending,
    *,
    patience_seconds: float,
    service_name: str,
    judge: Callable[[], Verdict] = lambda: Verdict.GOES_ON,
    heeded: Verdict = Verdict.STANDS_STILL,
) -> None:
    """Submits a job and returns when it is done, or ended because of `STOPPING`.

    ``patience_seconds`` is how long the job has to finish what is at hand by itself, before it is
    ended: 0 where its workers don't see `STOPPING`. ``judge`` is asked now and then how the job
    gets on, and the job is ended where it gives the ``heeded`` verdict.

    Raises `Unavailable` where the job service or a worker goes away or the job stood still,
    `JobCancelled` where the job was ended from elsewhere, `CommandError` where Flink refuses the
    savepoint, and whatever else ends it.
    """
    threading.excepthook = _said_by_the_job_already
    with told_as_away(service_name):
        result = submit()
    done, ended = threading.Event(), threading.Event()
    watch = threading.Thread(
        target=_end_on_stopping,
        args=(result, ending, done, patience_seconds, lambda: judge() is heeded, ended),
        name="job-watch",
    )
    watch.start()
    try:
        with told_as_away(service_name):
            result.wait_until_finish()
        if ended.is_set() and heeded is Verdict.STANDS_STILL:
            raise Unavailable(_STOOD_STILL)
        if heeded is Verdict.CAUGHT_UP and not (ended.is_set() or STOPPING.is_set()):
            # Flink ends no job that has read all: to commit its ends now would lose articles.
            raise JobCancelled(f"the job {ending.job_name} was stopped from outside")
    except BaseException as error:
        # However it ended: it was to end, and nothing of it that was not written is committed.
        if STOPPING.is_set() and isinstance(error, Exception):
            _LOGGER.debug("The job's end: %s", error)
            return
        if ended.is_set() and isinstance(error, Exception):
            if heeded is Verdict.STANDS_STILL:
                raise Unavailable(_STOOD_STILL) from error
            return
        if any(sign in str(error) for sign in _CANCELLED):
            raise JobCancelled(f"the job {ending.job_name} was cancelled from outside") from error
        if any(sign in str(error) for sign in _SAVEPOINT_REFUSED):
            raise CommandError(_refused_savepoint(_first_line(error))) from error
        if _is_worker_lost(error):
            raise Unavailable(f"a worker went away: {_first_line(error)}") from error
        raise
    finally:
        done.set()
        watch.join()


def _is_worker_lost(error: BaseException) -> bool:
    """Whether a job failed because a worker of it went away, and not for what one said."""
    said = is_unavailable(error) or is_misconfigured(error) or is_too_many_failures(error)
    return not said and any(sign in str(error) for sign in _WORKER_LOST)


def _end_on_stopping(
    result: PipelineResult,
    ending: Ending,
    done: threading.Event,
    patience: float,
    is_to_end: Callable[[], bool],
    ended: threading.Event,
) -> None:
    while not done.wait(_LOOK_SECONDS):
        if STOPPING.is_set():
            if not done.wait(patience):
                ending.end(result)
            return
        if is_to_end():
            ended.set()
            ending.end(result)
            return


def _refused_savepoint(said: str) -> str:
    # Behind it Flink names options that it has itself, and not here.
    cause = said.partition("failed in state FAILED: ")[2].partition(" If you want")[0]
    return (
        f"Flink can't go on from the savepoint: {cause or said} It is to be in a folder that Flink "
        "reaches, and --parallelism is to be what it was then. Without --savepoint the run goes on "
        "from the committed offsets, and writes again what came since the last checkpoint."
    )


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [repr(error)])[0]


def _said_by_the_job_already(failed: threading.ExceptHookArgs) -> None:
    """Leaves out the traces of Beam's threads that lose their runner: one for each, every time.

    What ended the job is told by the job. The hook stays: some end after it.
    """
    if isinstance(failed.exc_value, grpc.RpcError):
        _LOGGER.debug("%s ended: %s", failed.thread, failed.exc_value)
    else:
        logs.tell_of_thread(failed)
