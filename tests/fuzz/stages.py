"""One message through the pipeline's stages, what must hold of it, and messages made to harm."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import apache_beam as beam
from fastavro import schemaless_writer

from pipeline import metrics
from pipeline.articles import Article
from pipeline.extraction.settings import ExtractorSettings
from pipeline.messages import DeadLetter, Decoded, Encoded, Extracted, SourceMessage
from pipeline.records import (
    ActorRef,
    ActorType,
    Extraction,
    Field,
    Mention,
    MentionKind,
    Provenance,
    Span,
)
from pipeline.serialization.articles import encode_article
from pipeline.serialization.avro import decode, encode
from pipeline.serialization.dead_letters import dead_letter_schema, dead_letter_value
from pipeline.serialization.framing import AvroError
from pipeline.serialization.writer_schemas import parse_writer_schema
from pipeline.sinks.dead_letters import dead_letter_message, dead_letter_stubs
from pipeline.sinks.kafka import size_in_bytes
from pipeline.topics import TopicNames
from pipeline.transforms import Decode, Encode, Extract
from tests.record_samples import ACTOR, DENIAL, THREAT

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MAX_MESSAGE_BYTES = 1_048_588
"""What Kafka's topics accept unless told otherwise."""

OURS = frozenset({"extractor-error", "encoder-error"})
"""Reasons that say that our own code failed: what is looked for here."""


class Registry:
    """Schemas by id, as a registry would have them; of any other id it has none."""

    def __init__(self, schemas: dict[int, str]) -> None:
        self._schemas = schemas

    def __call__(self, schema_id: int) -> object:
        """The parsed schema; raises `AvroError` as the registry's client does."""
        if schema_id not in self._schemas:
            raise AvroError("unknown-schema", f"the registry has no schema {schema_id}")
        return parse_writer_schema(self._schemas[schema_id])


class Invent(beam.DoFn):
    """In the place of `Extract`: records that hold what the article does, without looking at it."""

    def process(self, element: Decoded | DeadLetter) -> Iterator[Extracted | DeadLetter]:
        """An actor, a threat and a denial of the article's texts."""
        if isinstance(element, DeadLetter):
            yield element
            return
        article = element.article
        all_texts = Provenance(
            article_id=article.id,
            revision=article.revision,
            source=article.source,
            published_at=article.published_at,
            extractor_version="0",
            model=article.language,
        )
        whole = Span(Field.BODY, 0, len(article.body), article.body)
        who = ActorRef(article.url or "", article.headline, ActorType.PERSON, article.language)
        said = (Mention(Field.HEADLINE, 0, 1, article.headline, MentionKind.NAME),)
        yield Extracted(
            element.message,
            Extraction(
                all_texts,
                (replace(ACTOR, provenance=all_texts, name=article.headline, mentions=said),),
                (replace(THREAT, provenance=all_texts, threatener=who, action=article.body),),
                (replace(DENIAL, provenance=all_texts, denier=who, evidence=(whole,)),),
            ),
        )


class Stages:
    """The DoFns in their order, without a runner."""

    def __init__(self, registry: Registry, *, extract: bool = True) -> None:
        """Without ``extract`` articles are decoded, and records that hold their texts encoded."""
        self._decode = Decode(max_article_chars=200_000, dead_letter_other_languages=False)
        self._decode._writer_of = registry
        self._later = [Extract(ExtractorSettings()) if extract else Invent(), Encode(TopicNames())]
        for stage in self._later:
            stage.setup()

    def outcome(self, message: SourceMessage) -> Encoded | DeadLetter:
        """What becomes of the message: exactly one thing."""
        [element] = self._decode.process(message)
        for stage in self._later:
            [element] = stage.process(element)
        return element


def check(message: SourceMessage, outcome: Encoded | DeadLetter) -> None:
    """Raises AssertionError where the outcome is none that downstream can rely on."""
    if not isinstance(outcome, DeadLetter):
        assert outcome.message is message
        for output in outcome.outputs:
            assert output.topic and output.value is not None
            assert encode(decode(output.value)) == output.value
        return
    failure = outcome.failure
    assert outcome.message is message
    assert failure.reason not in OURS, failure.message
    assert failure.reason in metrics.FAILURES[failure.stage]
    # As Kafka gets it: whole, or a stub that any topic takes.
    whole = dead_letter_message(outcome, "dead-letters", NOW)
    assert (whole.key, whole.value) == (message.key, message.value)
    last = list(dead_letter_stubs(outcome, "dead-letters", NOW, None))[-1]
    assert size_in_bytes(whole) <= MAX_MESSAGE_BYTES or size_in_bytes(last) <= MAX_MESSAGE_BYTES
    # As files get it.
    schemaless_writer(BytesIO(), dead_letter_schema(), dead_letter_value(outcome, NOW), strict=True)


def message(
    value: bytes | None, key: bytes | None = b"key", headers: tuple[tuple[str, bytes], ...] = ()
) -> SourceMessage:
    """A message with this value."""
    return SourceMessage("articles", 0, 1, 1_700_000_000_000, key, value, headers)


def article(body: str, **fields: object) -> bytes:
    """An article as JSON, lone surrogates and all."""
    return json.dumps({"id": "a", "body": body, **fields}).encode()


