"""``newswire cancel``: ends a group's job on a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from pipeline import logs, options
from pipeline.commands.run_runner import flink_master, flink_rest, job_endpoint
from pipeline.options import Address, option
from pipeline.settings_file import config_file

if TYPE_CHECKING:
    from pipeline.runners.cancelling import Ended


@click.command(
    epilog="""\b
Examples:
  newswire cancel --flink-rest http://flink:8081
  newswire cancel --flink-rest http://flink:8081 --group-id watch --savepoint s3://flink/savepoints
  newswire cancel --job-endpoint prism:8073

\b
Exit codes: 0 ended, 1 failed or none found, 2 usage.
"""
)
@config_file
@flink_rest
@flink_master
@job_endpoint
@options.group_id
@option(
    "--job-id",
    metavar="ID",
    help="End this job, instead of the group's.",
)
@option(
    "--savepoint-dir",
    "--savepoint",
    metavar="DIR",
    help="On Flink, have it write a savepoint into this folder of its own first: `newswire run "
    "--savepoint PATH` goes on from it.",
)
def cancel(
    flink_rest: str | None,
    flink_master: str | None,
    job_endpoint: Address | None,
    group_id: str,
    job_id: str | None,
    savepoint_dir: str | None,
) -> None:
    """End the job that "newswire run" has begun on a cluster, and say what was done.

    A job on Flink goes on when the "newswire run" that began it is killed: this ends it. Nothing
    is lost by that. Without a savepoint the next run goes on from the offsets that the group has
    committed, and writes the articles since then again, with the same ids and bytes.

    What the Direct runner runs ends with its own process; stop that.
    """
    logs.configure("WARNING")
    address = flink_rest or flink_master
    if address is None and job_endpoint is None:
        raise click.UsageError(
            "where does the job run? --flink-rest URL for Flink, --job-endpoint HOST:PORT for "
            "another runner."
        )
    if address is None and savepoint_dir is not None:
        raise click.UsageError("--savepoint needs --flink-rest: only Flink makes savepoints.")
    for ended in _ended(address, job_endpoint, group_id, job_id, savepoint_dir):
        click.echo(f"{ended.name} ({ended.job_id}): {ended.state.lower()}")
        if ended.savepoint is not None:
            click.echo(f"Savepoint: {ended.savepoint}")


def _ended(
    flink: str | None,
    job_endpoint: Address | None,
    group_id: str,
    job_id: str | None,
    savepoint_dir: str | None,
) -> Iterator[Ended]:
    from pipeline.runners.cancelling import cancel_at_service, cancel_on_flink
    from pipeline.runners.flink_rest import FlinkRest
    from pipeline.runners.job_service import JobService

    if flink is not None:
        return cancel_on_flink(FlinkRest(flink), group_id, job_id, savepoint_dir)
    return cancel_at_service(JobService(str(job_endpoint)), group_id, job_id)
