"""The pipeline's three parts as Beam transforms, for pipelines of your own.

    pipeline | ReadArticles(source) | ExtractRecords() | WriteRecords(sinks)

What travels between them is typed (`pipeline.messages`): an article, or what was found in it, with
the Kafka message that it came in; and beside these a `DeadLetter` for each message that could not
be processed. A stage of your own between or behind them gets both, and is to pass dead letters on
or to keep them. `newswire run` is made of these three (`pipeline.graph`).

The promise "nothing is committed before it is written" holds as long as nothing shuffles behind
`ReadArticles`: no GroupByKey, Reshuffle, Flatten, side input or state. A sink of your own stores
what it got in ``finish_bundle`` and raises where it can't; the offsets are committed after that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import apache_beam as beam
from apache_beam.io.unbounded_source import ReadFromUnboundedSource
from apache_beam.pvalue import PBegin, PCollection
from apache_beam.transforms import PTransform

from pipeline.extraction.settings import ExtractorSettings
from pipeline.options import DEFAULT_MAX_ARTICLE_CHARS
from pipeline.serialization.registry_settings import RegistrySettings
from pipeline.sinks.chosen import SinkSettings
from pipeline.sources.kafka import KafkaSource, SplitSettings
from pipeline.topics import TopicNames
from pipeline.transforms import Decode, Encode, Extract, Write

DEFAULT_MAX_BUNDLE_RECORDS = 500
DEFAULT_MAX_BUNDLE_SECONDS = 1.0
DEFAULT_MAX_FAILURE_RATIO = 0.5


class ReadArticles(PTransform[Any, Any]):
    """Kafka topics -> `pipeline.messages.Decoded`, or `DeadLetter` for what is no article.

    Unbounded, unless the source has an end (``until``). Offsets are committed to the source's
    group when the runner finalizes a bundle, which is after all stages fused behind this one.
    """

    def __init__(
        self,
        source: SplitSettings,
        *,
        registry: RegistrySettings | None = None,
        max_article_chars: int = DEFAULT_MAX_ARTICLE_CHARS,
        dead_letter_other_languages: bool = False,
        max_bundle_records: int = DEFAULT_MAX_BUNDLE_RECORDS,
        max_bundle_seconds: float = DEFAULT_MAX_BUNDLE_SECONDS,
    ) -> None:
        """Without ``registry``, Avro in the Confluent wire format is a dead letter.

        A bundle ends after so many articles or seconds, whichever comes first.
        """
        super().__init__()
        self._read = ReadFromUnboundedSource(
            KafkaSource(source),
            # The source waits for messages itself.
            poll_interval=0,
            max_records_per_bundle=max_bundle_records,
            max_read_time_seconds=max_bundle_seconds,
        )
        self._decode = Decode(
            max_article_chars=max_article_chars,
            dead_letter_other_languages=dead_letter_other_languages,
            registry=registry,
        )

    def expand(self, pbegin: PBegin) -> PCollection[Any]:
        """Reads, and decodes what was read."""
        return pbegin | "Read" >> self._read | "Decode" >> beam.ParDo(self._decode)


class ExtractRecords(PTransform[Any, Any]):
    """`Decoded` -> `pipeline.messages.Extracted`, or `DeadLetter`; passes dead letters on.

    The model is loaded once a process, and shared by all copies of the stage in it.
    """

    def __init__(self, settings: ExtractorSettings | None = None) -> None:
        """``settings`` are those of the command's options; None takes their defaults."""
        super().__init__()
        self._settings = settings or ExtractorSettings()

    def expand(self, articles: PCollection[Any]) -> PCollection[Any]:
        """Looks into every article."""
        return articles | "Extract" >> beam.ParDo(Extract(self._settings))


class WriteRecords(PTransform[Any, Any]):
    """`Extracted` and `DeadLetter` -> the sinks: Kafka topics, Avro files, or both.

    A bundle fails where a sink has not stored all of it, and nothing of it is committed then.
    """

    def __init__(
        self,
        sinks: Sequence[SinkSettings],
        topics: TopicNames | None = None,
        *,
        registry: RegistrySettings | None = None,
        max_failure_ratio: float = DEFAULT_MAX_FAILURE_RATIO,
        watched_actors: frozenset[str] = frozenset(),
    ) -> None:
        """With ``registry`` values are in the Confluent wire format.

        ``max_failure_ratio``, from 0 to 1, is the share of the last articles that our own code
        may fail on before the pipeline fails; ``watched_actors`` are counted one by one.
        """
        super().__init__()
        self._encode = Encode(topics or TopicNames(), registry)
        self._write = Write(
            tuple(sinks), max_failure_ratio=max_failure_ratio, watched_actors=watched_actors
        )

    def expand(self, found: PCollection[Any]) -> PCollection[Any]:
        """Encodes the records, and gives them to every sink."""
        return found | "Encode" >> beam.ParDo(self._encode) | "Write" >> beam.ParDo(self._write)
