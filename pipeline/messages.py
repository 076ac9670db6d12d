"""What travels between the stages: Kafka messages and the outcome of each stage for one of them.

One message of the source topic gives one outcome in each stage; a failure travels on as a
`DeadLetter` past the stages behind it, so that the way from source to sink has no branch.
Knows nothing of Kafka clients, Beam or spaCy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.articles import Article
    from pipeline.records import Extraction

Headers = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class SourceMessage:
    """A message as it was read from Kafka."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    """Milliseconds since 1970, set by the producer or the broker."""
    key: bytes | None
    value: bytes | None
    headers: Headers = ()

    @property
    def size(self) -> int:
        """Bytes of key, value and headers."""
        headers = sum(len(name.encode()) + len(value) for name, value in self.headers)
        return len(self.key or b"") + len(self.value or b"") + headers

    @property
    def place(self) -> str:
        """Where it lies, as ``topic[partition]@offset``."""
        return f"{self.topic}[{self.partition}]@{self.offset}"


@dataclass(frozen=True, slots=True)
class OutputMessage:
    """A message to be written to Kafka; its timestamp is the time of writing."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message could not be processed."""

    stage: str
    """Where it failed: "decode", "extract", "encode" or "write"."""
    reason: str
    """A short name out of a bounded set, for metrics and filters."""
    error_class: str
    message: str
    """For people; may span lines (a traceback, where the fault is ours)."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The message holds an article to look into."""

    message: SourceMessage
    article: Article


@dataclass(frozen=True, slots=True)
class Extracted:
    """The article has been looked into."""

    message: SourceMessage
    extraction: Extraction


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """The message could not be processed; it is kept whole, with the reason."""

    message: SourceMessage
    failure: Failure
    article_id: str | None = None
    """For the log; None where no article could be read."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """The records of one message, ready to be written."""

    message: SourceMessage
    extraction: Extraction
    outputs: tuple[OutputMessage, ...]
    """In the order of ``extraction.records``, then the extraction itself; none where the
    article was skipped for its language."""
