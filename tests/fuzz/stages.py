"""One message through the pipeline's stages, what must hold of it, and messages made to harm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

from fastavro import schemaless_writer

from pipeline import metrics
from pipeline.extraction.settings import ExtractorSettings
from pipeline.messages import DeadLetter, Encoded, SourceMessage
from pipeline.serialization.dead_letters import dead_letter_schema, dead_letter_value
from pipeline.serialization.framing import AvroError
from pipeline.serialization.writer_schemas import parse_writer_schema
from pipeline.sinks.dead_letters import dead_letter_message, dead_letter_stubs
from pipeline.sinks.kafka import size_in_bytes
from pipeline.topics import TopicNames
from pipeline.transforms import Decode, Encode, Extract

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


class Stages:
    """The DoFns in their order, without a runner."""

    def __init__(self, registry: Registry, *, extract: bool = True) -> None:
        """Without ``extract`` articles are decoded, and that is all."""
        self._decode = Decode(max_article_chars=200_000, dead_letter_other_languages=False)
        self._decode._writer_of = registry
        self._later = [Extract(ExtractorSettings()), Encode(TopicNames())] if extract else []
        for stage in self._later:
            stage.setup()

    def outcome(self, message: SourceMessage) -> object:
        """What becomes of the message: exactly one thing."""
        [element] = self._decode.process(message)
        for stage in self._later:
            [element] = stage.process(element)
        return element


def check(message: SourceMessage, outcome: object) -> None:
    """Raises AssertionError where the outcome is none that downstream can rely on."""
    if not isinstance(outcome, DeadLetter):
        assert outcome.message is message
        assert not isinstance(outcome, Encoded) or all(
            isinstance(output.value, bytes) and output.topic for output in outcome.outputs
        )
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
