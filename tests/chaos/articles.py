"""The numbered articles of the wire: most are news, some correct others, some can't be decoded.

What an article is follows from its number alone, so whoever reads its number from the message's
header knows all about it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.chaos.accounts import Expected, Letter, Version, digest
from tests.numbered_articles import numbered_article

NUMBER_HEADER = "chaos-number"

REVISION_BEHIND = 13
"""How many articles later a correction comes."""

WITHDRAWAL_BEHIND = 25
"""How many articles later a withdrawal comes; behind the correction."""


@dataclass(frozen=True, slots=True)
class WireArticle:
    """A message for the wire."""

    number: int
    key: bytes
    value: bytes
    version: Version | None
    """None where the message can't be decoded, and so becomes a dead letter."""

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """What the message carries beside key and value."""
        return [(NUMBER_HEADER, str(self.number).encode())]

    @property
    def expected(self) -> Expected:
        """What the pipeline has to make of it."""
        if self.version is None:
            return Letter(digest(self.key, self.value, self.headers))
        return self.version


def wire_article(number: int) -> WireArticle:
    """The article with this number; of twenty, one is undecodable, two correct, one withdraws."""
    key, value = numbered_article(number)
    if number % 20 == 7:
        return WireArticle(number, key, _undecodable(number, value), None)
    if number % 10 == 3 and number > REVISION_BEHIND:
        return _revised(number, number - REVISION_BEHIND, revision=1)
    if number % 20 == 15 and number > WITHDRAWAL_BEHIND:
        return _revised(number, number - WITHDRAWAL_BEHIND, revision=2, status="withdrawn")
    return WireArticle(number, key, value, Version(key.decode(), 0))


def _revised(number: int, of: int, **changes: object) -> WireArticle:
    key, value = numbered_article(of)
    article = json.loads(value) | changes
    article["body"] = f"{article['body']}This corrects what was told on pier {of}.\n"
    version = Version(article["id"], article["revision"])
    return WireArticle(number, key, json.dumps(article).encode(), version)


def _undecodable(number: int, value: bytes) -> bytes:
    without_body = {"id": f"article-{number}", "headline": "No body"}
    ways = (value[: len(value) // 2], json.dumps(without_body).encode(), b"\xff\xfe" + value)
    return ways[number // 20 % len(ways)]
