"""The numbered wire holds all that a real one does: news, corrections, withdrawals, and junk."""

from __future__ import annotations

from collections import Counter

import pytest

from pipeline.articles import ArticleError, ArticleStatus
from pipeline.serialization.articles import decode_article
from tests.chaos.accounts import Letter
from tests.chaos.articles import wire_article

MANY = 400


def test_an_article_follows_from_its_number_and_each_message_is_of_its_own() -> None:
    assert wire_article(33) == wire_article(33)
    assert len({wire_article(number).value for number in range(MANY)}) == MANY


def test_what_is_expected_of_a_message_is_what_decoding_makes_of_it() -> None:
    kinds: Counter[str] = Counter()
    reasons = set()
    for number in range(MANY):
        message = wire_article(number)
        if message.version is None:
            with pytest.raises(ArticleError) as raised:
                decode_article(message.value)
            reasons.add(raised.value.reason)
            assert isinstance(message.expected, Letter)
            kinds["undecodable"] += 1
            continue
        article = decode_article(message.value)
        assert (article.id, article.revision) == message.version
        assert article.id.encode() == message.key
        withdrawn = article.status is ArticleStatus.WITHDRAWN
        kinds["withdrawn" if withdrawn else f"revision {article.revision}"] += 1
    assert kinds.keys() == {"undecodable", "withdrawn", "revision 0", "revision 1"}
    assert len(reasons) > 1


def test_revisions_of_an_article_come_in_their_order() -> None:
    seen: dict[str, int] = {}
    for number in range(MANY):
        version = wire_article(number).version
        if version is not None:
            assert version.revision > seen.get(version.article_id, -1)
            seen[version.article_id] = version.revision
