"""The one place where the stages are wired together.

No GroupByKey, Reshuffle, Flatten, side input or stateful step may stand between the source
and the sink: behind one of them a bundle would be finalized, and its offsets committed, before
what was found in it is written. `tests/test_graph.py` holds that.
"""

from __future__ import annotations

from dataclasses import dataclass

import apache_beam as beam
from apache_beam.io.unbounded_source import ReadFromUnboundedSource

from pipeline.extraction.settings import ExtractorSettings
from pipeline.serialization.registry_settings import RegistrySettings
from pipeline.sinks.chosen import SinkSettings
from pipeline.sinks.kafka import KafkaSinkSettings
from pipeline.sources.kafka import KafkaSource, SplitSettings
from pipeline.topics import TopicNames
from pipeline.transforms import Decode, Encode, Extract, Write


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """Everything that the graph is made of; nothing secret."""

    source: SplitSettings
    sinks: tuple[SinkSettings, ...]
    topics: TopicNames
    extractor: ExtractorSettings
    max_article_chars: int
    dead_letter_other_languages: bool
    max_bundle_records: int
    max_bundle_seconds: float
    max_failure_ratio: float
    """Of the last articles, how many may fail in our own code: 0 to 1."""
    registry: RegistrySettings | None = None
    """None writes values in single-object encoding, and reads no others."""
    watched_actors: frozenset[str] = frozenset()
    """Ids of the actors that the metrics count one by one."""

    @property
    def kafka_sink(self) -> KafkaSinkSettings | None:
        """The sink that is Kafka; None where nothing is written there."""
        return next((each for each in self.sinks if isinstance(each, KafkaSinkSettings)), None)

    @property
    def output_registry(self) -> RegistrySettings | None:
        """The registry that has the schemas of what is written; files carry their own."""
        return self.registry if self.kafka_sink else None


def build(pipeline: beam.Pipeline, settings: GraphSettings) -> None:
    """Adds the whole way from the input topics to the output topics to ``pipeline``."""
    read = ReadFromUnboundedSource(
        KafkaSource(settings.source),
        # The source waits for messages itself.
        poll_interval=0,
        max_records_per_bundle=settings.max_bundle_records,
        max_read_time_seconds=settings.max_bundle_seconds,
    )
    decode = Decode(
        max_article_chars=settings.max_article_chars,
        dead_letter_other_languages=settings.dead_letter_other_languages,
        registry=settings.registry,
    )
    write = Write(
        settings.sinks,
        max_failure_ratio=settings.max_failure_ratio,
        watched_actors=settings.watched_actors,
    )
    _ = (
        pipeline
        | "Read" >> read
        | "Decode" >> beam.ParDo(decode)
        | "Extract" >> beam.ParDo(Extract(settings.extractor))
        | "Encode" >> beam.ParDo(Encode(settings.topics, settings.output_registry))
        | "Write" >> beam.ParDo(write)
    )