def monsters() -> Iterator[tuple[str, SourceMessage]]:
    """What somebody who knows the pipeline would send, each with its name."""
    for name, body in BODIES.items():
        yield name, message(article(body))
        yield f"{name}, as a headline", message(article("It denied it.", headline=body))
    for name, value in VALUES.items():
        yield name, message(value)
    large = b"x" * 2**20
    yield "an id of 1 MB", message(article("It denied it.", id="x" * 2**20), key=large)
    yield "a key of 1 MB", message(b"{", key=large)
    yield "headers without end", message(b"{", headers=(("h", b"x" * 100),) * 100_000)
    yield "a header of 1 MB", message(b"{", headers=(("h", large),))


def costly() -> Iterator[tuple[str, SourceMessage]]:
    """Articles within all limits that take as long as any is known to: most of a minute each."""
    chosen = random.Random(1)
    words = CUES_AND_NAMES.split()
    salad = "".join(" ".join(chosen.choices(words, k=900)) + ".\n" for _ in range(60))
    yield "sentences of 900 cues", message(article(salad[:199_000]))
    quoted = "“" + "We will attack them and he said it was no lie of ours, " * 65 + "” he said.\n"
    yield "quotations of 900 words", message(article((quoted * 60)[:199_000]))


def whole_values() -> Iterator[bytes]:
    """Whole articles, to be changed: in JSON, and in Avro with either framing."""
    fields = {"headline": "h", "published_at": "2026-01-01", "revision": 1, "status": "usable"}
    yield article("b", source="s", url="u", language="en", **fields)
    whole = encode_article(Article(id="a", body="b", published_at=NOW))
    yield whole
    yield from (b"\x00" + number.to_bytes(4, "big") + whole[10:] for number in range(1, 8))


CUES_AND_NAMES = """
    Iran Norway Moscow Kremlin U.N. NATO Ida Holt Peru’s the a minister army spokesman he she it
    they we you his who that which if unless or would will not never no threatened warned denied
    said told accused of to by with any such on Monday Mr. Gen. strike attack kill sanctions ban
"""

BODIES = {
    "a sentence of 50,000 words": "word " * 40_000,
    "a sentence of 1,000 words": "Iran warned that " + "it and " * 495 + "it would attack.",
    "a word of 200,000 letters": "a" * 199_000,
    "100,000 nested quotation marks": "“" * 99_000 + "no" + "”" * 99_000,
    "three marks of each kind": "\"'“‘«„" * 30_000,
    "a combining storm": "a" + "\u0301" * 199_000,
    "zero-width joiners": "a\u200d" * 99_000,
    "right-to-left overrides": "\u202ewarned \u202c" * 18_000,
    "emoji": "🤷🏽‍♀️" * 30_000,
    "NULs": "It \0denied\0 it.\0" * 10_000,
    "line breaks of every kind": "a\r\n\x0b\x0c\x85\u2028\u2029" * 20_000,
    "lone surrogates": "It denied \ud800\udfff it.",
    "threats without end": "Norway warned that it would attack unless Iran paid. " * 3_700,
    "denials without end": "The ministry denied that Iran had threatened it. " * 4_000,
    "brackets": "(" * 99_000 + ")" * 99_000,
    "one address": "http://" + "a.b/" * 49_000,
    "spaces": " " * 190_000 + "x",
    "tickers and datelines": "KYIV (Reuters) - <ABC.L> " * 7_900,
}  # fmt: skip

_DEEP = 1_000_000
VALUES = {
    "nothing": b"",
    "10 MB of text": article("x" * 10_000_000),
    "10 MB of no text": b"\xff" * 10_000_000,
    "JSON arrays in each other": b"[" * _DEEP,
    "JSON objects in each other": b'{"a":' * _DEEP,
    "JSON that is deep in a field": b'{"id":"a","body":"b","x":' + b"[" * 5_000,
    "a number of a million digits": b'{"id":"a","body":"b","revision":' + b"9" * _DEEP + b"}",
    "a number that is none": b'{"id":"a","body":"b","published_at":NaN}',
    "an endless number": b'{"id":"a","body":"b","published_at":1e999}',
    "the year 1": article("It denied it.", published_at="0001-01-01T00:00:00+14:00"),
    "the year 1, as a number": article("It denied it.", published_at=-62_135_596_800_000),
    "the year 9999": article("It denied it.", published_at="9999-12-31T23:59:59.999-14:00"),
    "the year 9999, as a number": article("It denied it.", published_at=253_402_300_799_999),
    "the year 10000": article("It denied it.", published_at=253_402_300_800_000),
    "an id that is a path": article("It denied it.", id="../../etc/passwd\0\n\x1b[2J"),
    "an id that is no text": article("It denied it.", id="\ud800"),
    "a language of 1 MB": article("It denied it.", language="en-" + "a-" * 500_000),
    "keys without end": json.dumps(dict.fromkeys(map(str, range(200_000)))).encode(),
    "single-object encoding of nothing": b"\xc3\x01",
    "a fingerprint of nobody": b"\xc3\x01" + bytes(8),
    "a schema id that nobody has": b"\x00" + (99).to_bytes(4, "big") + b"x",
    "a record within itself": b"\x00" + (2).to_bytes(4, "big") + b"\x02" * 10_000,
    "items that take no bytes": b"\x00" + (3).to_bytes(4, "big") + b"\xfe" * 9 + b"\x01",
    "a text of 2^62 bytes": b"\x00" + (1).to_bytes(4, "big") + b"\xfe" * 9 + b"\x3f",
}  # fmt: skip
