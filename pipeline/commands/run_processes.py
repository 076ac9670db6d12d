"""``newswire run`` as one process, as a worker of several, and as the parent of several."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from pipeline import logs
from pipeline.errors import CommandError
from pipeline.parallel.status import Status, WorkerRole
from pipeline.stopping import STOPPING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from rich.console import Console

    from pipeline.metrics_endpoint import Endpoint, EndpointSettings
    from pipeline.progress import Progress
    from pipeline.running import RunSettings
    from pipeline.sources.shares import Share

_LOGGER = logging.getLogger(__name__)

ARGUMENTS = "pipeline.commands.run.arguments"
"""Where the command's context keeps what stands behind ``newswire run``."""

LOADING = Status("loading the model")


class ArgumentsKept(click.Command):
    """A command that knows the arguments it was called with, to call it again."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keeps them in the context."""
        ctx.meta[ARGUMENTS] = tuple(args)
        return super().parse_args(ctx, args)


def run_alone(settings: RunSettings, endpoint: EndpointSettings) -> Progress | None:
    """Runs the pipeline in this process, with an endpoint of its own.

    Gives how far it came; None where it was stopped before reading began.
    """
    status = LOADING

    def note(now: Status) -> None:
        nonlocal status
        status = now

    with _served(endpoint, lambda: status.waiting_for) as served:
        where = "Metrics" if settings.runner.workers_are_here else "Metrics of submissions alone"
        _LOGGER.info("%s at %s", where, served.url)
        return _run(settings, note, _console())


def run_as_worker(settings: RunSettings, role: WorkerRole) -> Progress | None:
    """Runs the pipeline in this process, and tells the parent; gives what `run_alone` does."""
    from rich.console import Console

    role.report(LOADING)
    with role.telling_the_last_article():
        return _run(settings, role.report, Console(quiet=True))


def run_workers(
    count: int,
    share: Share,
    arguments: Sequence[str],
    *,
    endpoint: EndpointSettings,
    until_caught_up: bool,
    max_outage_seconds: float,
) -> Progress | None:
    """Runs ``newswire run ARGUMENTS`` in so many workers, which divide the share among them.

    Gives what `run_alone` does.

    Raises `click.exceptions.Exit` with the exit code of a worker that failed for good.
    """
    from pipeline.process_metrics import MetricsFolder

    with MetricsFolder() as folder:
        folder.join()
        from pipeline.parallel.supervisor import Supervisor
        from pipeline.progress import Progress

        supervisor = Supervisor(
            count,
            share,
            ["run", *arguments],
            until_caught_up=until_caught_up,
            max_outage_seconds=max_outage_seconds,
        )
        logs.heed_signals(supervisor.signal)
        with _served(endpoint, supervisor.waiting_for, folder.registry) as served:
            _LOGGER.info("Metrics of %d workers at %s", count, served.url)
            progress = Progress(_console(), registry=folder.registry)
            if not supervisor.run(progress):
                return None
            _LOGGER.info("Done: %s.", progress.line())
            return progress


def _console() -> Console:
    """Where progress is shown; no terminal where the log is for programs."""
    from rich.console import Console

    return Console(stderr=True, force_terminal=False if logs.in_json() else None)


@contextmanager
def _served(
    settings: EndpointSettings,
    waiting_for: Callable[[], str | None],
    registry: CollectorRegistry | None = None,
) -> Iterator[Endpoint]:
    """Serves the metrics of ``registry``, or of this process; says where."""
    from pipeline.metrics_endpoint import Endpoint
    from pipeline.outages import Misconfigured

    try:
        endpoint = Endpoint(settings, waiting_for, registry)
    except Misconfigured as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(
            f"--metrics-address {settings.address} can't be listened on: {error}. Is another "
            "pipeline running here? Port 0 takes a free one."
        ) from error
    try:
        yield endpoint
    finally:
        endpoint.close()


def _run(
    settings: RunSettings, report: Callable[[Status], object], console: Console
) -> Progress | None:
    from pipeline.committed_progress import CommittedProgress
    from pipeline.progress import Progress
    from pipeline.running import (
        load_model,
        look_ahead,
        prepare_folders,
        run_to_the_end,
    )
    from pipeline.sinks.chosen import describe, folder_of
    from pipeline.sources.shares import WHOLE

    here = settings.runner.workers_are_here
    prepare_folders(settings)
    model = load_model(settings.graph.extractor) if here else settings.graph.extractor.spacy_model
    registry = " and the schema registry" if settings.graph.registry else ""
    report(Status(f"waiting for the Kafka broker{registry}"))
    try:
        backlog = look_ahead(settings)
    except CommandError:
        if not STOPPING.is_set():
            raise
        _LOGGER.warning("Stopped before reading began.")
        return None
    expected = backlog.messages if settings.until_caught_up else None
    report(Status(None, expected))
    source = settings.graph.source
    inputs = [*source.topics, *([source.topic_pattern] if source.topic_pattern else [])]
    of = f"share {source.share} of " if source.share != WHOLE else ""
    _LOGGER.info("Reading %s%s with %s.", of, ", ".join(inputs), model)
    outputs = " and ".join(describe(sink) for sink in settings.graph.sinks)
    folders = any(folder_of(sink) for sink in settings.graph.sinks)
    where = ", on the machines of the workers" if folders and not here else ""
    _LOGGER.info("Writing to %s%s.", outputs, where)
    _LOGGER.info("Running on %s.", settings.runner.description)
    progress = Progress(console, expected=expected)
    if not here:
        _LOGGER.info("The workers count on metrics endpoints of their own; here is the group.")
        sink = settings.graph.kafka_sink
        progress = CommittedProgress(
            console, source, sink.topics if sink else None, expected=expected
        )
    with progress:
        run_to_the_end(settings, backlog)
    _LOGGER.info("Done: %s.", progress.line())
    return progress
