"""Running the pipeline from submission to its end, through outages and signals.

What a bundle could not wait for fails the pipeline; it is then submitted again, on the same
runner, from the committed offsets, with backoff, for as long as an outage may last.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace

import tenacity
from kafka import TopicPartition
from prometheus_client import REGISTRY

from pipeline import metrics
from pipeline.errors import CommandError
from pipeline.extraction.settings import ExtractorSettings
from pipeline.failures import TooManyFailures, is_too_many_failures
from pipeline.graph import GraphSettings, build
from pipeline.models import load_extractor
from pipeline.outages import (
    OUTAGES,
    Misconfigured,
    Unavailable,
    is_misconfigured,
    is_unavailable,
    patiently,
)
from pipeline.preflight import Backlog, inspect
from pipeline.refusals import Right
from pipeline.runners.choosing import Runner
from pipeline.runners.jobs import JobCancelled
from pipeline.runners.standstill import GroupProgress, progress_of
from pipeline.serialization.registry import REGISTRIES
from pipeline.serialization.subjects import schema_ids
from pipeline.sinks.chosen import SINKS, folder_of
from pipeline.sinks.folders import is_full, make_folder
from pipeline.sources.commits import COMMITTERS
from pipeline.sources.consumers import CONSUMERS
from pipeline.stopping import STOPPING

_LOGGER = logging.getLogger(__name__)

FIRST_BACKOFF_SECONDS = 1.0
LONGEST_BACKOFF_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class RunSettings:
    """A run: what to run, on what, and for how long."""

    graph: GraphSettings
    runner: Runner
    until_caught_up: bool
    max_outage_seconds: float


def load_model(settings: ExtractorSettings) -> str:
    """Loads the model for this process; gives its name and version.

    Raises `CommandError` where there is no such model.
    """
    begun = time.monotonic()
    extractor = load_extractor(settings)
    metrics.MODEL_LOAD_SECONDS.set(time.monotonic() - begun)
    metrics.describe_build(extractor.model)
    return extractor.model


def look_ahead(settings: RunSettings) -> Backlog:
    """What lies before the pipeline; waits for broker and registry as long as an outage may last.

    Raises `CommandError` where that is not enough, a topic or a schema is missing, or `STOPPING`
    is set meanwhile.
    """
    _find_schemas(settings)
    source, sink = settings.graph.source, settings.graph.kafka_sink
    try:
        backlog = patiently(
            lambda: inspect(source, sink),
            seconds=settings.max_outage_seconds,
            outage=OUTAGES.get((f"The Kafka broker at {source.cluster}", source)),
            right=Right.READ,
        )
    except Misconfigured as error:
        raise CommandError(str(error)) from error
    except Unavailable as error:
        raise CommandError(
            f"no Kafka broker answers at {source.cluster} ({error}). Is it running, and does it "
            f"speak {source.cluster.security.protocol} there (--security-protocol)? "
            "--bootstrap-servers gives another, --max-outage a longer wait."
        ) from error
    if settings.runner.workers_are_here:
        metrics.show_at_zero(
            ((topic, number) for topic, number, _ in backlog.ends),
            sink.topics.outputs if sink else (),
        )
    return backlog


def _find_schemas(settings: RunSettings) -> None:
    registry = settings.graph.registry
    if registry is None:
        return
    try:
        client = REGISTRIES.get(registry)
        if settings.graph.output_registry:
            schema_ids(client, settings.graph.topics, settings.max_outage_seconds)
    except Misconfigured as error:
        raise CommandError(str(error)) from error
    except Unavailable as error:
        raise CommandError(
            f"no schema registry answers at {registry.url} ({error}). Is it running? "
            "--schema-registry-url gives another, --max-outage a longer wait."
        ) from error


def prepare_folders(settings: RunSettings) -> None:
    """Makes the folders that will be written to, where the workers are on this machine.

    Raises `CommandError` where one can't be written to; a full disk is waited for later.
    """
    if not settings.runner.workers_are_here:
        return
    for folder in filter(None, (folder_of(sink) for sink in settings.graph.sinks)):
        try:
            make_folder(folder)
        except OSError as error:
            if is_full(error):
                continue
            raise CommandError(
                f"{folder} can't be written to: {error.strerror}. --output-dir and "
                "--dead-letter-dir are to be folders in which this user may make files."
            ) from error


def run_to_the_end(settings: RunSettings, backlog: Backlog) -> None:
    """Runs the pipeline until it is caught up (where so set) or `STOPPING` is set.

    Afterwards everything that was written is committed, unless it was stopped in an outage.
    Raises `CommandError` where an outage lasts longer than it may, and whatever else ends the
    pipeline.
    """
    if settings.until_caught_up:
        source = replace(settings.graph.source, until=backlog.ends)
        settings = replace(settings, graph=replace(settings.graph, source=source))
    try:
        _submit_until_done(settings)
        if settings.until_caught_up and not STOPPING.is_set():
            _commit_ends(settings, backlog)
    finally:
        _end_connections()


def _submit_until_done(settings: RunSettings) -> None:
    progress = progress_of(settings.graph.source)
    outage = _Outage(settings.max_outage_seconds, progress)
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(_is_outage),
        after=outage.failed,
        wait=outage.backoff,
        stop=outage.is_over,
        before_sleep=outage.note,
        sleep=tenacity.sleep_using_event(STOPPING),
        reraise=True,
    )
    try:
        retrying(_submit, settings, progress)
    except JobCancelled as error:
        if settings.until_caught_up:
            raise CommandError(f"{error}, and was not caught up") from error
        _LOGGER.warning("Ended: %s.", error)
    except BaseException as error:
        if is_too_many_failures(error):
            raise CommandError(
                f"stopped: {_last_line(error, TooManyFailures)}. Nothing of the last bundle is "
                "committed. Is this a bad release, or a damaged model? Go back to the release "
                "that worked and run again: the articles that failed before are among the dead "
                "letters, with the tracebacks. --max-failure-ratio 1 never stops."
            ) from error
        if is_unavailable(error) and STOPPING.is_set():
            _LOGGER.warning("Stopped in an outage: what was at hand is read again the next time.")
            return
        if is_unavailable(error):
            raise CommandError(f"gave up: {_last_line(error, Unavailable)}") from error
        if is_misconfigured(error):
            raise CommandError(_last_line(error, Misconfigured)) from error
        raise


def _is_outage(error: BaseException) -> bool:
    return is_unavailable(error) and not is_too_many_failures(error)


def _submit(settings: RunSettings, progress: GroupProgress) -> None:
    progress.begin()
    settings.runner.run(lambda pipeline: build(pipeline, settings.graph), progress)


class _Outage:
    """How long the pipeline has been failing without a bundle finalized in between.

    An empty bundle counts: on a quiet wire it shows that broker and disks were there.
    """

    def __init__(self, longest_seconds: float, progress: GroupProgress) -> None:
        self._longest = longest_seconds
        self._progress = progress
        self._since = time.monotonic()
        self._finalized = -1.0
        self._failures = 0
        self._noted: set[str] = set()

    def failed(self, state: tenacity.RetryCallState) -> None:
        # Workers elsewhere count what they finalize there; the group's offsets are seen to move.
        finalized = _finalized() + self._progress.signs_of_life
        if finalized > self._finalized:
            self._since, self._failures = time.monotonic(), 0
            self._noted.clear()
        self._finalized = finalized
        self._failures += 1

    def is_over(self, state: tenacity.RetryCallState) -> bool:
        return STOPPING.is_set() or time.monotonic() - self._since >= self._longest

    def backoff(self, state: tenacity.RetryCallState) -> float:
        return min(FIRST_BACKOFF_SECONDS * 2 ** (self._failures - 1), LONGEST_BACKOFF_SECONDS)

    def note(self, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        why = _last_line(error, Unavailable)
        # Once for each reason; an outage of a night is no reason to write a thousand lines.
        _LOGGER.log(
            logging.DEBUG if why in self._noted else logging.WARNING,
            "The pipeline stopped for an outage (%s). It is submitted again from the committed "
            "offsets in %.0f s, and with growing pauses from then on.",
            why,
            state.upcoming_sleep,
        )
        self._noted.add(why)
        metrics.PIPELINE_RESTARTS.inc()
        _end_connections()


def _commit_ends(settings: RunSettings, backlog: Backlog) -> None:
    # A runner may be done before its last finalization came (Flink): all up to the ends is
    # written then, so the ends may be committed. Elsewhere they are, and nothing moves.
    source = settings.graph.source
    committer = COMMITTERS.get((source.cluster, source.group_id))
    ends = {TopicPartition(topic, number): end for topic, number, end in backlog.ends}
    if not committer.commit(ends):
        raise CommandError(
            f"everything is written, but the offsets of group {source.group_id} could not be "
            "committed: the next run will read the last articles again"
        )


def _end_connections() -> None:
    CONSUMERS.close_all()
    SINKS.end_all()
    COMMITTERS.end_all()


def _finalized() -> float:
    """How many bundles have been finalized, with all that they had written and committed."""
    return sum(
        REGISTRY.get_sample_value("newswire_offset_commits_total", {"outcome": outcome}) or 0.0
        for outcome in ("committed", "unchanged")
    )


def _last_line(error: BaseException | None, kind: type[Exception]) -> str:
    lines = str(error).strip().splitlines() if error is not None else []
    telling = [line for line in lines if f"{kind.__name__}:" in line]
    line = (telling or lines or [repr(error)])[-1]
    return line.rpartition(f"{kind.__name__}: ")[2]
