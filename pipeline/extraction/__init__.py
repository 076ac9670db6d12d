"""Actors, threats and denials of one article: a pure function of the article."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.articles import Article
    from pipeline.extraction.extractor import Extractor
    from pipeline.records import Extraction


@cache
def default_extractor() -> Extractor:
    """The process's extractor with the default pipeline; loads it when first asked for."""
    from pipeline.extraction.extractor import Extractor

    return Extractor()


def extract(article: Article) -> Extraction:
    """Everything that the default pipeline finds in ``article``."""
    return default_extractor().extract(article)
