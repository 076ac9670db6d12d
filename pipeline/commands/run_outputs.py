"""Where ``newswire run`` writes to: the options, and the sinks that they ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline import options
from pipeline.options import option

if TYPE_CHECKING:
    from pipeline.sinks.chosen import SinkSettings
    from pipeline.sinks.kafka import KafkaSinkSettings

CODECS = ("deflate", "zstandard", "snappy", "null")
"""Avro's names of the compressions that a file's blocks can have."""

FOLDER = click.Path(file_okay=False, path_type=Path)

_OPTIONS = (
    option(
        "--output-dir",
        type=FOLDER,
        help="Also write what is found, and dead letters, to Avro files in this local folder.",
    ),
    option(
        "--kafka-output/--no-kafka-output",
        default=True,
        help="Whether to write to the output topics; without it to --output-dir alone.",
    ),
    option(
        "--roll-size",
        type=options.SIZE,
        default="128MB",
        help="A file of --output-dir is finished once it has this size.",
    ),
    option(
        "--roll-time",
        type=options.DURATION_OR_FOREVER,
        default="10m",
        help="A file of --output-dir is finished after this time at the latest.",
    ),
    option(
        "--codec",
        type=click.Choice(CODECS),
        default="deflate",
        help="How files of --output-dir are compressed.",
    ),
    option(
        "--dead-letter-dir",
        type=FOLDER,
        help="A local folder for dead letters that are too large for their topic; without it "
        "the topic gets a stub of them, and they are kept by their source topic alone.",
    ),
)


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives the command the options that `OutputChoice` is made of."""
    for each in reversed(_OPTIONS):
        command = each(command)
    return command


@dataclass(frozen=True, slots=True)
class OutputChoice:
    """What the user has chosen, by the options' names.

    Raises `click.UsageError` where nothing would be written.
    """

    output_dir: Path | None
    kafka_output: bool
    roll_size: int
    roll_time: float
    codec: str
    dead_letter_dir: Path | None

    def __post_init__(self) -> None:
        if self.output_dir is None and not self.kafka_output:
            raise click.UsageError(
                "with --no-kafka-output and without --output-dir nothing would be written."
            )

    def sinks(self, kafka: KafkaSinkSettings) -> tuple[SinkSettings, ...]:
        """The sinks to write to, ``kafka`` among them where it is wanted."""
        from pipeline.sinks.rolling import AvroFileSinkSettings

        sinks: list[SinkSettings] = []
        # Bundles are confirmed in this order. Kafka comes first: while a broker is away, nothing
        # is written to files again and again. That a disk is full is noticed as a bundle begins.
        if self.kafka_output:
            letters = str(self.dead_letter_dir.absolute()) if self.dead_letter_dir else None
            sinks.append(replace(kafka, dead_letter_dir=letters))
        if self.output_dir is not None:
            # Absolute, for workers may stand in other folders.
            folder = str(self.output_dir.absolute())
            sinks.append(AvroFileSinkSettings(folder, self.roll_size, self.roll_time, self.codec))
        return tuple(sinks)
