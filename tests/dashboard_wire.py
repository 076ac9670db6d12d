"""A wire for the live page: topics of its own, with articles, and the records found in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib import resources

from pipeline.articles import Article, decode_json
from pipeline.extraction import default_extractor
from pipeline.messages import SourceMessage
from pipeline.records import Extraction, Threat
from pipeline.serialization.articles import encode_article
from pipeline.serialization.avro import encode
from pipeline.serialization.messages import output_messages
from pipeline.topics import TopicNames
from tests.kafka_helpers import create_topic, produce, unique_name
from tests.record_samples import THREAT


class Wire:
    """What the pipeline would have written, at times of the test's own."""

    def __init__(self, servers: str, prefix: str | None = None, partitions: int = 2) -> None:
        self.servers = servers
        self.topics = TopicNames(prefix or unique_name("live"))
        self._articles = 0
        create_topic(servers, self.topics.articles)
        for topic in (*self.topics.records, self.topics.extractions):
            create_topic(servers, topic, partitions)

    @property
    def arguments(self) -> list[str]:
        """Those of a command that reads it."""
        return ["--bootstrap-servers", self.servers, "--topic-prefix", self.topics.prefix]

    def publish(
        self, article: Article, at: int | None = None, lies_at: int | None = None
    ) -> Extraction:
        """Writes the article and what is found in it.

        ``at`` is in milliseconds since 1970. The records say that the article is at the offset
        ``lies_at``, or else where it is.
        """
        found = default_extractor().extract(article)
        produce(self.servers, self.topics.articles, [encode_article(article)], timestamp_ms=at)
        offset = self._articles if lies_at is None else lies_at
        source = SourceMessage(
            self.topics.articles, 0, offset, at or 0, key=None, value=None, headers=()
        )
        self._articles += 1
        for message in output_messages(source, found, self.topics):
            produce(
                self.servers,
                message.topic,
                [message.value or b""],
                keys=[message.key or b""],
                headers=list(message.headers),
                timestamp_ms=at,
            )
        return found

    def threats(self, actions: Iterable[str], partition: int = 0) -> list[Threat]:
        """Writes threats to do this and that, of articles that are nowhere."""
        threats = [replace(THREAT, action=action) for action in actions]
        produce(
            self.servers,
            self.topics.threats,
            [encode(threat) for threat in threats],
            keys=[threat.record_id.encode() for threat in threats],
            partition=partition,
        )
        return threats


def bundled_articles() -> Sequence[Article]:
    """The articles of the packaged feed."""
    feed = (resources.files("pipeline.data") / "feed.jsonl").read_text(encoding="utf-8")
    return [
        decode_json(json.dumps(json.loads(line)).encode(), max_chars=200_000)
        for line in feed.splitlines()
    ]
