"""Ending the jobs of a group on a cluster, from another process than the one that began them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.errors import CommandError
from pipeline.outages import Unavailable
from pipeline.runners.flink_rest import FlinkError, FlinkRest
from pipeline.runners.job_service import JobService


@dataclass(frozen=True, slots=True)
class Ended:
    """A job that was ended, or that was asked to end."""

    job_id: str
    name: str
    state: str
    """The cluster's word."""
    savepoint: str | None = None


def cancel_on_flink(
    rest: FlinkRest, group_id: str, job_id: str | None, savepoint_folder: str | None
) -> Iterator[Ended]:
    """Ends the group's jobs, or the one with this id, each after a savepoint where one is wished.

    Raises `CommandError` where there is none, or Flink says no: what was ended before is ended.
    """
    try:
        names = {job.id: job.name for job in rest.running_jobs()}
        for found in _meant(names, group_id, job_id, rest.url):
            if savepoint_folder is None:
                yield Ended(found, names[found], rest.cancel(found))
            else:
                savepoint = rest.stop_with_savepoint(found, savepoint_folder)
                yield Ended(found, names[found], rest.state(found), savepoint)
    except FlinkError as error:
        raise CommandError(str(error)) from error


def cancel_at_service(service: JobService, group_id: str, job_id: str | None) -> Iterator[Ended]:
    """Ends the group's jobs, or the one with this id, by the job service of another runner.

    Raises `CommandError` where there is none, where no service answers, or where it is Flink's,
    which says that it has cancelled a job and lets it go on.
    """
    try:
        if service.is_flinks():
            raise CommandError(
                f"the job service at {service.endpoint} is Flink's, and can't end a Flink job: it "
                "says CANCELLED, and the job goes on. Name Flink itself: --flink-rest "
                "http://JOBMANAGER:8081"
            )
        names = service.running_jobs()
        for found in _meant(names, group_id, job_id, service.endpoint):
            yield Ended(found, names[found], service.cancel(found))
    except Unavailable as error:
        raise CommandError(f"{error}. --job-endpoint names another.") from error


def _meant(names: dict[str, str], group_id: str, job_id: str | None, where: str) -> Iterable[str]:
    # Shares of a group are jobs of their own: `pipeline.sources.shares.job_name`.
    shares = re.compile(rf"{re.escape(group_id)}(-\d+-of-\d+)?")
    found = [
        each
        for each, name in names.items()
        if (each == job_id if job_id is not None else shares.fullmatch(name))
    ]
    if found:
        return found
    what = f"job {job_id}" if job_id is not None else f"job of group {group_id}"
    others = ", ".join(f"{name} ({each})" for each, name in names.items())
    raise CommandError(
        f"no {what} runs at {where}. "
        + (f"Running there: {others}." if others else "Nothing runs there.")
        + " --group-id or --job-id names another."
    )
