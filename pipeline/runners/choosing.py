"""Which Beam runner a pipeline is handed to.

``DirectRunner`` is what everyone types. Beam's own chooses between Prism and an in-process
runner by itself, for each pipeline, silently, and downloads Prism; here the choice is made once,
before the first submission, and said.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import apache_beam as beam

from pipeline.errors import CommandError
from pipeline.runners import prism_binary
from pipeline.runners.direct import AnyRunner, InProcess, OnPrism
from pipeline.runners.portable import Flink, Portable
from pipeline.runners.prism_binary import PrismError
from pipeline.runners.standstill import GroupProgress
from pipeline.runners.wishes import FLINK, PORTABLE, PRISM, PrismUse, RunnerWishes

_LOGGER = logging.getLogger(__name__)

Build = Callable[[beam.Pipeline], None]
"""Adds the pipeline's stages to it."""

_GROWS = (
    "the Direct runner in this process, for no Prism is at hand. This process grows with "
    "every bundle, by 200 MB a day and more: right for a first look and for --until-caught-up. "
    "For weeks on end let `make prism` build Prism, have it fetched by --prism=download, or name "
    "it by --prism-location"
)
_GROWS_AS_ASKED = (
    "the Direct runner in this process, as --prism=off asks. It grows by 200 MB a day and more"
)


class Runner(Protocol):
    """A runner that was chosen."""

    @property
    def description(self) -> str:
        """What to tell about it in one line."""

    @property
    def workers_are_here(self) -> bool:
        """Whether the workers are threads of this process, with its metrics and its disks."""

    def run(self, build: Build, progress: GroupProgress) -> None:
        """Submits the pipeline and returns when its job has ended.

        Where the workers are elsewhere, ``progress`` tells when to give the job up or to end it.

        Raises `pipeline.outages.Unavailable` where something that it depends on went away, so
        that it may be submitted again, and whatever else ends the job.
        """


def choose(wishes: RunnerWishes) -> Runner:
    """The runner that the wishes come to; may download Prism, and asks no cluster.

    Raises `CommandError` where they can't be met.
    """
    if wishes.is_direct:
        return _direct(wishes)
    if wishes.runner == FLINK:
        return Flink(wishes)
    if wishes.runner == PORTABLE:
        return Portable(wishes)
    return AnyRunner(wishes.runner, wishes.beam_arguments)


def _direct(wishes: RunnerWishes) -> Runner:
    if wishes.for_clusters:
        raise CommandError(
            f"{', '.join(wishes.for_clusters)}: not for {wishes.runner}, which runs on this "
            f"machine. A cluster is asked by --runner={FLINK} or --runner={PORTABLE}."
        )
    program = _prism(wishes)
    if program is None:
        as_asked = wishes.prism is PrismUse.OFF
        return InProcess(wishes.beam_arguments, _GROWS_AS_ASKED if as_asked else _GROWS)
    return OnPrism(program, wishes.job_name, wishes.beam_arguments)


def _prism(wishes: RunnerWishes) -> Path | None:
    if wishes.prism is PrismUse.OFF and wishes.runner != PRISM:
        return None
    if wishes.prism_location is not None:
        if not os.access(wishes.prism_location, os.X_OK):
            raise CommandError(
                f"--prism-location {wishes.prism_location} may not be executed. It is to be the "
                f"Prism binary itself: chmod +x {wishes.prism_location}"
            )
        return wishes.prism_location
    program = prism_binary.find()
    try:
        if program is None and wishes.prism is PrismUse.DOWNLOAD:
            _LOGGER.info("Having Beam fetch Prism from GitHub; it stays in Beam's cache ...")
            return prism_binary.download()
    except PrismError as error:
        raise CommandError(str(error)) from error
    if program is None and wishes.runner == PRISM:
        raise CommandError(
            "no Prism is at hand. `make prism` builds it with Go, --prism=download has Beam fetch "
            "it, and --prism-location names a binary."
        )
    return program
