"""The article as the pipeline sees it, whatever form it arrived in.

Knows nothing of Kafka, Beam or spaCy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ArticleStatus(StrEnum):
    """Whether the wire still stands by an article."""

    USABLE = "usable"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Article:
    """One revision of one news article."""

    id: str
    """The wire's own identifier; the same for every revision of an article."""
    body: str
    """The text below the headline; empty only for a withdrawal."""
    source: str = ""
    """The agency or outlet that published it."""
    url: str | None = None
    headline: str = ""
    published_at: datetime | None = None
    """When it was published: aware, UTC, whole milliseconds; None where the wire does not say."""
    language: str = "en"
    """A BCP 47 tag."""
    revision: int = 0
    """Counts the wire's corrections of the article, from 0."""
    status: ArticleStatus = ArticleStatus.USABLE
