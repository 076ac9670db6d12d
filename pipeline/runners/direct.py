"""The runners that need nothing but this machine: Prism, and the one in this process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import apache_beam as beam
from apache_beam.options.pipeline_options import (
    PipelineOptions,
    PrismRunnerOptions,
    StandardOptions,
)
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner
from apache_beam.runners.portability.portable_runner import PortableRunner
from apache_beam.runners.runner import PipelineResult, create_runner

from pipeline.brokers.process import BrokerError
from pipeline.errors import CommandError
from pipeline.outages import is_unavailable
from pipeline.runners.jobs import Ending, run_job
from pipeline.runners.local_workers import workers_of_this_process
from pipeline.runners.prism import Prism
from pipeline.runners.standstill import GroupProgress
from pipeline.runners.state_sampling import look_often

_LOGGER = logging.getLogger(__name__)

FOR_EVER_SECONDS = 2**31 - 1
"""Beam gives the stream of a job's states the time limit of a single call, five minutes: a job
that Prism ran for longer would be taken for lost (measured). More than this Flink can't read."""

FINISHING_SECONDS = 60.0
"""How long a job on Prism has to finish what is at hand: a bundle may be waiting for a broker."""


def streaming_options(arguments: Sequence[str]) -> PipelineOptions:
    """Beam's options of a submission."""
    options = PipelineOptions(list(arguments))
    options.view_as(StandardOptions).streaming = True
    return options


class InProcess:
    """Beam's in-process runner; it blocks until the pipeline has ended."""

    workers_are_here = True

    def __init__(self, beam_arguments: tuple[str, ...], description: str) -> None:
        self.description = description
        self._beam_arguments = beam_arguments

    def run(self, build: Callable[[beam.Pipeline], None], progress: GroupProgress) -> None:
        """See `Runner.run`."""
        look_often()
        options = streaming_options(self._beam_arguments)
        pipeline = beam.Pipeline(runner=FnApiRunner(), options=options)
        build(pipeline)
        pipeline.run().wait_until_finish()


class AnyRunner:
    """A runner of Beam's that nothing is known of here."""

    workers_are_here = False

    def __init__(self, name: str, beam_arguments: tuple[str, ...]) -> None:
        """Raises `CommandError` where Beam knows no such runner."""
        self.description = f"{name}, which is not among the runners that newswire is tested on"
        self._name = name
        self._beam_arguments = beam_arguments
        try:
            create_runner(name)
        except (ValueError, ImportError, AttributeError, RuntimeError) as error:
            raise CommandError(f"--runner {name}: Beam has no such runner ({error})") from error

    def run(self, build: Callable[[beam.Pipeline], None], progress: GroupProgress) -> None:
        """See `Runner.run`."""
        options = streaming_options(self._beam_arguments)
        pipeline = beam.Pipeline(runner=create_runner(self._name), options=options)
        build(pipeline)
        pipeline.run().wait_until_finish()


class OnPrism:
    """Prism as a child process, with its worker in this one.

    Each submission has a Prism of its own: one that panicked is replaced, and none collects the
    jobs of a long outage.
    """

    workers_are_here = True

    def __init__(self, program: Path, job_name: str, beam_arguments: tuple[str, ...]) -> None:
        self.description = f"the Direct runner, on Prism ({program})"
        self._program = program
        self._job_name = job_name
        self._beam_arguments = beam_arguments
        self._has_warned = False

    def run(self, build: Callable[[beam.Pipeline], None], progress: GroupProgress) -> None:
        """See `Runner.run`; a Prism that does not take the pipeline is a `CommandError`."""
        options = PipelineOptions(list(self._beam_arguments)).view_as(PrismRunnerOptions)
        level = options.prism_log_level if self._says_log_level() else "warn"
        try:
            with Prism(self._program, log_level=level) as prism:
                self._warn_if_open(prism)
                self._run_on(prism, build)
        except BrokerError as error:
            raise CommandError(f"Prism could not be started. {error} {_OTHERWISE}") from error

    def _run_on(self, prism: Prism, build: Callable[[beam.Pipeline], None]) -> None:
        with workers_of_this_process() as workers:
            options = streaming_options(
                [
                    *self._beam_arguments,
                    f"--job_endpoint={prism.address}",
                    "--environment_type=EXTERNAL",
                    f"--environment_config={workers}",
                    f"--job_name={self._job_name}",
                    f"--job_server_timeout={FOR_EVER_SECONDS}",
                ]
            )
            pipeline = beam.Pipeline(runner=PortableRunner(), options=options)
            build(pipeline)

            def submit() -> PipelineResult:
                try:
                    return pipeline.run()
                except Exception as error:
                    raise CommandError(
                        f"Prism did not take the pipeline: {error}. {prism.last_words} {_OTHERWISE}"
                    ) from error

            ending = Ending(self._job_name, service=None, rest=None, is_flink=False)
            try:
                run_job(
                    submit,
                    ending,
                    patience_seconds=FINISHING_SECONDS,
                    service_name=f"Prism {prism.address}",
                )
            except Exception as error:
                if is_unavailable(error) and not prism.running:
                    _LOGGER.error("Prism ended by itself. %s", prism.last_words)
                raise

    def _says_log_level(self) -> bool:
        return any(each.startswith("--prism_log_level") for each in self._beam_arguments)

    def _warn_if_open(self, prism: Prism) -> None:
        if prism.is_open_to_others and not self._has_warned:
            self._has_warned = True
            _LOGGER.warning(
                "%s listens on all interfaces (port %s): whoever reaches it can run commands as "
                "this user. Keep others out by a firewall, or use the one that `make prism` "
                "builds, which listens on this machine alone.",
                self._program,
                prism.address.rpartition(":")[2],
            )


_OTHERWISE = "--prism=off runs in this process instead, and grows."
