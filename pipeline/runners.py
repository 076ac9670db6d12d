"""Which Beam runner a pipeline is handed to.

``DirectRunner`` is what everyone types. Beam's own chooses between Prism and an in-process
runner by itself, silently, and tries to download Prism; here the choice is made once, before
the first submission, and said.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner
from apache_beam.runners.runner import PipelineRunner, create_runner

DIRECT_RUNNER = "DirectRunner"


@dataclass(frozen=True, slots=True)
class ChosenRunner:
    """A runner, made anew for each submission, and what to tell about it."""

    name: str
    prism_location: Path | None
    beam_arguments: tuple[str, ...]

    @property
    def is_local(self) -> bool:
        """Whether the workers are threads of this process."""
        return self.name == DIRECT_RUNNER

    @property
    def description(self) -> str:
        """One line for the log."""
        if self.name != DIRECT_RUNNER:
            return self.name
        if self.prism_location is not None:
            return f"the Direct runner, on Prism ({self.prism_location})"
        return (
            "the Direct runner, in this process. It grows by some 200 MB a day; for weeks on "
            "end give it Prism by --prism-location"
        )

    def options(self) -> PipelineOptions:
        """The options of a submission."""
        arguments = list(self.beam_arguments)
        if self.prism_location is not None:
            arguments.append(f"--prism_location={self.prism_location}")
        options = PipelineOptions(arguments)
        options.view_as(StandardOptions).streaming = True
        return options

    def make(self) -> PipelineRunner:
        """A fresh runner."""
        if self.name == DIRECT_RUNNER and self.prism_location is None:
            return FnApiRunner()
        return create_runner("PrismRunner" if self.name == DIRECT_RUNNER else self.name)
