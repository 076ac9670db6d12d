"""The sinks of a run by their settings, each opened once a process."""

from __future__ import annotations

from pathlib import Path

from pipeline.process_wide import ProcessWide
from pipeline.sinks.avro_files import AvroFileSink
from pipeline.sinks.base import Sink
from pipeline.sinks.kafka import KafkaSink, KafkaSinkSettings
from pipeline.sinks.rolling import AvroFileSinkSettings

SinkSettings = KafkaSinkSettings | AvroFileSinkSettings


def open_sink(settings: SinkSettings) -> Sink:
    """The sink that the settings are for."""
    if isinstance(settings, AvroFileSinkSettings):
        return AvroFileSink(settings)
    return KafkaSink(settings)


def folder_of(settings: SinkSettings) -> Path | None:
    """The local folder that the sink may write to; None where there is none."""
    if isinstance(settings, AvroFileSinkSettings):
        return Path(settings.folder)
    return Path(settings.dead_letter_dir) if settings.dead_letter_dir else None


def describe(settings: SinkSettings) -> str:
    """What the sink writes to, for the log."""
    if isinstance(settings, AvroFileSinkSettings):
        return f"files in {settings.folder}"
    return f"topics {settings.topics.prefix}.*"


# `Sink.close` itself would be the one of the base class, which closes nothing.
SINKS: ProcessWide[SinkSettings, Sink] = ProcessWide(open_sink, lambda sink: sink.close())
"""By settings; all DoFn copies of a process write through one sink of each sort."""
