"""The one place where the stages are wired together.

No GroupByKey, Reshuffle, Flatten, side input or stateful step may stand between the source
and the sink: behind one of them a bundle would be finalized, and its offsets committed, before
what was found in it is written. `tests/test_graph.py` holds that.
"""

from __future__ import annotations

from dataclasses import dataclass

import apache_beam as beam

from pipeline.beam import ExtractRecords, ReadArticles, WriteRecords
from pipeline.extraction.settings import ExtractorSettings
from pipeline.serialization.registry_settings import RegistrySettings
from pipeline.sinks.chosen import SinkSettings
from pipeline.sinks.kafka import KafkaSinkSettings
from pipeline.sources.kafka import SplitSettings
from pipeline.topics import TopicNames


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
    _ = (
        pipeline
        | "Articles"
        >> ReadArticles(
            settings.source,
            registry=settings.registry,
            max_article_chars=settings.max_article_chars,
            dead_letter_other_languages=settings.dead_letter_other_languages,
            max_bundle_records=settings.max_bundle_records,
            max_bundle_seconds=settings.max_bundle_seconds,
        )
        | "Records" >> ExtractRecords(settings.extractor)
        | "Outputs"
        >> WriteRecords(
            settings.sinks,
            settings.topics,
            registry=settings.output_registry,
            max_failure_ratio=settings.max_failure_ratio,
            watched_actors=settings.watched_actors,
        )
    )
