"""The sinks of a run by their settings, each opened once a process."""

from __future__ import annotations

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


SINKS: ProcessWide[SinkSettings, Sink] = ProcessWide(open_sink, Sink.close)
"""By settings; all DoFn copies of a process write through one sink of each sort."""
