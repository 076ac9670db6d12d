"""Sending dead letters again to the topics that they came from.

An original goes back as it was (key, value, headers), with a header that counts how often it has
been sent again, and the pipeline reads it like any article. What would do no good or harm is
refused, with its reason: a letter that was sent again too often, one that would fail the same
way, one whose article has a newer revision by now, one of a topic that nobody named. What was sent
again and failed again lies there twice: then the newer letter counts, or a few replays would make
a crowd of it.

Replaying is at least once: a second replay sends the same letters again. That does no harm, for
the same article gives the same records under the same ids.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fastavro
from kafka import KafkaProducer, TopicPartition

from pipeline.articles import Article, ArticleError
from pipeline.dead_letters import Wanted
from pipeline.kafka_clients import client_settings
from pipeline.kafka_security import Cluster
from pipeline.pruning import articles_on
from pipeline.refusals import Right, needing
from pipeline.serialization.articles import decode_article
from pipeline.sinks.dead_letters import RETRIES_HEADER
from pipeline.sinks.kafka import MAX_REQUEST_BYTES
from pipeline.sources.readback import begins_of, ends_of, read_between

if TYPE_CHECKING:
    from kafka.producer.future import FutureRecordMetadata

    from pipeline.dead_letters import StoredDeadLetter
    from pipeline.serialization.framing import WriterSchemas

_LOGGER = logging.getLogger(__name__)

MAX_UNACKNOWLEDGED = 500
ACKNOWLEDGEMENT_SECONDS = 30.0

REFUSALS = {
    "too-many-retries": "sent again as often as --max-retries allows",
    "failed-again": "sent again before and failed again, of which there is a letter of its own",
    "would-fail-again": "can't be decoded now either; --undecodable sends it all the same",
    "older-revision": "the topic of extractions has a newer revision of the article",
    "other-topic": "from a topic that --input-topic does not name",
    "value-lost": "too large for its topic, and neither file nor source topic has it any more",
}
"""Why a letter is not sent, by a short name."""


_Identity = tuple[str, bytes, str]


@dataclass(frozen=True, slots=True)
class ReplayRules:
    """What may be sent again."""

    topics: frozenset[str]
    """The topics that it may be sent to: a letter's own word is not enough."""
    max_retries: int
    undecodable: bool
    """Send what can't be decoded now, too."""
    max_article_chars: int
    writer_of: WriterSchemas | None = None
    """Finds the schemas of articles in the Confluent wire format; None without a registry."""
    wanted: Wanted = field(default_factory=Wanted)


@dataclass(slots=True)
class ReplayPlan:
    """Which letters are sent again, and why the others are not."""

    to_send: list[StoredDeadLetter] = field(default_factory=list)
    refused: list[tuple[StoredDeadLetter, str]] = field(default_factory=list)
    """With the short names of `REFUSALS`."""

    @property
    def refusals(self) -> Counter[str]:
        """How many were refused, by reason."""
        return Counter(reason for _, reason in self.refused)


def plan(
    letters: Iterable[StoredDeadLetter],
    rules: ReplayRules,
    *,
    cluster: Cluster,
    extractions: str,
) -> ReplayPlan:
    """Decides about each letter that is wanted.

    ``letters`` are all that there are, for they tell what was sent again before; ``extractions``
    is the topic that has the newest revisions.

    Raises `CommandError` where that topic is missing, and `kafka.errors.KafkaError` where no
    broker answers.
    """
    made = ReplayPlan()
    may: list[tuple[StoredDeadLetter, Article | None]] = []
    wanted, retries = _wanted(letters, rules.wanted)
    for letter in wanted:
        refusal = _refusal(letter, rules, retries[_original_of(letter)])
        whole = None if refusal else _whole(letter, cluster)
        article = None if whole is None else _article(whole, rules)
        if whole is None:
            made.refused.append((letter, refusal or "value-lost"))
        elif whole.retries >= rules.max_retries:
            # A stub may lack the header that counts.
            made.refused.append((letter, "too-many-retries"))
        elif article is None and not rules.undecodable:
            made.refused.append((letter, "would-fail-again"))
        else:
            may.append((whole, article))
    newest = _newest(cluster, extractions, [article for _, article in may if article])
    for letter, article in may:
        if article is not None and article.revision < newest.get(article.id, 0):
            made.refused.append((letter, "older-revision"))
        else:
            made.to_send.append(letter)
    return made


def _wanted(
    letters: Iterable[StoredDeadLetter], wanted: Wanted
) -> tuple[list[StoredDeadLetter], dict[_Identity, int]]:
    """The letters that are wanted, and how often each original was sent again by any letter."""
    found: list[StoredDeadLetter] = []
    retries: dict[_Identity, int] = {}
    for letter in letters:
        original = _original_of(letter)
        retries[original] = max(letter.retries, retries.get(original, 0))
        if wanted.holds(letter):
            found.append(letter)
    return found, retries


