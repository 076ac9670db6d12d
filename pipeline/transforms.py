"""The pipeline's stages as DoFns: each hands one thing to a function and yields its outcome.

A failure becomes a `DeadLetter`, which every later stage passes on. All stages and the sink
are fused behind the source: that is what makes "commit after write" true on every runner.

What may be away is asked in `process` and `finish_bundle` alone. Where `setup` or `start_bundle`
fails in a new worker, Flink does not hear of it until it has waited three minutes for the
worker's data (measured, Beam 2.64).
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Iterator
from functools import cache

import apache_beam as beam

from pipeline import __version__, events, metrics
from pipeline.articles import ArticleError, is_english
from pipeline.extraction.limits import TooMuchWork
from pipeline.extraction.settings import ExtractorSettings
from pipeline.failures import FAILURES
from pipeline.messages import (
    DeadLetter,
    Decoded,
    Encoded,
    Extracted,
    Failure,
    SourceMessage,
)
from pipeline.models import EXTRACTORS
from pipeline.records import OutputValue
from pipeline.serialization.articles import decode_article
from pipeline.serialization.framing import WriterSchemas
from pipeline.serialization.messages import output_messages
from pipeline.serialization.registry import REGISTRIES
from pipeline.serialization.registry_settings import RegistrySettings
from pipeline.serialization.subjects import schema_ids
from pipeline.sinks.base import Bundle
from pipeline.sinks.chosen import SINKS, SinkSettings
from pipeline.topics import TopicNames

_LOGGER = logging.getLogger(__name__)


class Decode(beam.DoFn):
    """`SourceMessage` -> `Decoded` or `DeadLetter`."""

    def __init__(
        self,
        *,
        max_article_chars: int,
        dead_letter_other_languages: bool,
        registry: RegistrySettings | None = None,
    ) -> None:
        self._max_chars = max_article_chars
        self._dead_letter_other_languages = dead_letter_other_languages
        self._registry = registry
        self._writer_of: WriterSchemas | None = None

    def setup(self) -> None:
        """Takes the process's client of the registry, where there is one."""
        if self._registry:
            self._writer_of = REGISTRIES.get(self._registry).writer_schema

    def process(self, element: SourceMessage) -> Iterator[Decoded | DeadLetter]:
        """Decodes the message's value; raises `Unavailable` where the registry is away."""
        metrics.ARTICLES_RECEIVED.inc()
        metrics.bytes_read(element.topic).inc(element.size)
        try:
            article = decode_article(
                element.value or b"", max_chars=self._max_chars, writer_of=self._writer_of
            )
            if self._dead_letter_other_languages and not is_english(article.language):
                raise ArticleError("decode", "language", f"language {article.language}", article.id)
        except ArticleError as error:
            failure = _failure(error.stage, error.reason, error, str(error))
            yield DeadLetter(element, failure, error.article_id)
            return
        metrics.ARTICLES_DECODED.inc()
        yield Decoded(element, article)


class Extract(beam.DoFn):
    """`Decoded` -> `Extracted` or `DeadLetter`; passes a `DeadLetter` on."""

    def __init__(self, settings: ExtractorSettings) -> None:
        self._settings = settings
        self._release = __version__

    def setup(self) -> None:
        """Loads the model, unless this process has it."""
        if self._release != __version__:
            _warn_of_release(self._release)
        self._extractor = EXTRACTORS.get(self._settings)

    def process(self, element: Decoded | DeadLetter) -> Iterator[Extracted | DeadLetter]:
        """Looks into the article."""
        if not isinstance(element, Decoded):
            yield element
            return
        try:
            with metrics.EXTRACTION_SECONDS.time():
                extraction = self._extractor.extract(element.article)
        except TooMuchWork as error:
            failure = _failure("extract", error.reason, error, str(error))
            yield DeadLetter(element.message, failure, element.article.id)
            return
        except Exception as error:
            # Whatever else went wrong is our fault and not the wire's: the article is kept.
            failure = _our_failure("extract", "extractor-error", error)
            yield DeadLetter(element.message, failure, element.article.id)
            return
        yield Extracted(element.message, extraction)


class Encode(beam.DoFn):
    """`Extracted` -> `Encoded` or `DeadLetter`; passes a `DeadLetter` on."""

    def __init__(self, topics: TopicNames, registry: RegistrySettings | None = None) -> None:
        self._topics = topics
        self._registry = registry
        self._schema_ids: dict[type[OutputValue], int] | None = None

    def process(self, element: Extracted | DeadLetter) -> Iterator[Encoded | DeadLetter]:
        """Encodes the article's records; raises `Unavailable` where the registry is away."""
        if not isinstance(element, Extracted):
            yield element
            return
        if self._registry and self._schema_ids is None:
            self._schema_ids = schema_ids(REGISTRIES.get(self._registry), self._topics)
        try:
            outputs = output_messages(
                element.message, element.extraction, self._topics, self._schema_ids
            )
        except Exception as error:
            failure = _our_failure("encode", "encoder-error", error)
            article_id = element.extraction.provenance.article_id
            yield DeadLetter(element.message, failure, article_id)
            return
        yield Encoded(element.message, element.extraction, outputs)


class Write(beam.DoFn):
    """Gives `Encoded` and `DeadLetter` to every sink; ends the bundle when all have stored all."""

    def __init__(
        self,
        sinks: tuple[SinkSettings, ...],
        *,
        max_failure_ratio: float,
        watched_actors: frozenset[str] = frozenset(),
    ) -> None:
        self._sinks = sinks
        self._max_failure_ratio = max_failure_ratio
        self._watched = watched_actors

    def setup(self) -> None:
        """Makes the series of the actors that are watched."""
        metrics.watch_actors(self._watched)

    def start_bundle(self) -> None:
        """Begins with nothing written."""
        self._begun = time.monotonic()
        self._bundles: list[Bundle] = [SINKS.get(sink).begin() for sink in self._sinks]
        self._written: list[Encoded | DeadLetter] = []

    def process(self, element: Encoded | DeadLetter) -> None:
        """Writes the element.

        Raises `Unavailable` where a sink's surroundings are away, and `TooManyFailures` where
        our own code fails on too many articles: then the element is not written.
        """
        FAILURES.get(self._max_failure_ratio).note(element)
        self._written.append(element)
        for bundle in self._bundles:
            # What one sink can't store is a dead letter of that sink; others have it.
            self._written += bundle.write(element)

    def finish_bundle(self) -> None:
        """Waits until all is stored, then counts it; raises `Unavailable` where it is not."""
        for bundle in self._bundles:
            bundle.confirm()
        now = time.time()
        for element in self._written:
            metrics.count_written(element, now, self._watched)
            events.log_written(element)
        metrics.count_bundle(self._written, time.monotonic() - self._begun)


@cache
def _warn_of_release(submitted_with: str) -> None:
    # Once a process: runners set up a stage again and again.
    _LOGGER.warning(
        "The job was submitted with newswire %s, and this worker is newswire %s. Have the same "
        "release on both sides: what one pickles the other may not understand, and the records "
        "are those of the worker's.",
        submitted_with,
        __version__,
    )


def _failure(stage: str, reason: str, error: Exception, message: str) -> Failure:
    return Failure(stage, reason, type(error).__name__, message)


def _our_failure(stage: str, reason: str, error: Exception) -> Failure:
    return _failure(stage, reason, error, "".join(traceback.format_exception(error)))
