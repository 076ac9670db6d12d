"""Short ways to read a text in tests, with the real pipeline."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.articles import Article
from pipeline.extraction import default_extractor
from pipeline.records import Actor, Extraction, MentionKind

PUBLISHED = datetime(2026, 3, 1, tzinfo=UTC)


def read(body: str, headline: str = "", published_at: datetime | None = PUBLISHED) -> Extraction:
    article = Article(id="a", body=body, headline=headline, published_at=published_at)
    return default_extractor().extract(article)


def actors(body: str, **article: object) -> dict[str, Actor]:
    return {actor.name: actor for actor in read(body, **article).actors}


def mentions(actor: Actor, kind: MentionKind | None = None) -> list[str]:
    return [mention.text for mention in actor.mentions if kind in {None, mention.kind}]
