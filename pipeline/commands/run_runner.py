"""Which runner ``newswire run`` hands the pipeline to: the options, and what they come to."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from pipeline import options
from pipeline.options import Address, option
from pipeline.runners.wishes import DIRECT, Environment, PrismUse, RunnerWishes, runner_name

FLINK_VERSIONS = ("1.19", "1.20", "2.0", "2.1", "2.2")
"""Those that the installed Beam has job servers for; a test holds that it is so."""

job_endpoint = option(
    "--job-endpoint",
    type=options.ADDRESS,
    help="Where Beam's job service is, for PortableRunner: Flink's job server, or a Prism.",
)

flink_rest = option(
    "--flink-rest",
    metavar="URL",
    help="Flink's REST address, as in http://flink:8081: by it jobs are found and ended.  "
    "[default: --flink-master]",
)

flink_master = option(
    "--flink-master",
    metavar="HOST:PORT",
    help="Flink's JobManager, for FlinkRunner; [local] is a Flink within this machine.",
)

_OPTIONS = (
    option(
        "--runner",
        default=DIRECT,
        metavar="NAME",
        help="DirectRunner: this machine. FlinkRunner: a Flink cluster. PortableRunner: any "
        "--job-endpoint. What stands behind -- is handed to Beam as it is.",
    ),
    option(
        "--prism",
        type=click.Choice([use.value for use in PrismUse]),
        default=PrismUse.AUTO.value,
        help="Prism runs the Direct runner without growing. auto: where one is at hand (`make "
        "prism` builds it), else in this process. download: have Beam fetch it where none is. "
        "off: in this process.",
    ),
    option(
        "--prism-location",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A Prism binary, instead of the one at hand.",
    ),
    flink_master,
    flink_rest,
    option(
        "--flink-version",
        type=click.Choice(FLINK_VERSIONS),
        help="The cluster's version, for FlinkRunner.  [default: Beam's newest]",
    ),
    job_endpoint,
    option(
        "--environment-type",
        type=click.Choice([each.value for each in Environment], case_sensitive=False),
        help="Where workers run, on Flink and PortableRunner. EXTERNAL: in a `newswire worker` "
        "beside each task manager. PROCESS: started by the task managers. LOOPBACK: in this "
        "process, for trying. DOCKER: in an image of yours.",
    ),
    option(
        "--environment-config",
        metavar="TEXT",
        help="For EXTERNAL the worker's HOST:PORT, for PROCESS JSON with its command, for DOCKER "
        "the image.",
    ),
    option(
        "--parallelism",
        type=click.IntRange(min=1),
        help="On Flink, how many subtasks a stage has.  [default: Flink's]",
    ),
    option(
        "--checkpoint-interval",
        type=options.DURATION,
        default="10s",
        help="On Flink, how often it makes a checkpoint. Offsets are committed then, and after a "
        "failure it goes on from there.",
    ),
    option(
        "--savepoint",
        metavar="PATH",
        help="On Flink, begin with this savepoint (`newswire cancel --savepoint` makes one).",
    ),
    option(
        "--replace",
        is_flag=True,
        help="End a job of this --group-id that a cluster still runs, instead of refusing to "
        "start a second one.",
    ),
)


def runner_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of the runner; it takes them together, as ``wishes``."""

    @functools.wraps(command)
    def gathered(
        *,
        runner: str,
        prism: str,
        prism_location: Path | None,
        flink_master: str | None,
        flink_rest: str | None,
        flink_version: str | None,
        job_endpoint: Address | None,
        environment_type: str | None,
        environment_config: str | None,
        parallelism: int | None,
        checkpoint_interval: float,
        savepoint: str | None,
        replace: bool,
        **others: Any,
    ) -> Any:
        wishes = RunnerWishes(
            runner=runner_name(runner),
            prism=PrismUse(prism),
            prism_location=prism_location,
            flink_master=flink_master,
            flink_rest=flink_rest,
            flink_version=flink_version,
            job_endpoint=None if job_endpoint is None else str(job_endpoint),
            environment_type=Environment(environment_type) if environment_type else None,
            environment_config=environment_config,
            parallelism=parallelism,
            checkpoint_interval=checkpoint_interval,
            savepoint=savepoint,
            replace=replace,
        )
        return command(wishes=wishes, **others)

    decorated: Callable[..., Any] = gathered
    for add in reversed(_OPTIONS):
        decorated = add(decorated)
    return decorated