def _original_of(letter: StoredDeadLetter) -> _Identity:
    """What letters of one original have in common, however often it was sent again."""
    if letter.stub is not None:
        # It may have no more of it than that.
        return letter.topic, b"", letter.stub.sha256
    told_apart_by = b"" if letter.value else letter.key or b""
    return letter.topic, told_apart_by, hashlib.sha256(letter.value or b"").hexdigest()


def _refusal(letter: StoredDeadLetter, rules: ReplayRules, retries: int) -> str | None:
    """Why it is not sent; ``retries``: how often any letter of the same original was."""
    if letter.topic not in rules.topics:
        return "other-topic"
    if letter.retries < retries:
        return "failed-again"
    return "too-many-retries" if letter.retries >= rules.max_retries else None


def _article(letter: StoredDeadLetter, rules: ReplayRules) -> Article | None:
    """The article in the letter; None where none can be had of it."""
    try:
        return decode_article(
            letter.value or b"", max_chars=rules.max_article_chars, writer_of=rules.writer_of
        )
    except ArticleError:
        return None


def _newest(cluster: Cluster, extractions: str, articles: Collection[Article]) -> dict[str, int]:
    """The highest revision of each of these articles on the topic of extractions."""
    if not articles:
        return {}
    keys = {article.id.encode() for article in articles}
    _, found = articles_on(cluster, extractions, keys)
    return {entry.key.decode(): entry.revision for entry in found.values()}


def _whole(letter: StoredDeadLetter, cluster: Cluster) -> StoredDeadLetter | None:
    """The letter with its value, which a stub has not; None where nobody has it any more."""
    if letter.stub is None:
        return letter
    stored = _from_file(letter.stub.stored_at) or _from_source(letter, cluster)
    if stored is None:
        return None
    key, value, headers = stored
    if hashlib.sha256(value or b"").hexdigest() != letter.stub.sha256:
        return None
    return replace(letter, key=key, value=value, headers=headers)


_Original = tuple["bytes | None", "bytes | None", "tuple[tuple[str, bytes], ...]"]


def _from_file(path: str | None) -> _Original | None:
    if path is None or not Path(path).is_file():
        return None
    try:
        with Path(path).open("rb") as file:
            record: Any = next(iter(fastavro.reader(file)))
        headers = tuple((header["name"], header["value"]) for header in record["headers"])
        return record["key"], record["value"], headers
    except Exception as error:
        # The path is the letter's own word, and what fastavro raises on another file is any.
        _LOGGER.warning("%s holds no dead letter: %s: %s", path, type(error).__name__, error)
        return None


def _from_source(letter: StoredDeadLetter, cluster: Cluster) -> _Original | None:
    place = TopicPartition(letter.topic, letter.source_partition)
    begin = begins_of(cluster, (letter.topic,)).get(place, 0)
    end = ends_of(cluster, (letter.topic,)).get(place, 0)
    if not begin <= letter.source_offset < end:
        return None
    ends = {place: letter.source_offset + 1}
    for message in read_between(cluster, {place: letter.source_offset}, ends):
        if message.offset == letter.source_offset:
            return message.key, message.value, tuple(message.headers)
    return None


def send_again(
    letters: Sequence[StoredDeadLetter],
    cluster: Cluster,
    *,
    on_progress: Callable[[int], None] = lambda acknowledged: None,
) -> int:
    """Sends the letters to their source topics; gives how many, all of them acknowledged.

    ``on_progress`` is called with the number acknowledged so far. Raises
    `kafka.errors.KafkaError` where a broker does not answer or refuses; what was sent stays sent.
    """
    producer = KafkaProducer(
        **client_settings(cluster, role="replay"),
        acks="all",
        enable_idempotence=True,
        allow_auto_create_topics=False,
        max_request_size=MAX_REQUEST_BYTES,
        max_block_ms=int(ACKNOWLEDGEMENT_SECONDS * 1_000),
        delivery_timeout_ms=int(ACKNOWLEDGEMENT_SECONDS * 1_000),
    )
    sent: deque[FutureRecordMetadata] = deque()
    acknowledged = 0
    try:
        with needing(Right.WRITE, (letter.topic for letter in letters)):
            for letter in letters:
                kept = [(name, value) for name, value in letter.headers if name != RETRIES_HEADER]
                sent.append(
                    producer.send(
                        letter.topic,
                        key=letter.key,
                        # Kafka's client refuses a message with neither.
                        value=b"" if letter.key is None and letter.value is None else letter.value,
                        headers=[*kept, (RETRIES_HEADER, str(letter.retries + 1).encode())],
                    )
                )
                while len(sent) >= MAX_UNACKNOWLEDGED:
                    sent.popleft().get(timeout=ACKNOWLEDGEMENT_SECONDS)
                    acknowledged += 1
                    on_progress(acknowledged)
            producer.flush(ACKNOWLEDGEMENT_SECONDS)
            while sent:
                sent.popleft().get(timeout=ACKNOWLEDGEMENT_SECONDS)
                acknowledged += 1
            on_progress(acknowledged)
    finally:
        # All is acknowledged, or we have failed: there is nothing more to wait for.
        producer.flush = lambda timeout=None: None
        producer.close(timeout=0)
    return acknowledged
