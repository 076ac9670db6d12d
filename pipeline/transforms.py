"""The pipeline's stages as DoFns: each hands one thing to a function and yields its outcome.

A failure becomes a `DeadLetter`, which every later stage passes on. All stages and the sink
are fused behind the source: that is what makes "commit after write" true on every runner.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import apache_beam as beam
from kafka.producer.future import FutureRecordMetadata

from pipeline import metrics
from pipeline.articles import ArticleError, decode_json, is_english
from pipeline.extraction.extractor import Extractor
from pipeline.messages import (
    DeadLetter,
    Decoded,
    Encoded,
    Extracted,
    Failure,
    OutputMessage,
    SourceMessage,
)
from pipeline.process_wide import ProcessWide
from pipeline.records import Denial, Threat
from pipeline.serialization.messages import output_messages
from pipeline.sinks.dead_letters import dead_letter_message
from pipeline.sinks.kafka import SINKS, KafkaSink, SinkSettings
from pipeline.topics import TopicNames

EXTRACTORS: ProcessWide[str, Extractor] = ProcessWide(Extractor)
"""By the name of the spaCy pipeline; loading one takes seconds and hundreds of megabytes."""


class Decode(beam.DoFn):
    """`SourceMessage` -> `Decoded` or `DeadLetter`."""

    def __init__(self, *, max_article_chars: int, dead_letter_other_languages: bool) -> None:
        self._max_chars = max_article_chars
        self._dead_letter_other_languages = dead_letter_other_languages

    def process(self, element: SourceMessage) -> Iterator[Decoded | DeadLetter]:
        """Decodes the message's value."""
        metrics.ARTICLES_RECEIVED.inc()
        try:
            article = decode_json(element.value or b"", max_chars=self._max_chars)
            if self._dead_letter_other_languages and not is_english(article.language):
                raise ArticleError("decode", "language", f"language {article.language}", article.id)
        except ArticleError as error:
            yield DeadLetter(element, _failure(error.stage, error.reason, error, str(error)))
            return
        metrics.ARTICLES_DECODED.inc()
        yield Decoded(element, article)


class Extract(beam.DoFn):
    """`Decoded` -> `Extracted` or `DeadLetter`; passes a `DeadLetter` on."""

    def __init__(self, *, spacy_model: str) -> None:
        self._spacy_model = spacy_model

    def setup(self) -> None:
        """Loads the model, unless this process has it."""
        self._extractor = EXTRACTORS.get(self._spacy_model)

    def process(self, element: Decoded | DeadLetter) -> Iterator[Extracted | DeadLetter]:
        """Looks into the article."""
        if not isinstance(element, Decoded):
            yield element
            return
        try:
            with metrics.EXTRACTION_SECONDS.time():
                extraction = self._extractor.extract(element.article)
        except Exception as error:
            # Whatever went wrong is our fault and not the wire's: the article is kept.
            yield DeadLetter(element.message, _our_failure("extract", "extractor-error", error))
            return
        yield Extracted(element.message, extraction)


class Encode(beam.DoFn):
    """`Extracted` -> `Encoded` or `DeadLetter`; passes a `DeadLetter` on."""

    def __init__(self, topics: TopicNames) -> None:
        self._topics = topics

    def process(self, element: Extracted | DeadLetter) -> Iterator[Encoded | DeadLetter]:
        """Encodes the article's records."""
        if not isinstance(element, Extracted):
            yield element
            return
        try:
            outputs = output_messages(element.message, element.extraction, self._topics)
        except Exception as error:
            yield DeadLetter(element.message, _our_failure("encode", "encoder-error", error))
            return
        yield Encoded(element.message, element.extraction, outputs)


@dataclass(slots=True)
class _Written:
    """What of the bundle has been handed to the sink, to be counted once it is acknowledged."""

    element: Encoded | DeadLetter
    too_large: int = 0


class Write(beam.DoFn):
    """Writes `Encoded` and `DeadLetter` to Kafka; ends the bundle when all is acknowledged."""

    def __init__(self, sink: SinkSettings, topics: TopicNames) -> None:
        self._sink_settings = sink
        self._topics = topics

    def start_bundle(self) -> None:
        """Begins with nothing sent."""
        self._sink: KafkaSink = SINKS.get(self._sink_settings)
        self._sent: list[FutureRecordMetadata] = []
        self._written: list[_Written] = []

    def process(self, element: Encoded | DeadLetter) -> None:
        """Sends the element's messages; raises `Unavailable` where the broker is away."""
        written = _Written(element)
        if isinstance(element, DeadLetter):
            self._send_dead_letter(element)
        else:
            for output in element.outputs:
                if self._sink.fits(output):
                    self._sent.append(self._sink.send(output))
                else:
                    written.too_large += 1
                    self._send_dead_letter(_too_large(element.message, output))
        self._written.append(written)

    def finish_bundle(self) -> None:
        """Waits for every acknowledgement; raises `Unavailable` where one does not come."""
        self._sink.confirm(self._sent)
        now = time.time()
        for written in self._written:
            _count(written, now)

    def _send_dead_letter(self, letter: DeadLetter) -> None:
        message = dead_letter_message(letter, self._topics.dead_letters, datetime.now(UTC))
        self._sent.append(self._sink.send(message))


def _count(written: _Written, now: float) -> None:
    element = written.element
    metrics.ARTICLES_WRITTEN.inc()
    metrics.END_TO_END_SECONDS.observe(max(now - element.message.timestamp_ms / 1_000, 0))
    if isinstance(element, DeadLetter):
        metrics.DEAD_LETTERS.labels(element.failure.stage, element.failure.reason).inc()
    else:
        metrics.DEAD_LETTERS.labels("write", "record-too-large").inc(written.too_large)
        if element.extraction.skipped is not None:
            metrics.ARTICLES_SKIPPED.labels(element.extraction.skipped.split()[0]).inc()
        for record in element.extraction.records:
            metrics.EXTRACTIONS.labels(type(record).__name__.lower()).inc()
            if isinstance(record, Threat):
                metrics.THREATS.labels(record.category).inc()
            elif isinstance(record, Denial):
                metrics.DENIALS.labels(record.kind).inc()


def _too_large(message: SourceMessage, output: OutputMessage) -> DeadLetter:
    size = len(output.value or b"")
    return DeadLetter(
        message,
        Failure(
            "write",
            "record-too-large",
            "RecordTooLarge",
            f"a record of {size} bytes is more than topic {output.topic} accepts; raise its "
            "max.message.bytes and send the article again",
        ),
    )


def _failure(stage: str, reason: str, error: Exception, message: str) -> Failure:
    return Failure(stage, reason, type(error).__name__, message)


def _our_failure(stage: str, reason: str, error: Exception) -> Failure:
    return _failure(stage, reason, error, "".join(traceback.format_exception(error)))
