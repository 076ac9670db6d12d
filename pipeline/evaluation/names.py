"""The entity check: which names of actors are found as such, for a comparison with plain NER.

Counted are the different names that an article's actors go under, and not how often each stands in
it. Unlike NER's own gold, ours has no places, works and events, and a country only where it acts
or is acted on: what is found beyond the actors is false.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.evaluation.scores import Counts
from pipeline.evaluation.text import fold_name
from pipeline.records import MentionKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.evaluation.matching import ArticleMatch

_NAMING = frozenset({MentionKind.NAME, MentionKind.METONYM})


def count_names(match: ArticleMatch) -> Counts:
    """Names in common, found and in the gold."""
    gold = _names(mention for actor in match.gold.actors for mention in actor.mentions)
    found = _names(
        mention.text
        for actor in match.extraction.actors
        for mention in actor.mentions
        if mention.kind in _NAMING
    )
    return Counts(len(gold & found), len(found), len(gold))


def _names(mentions: Iterable[str]) -> frozenset[str]:
    return frozenset(fold_name(mention) for mention in mentions if _is_name(mention))


def _is_name(mention: str) -> bool:
    """Whether the last word is written like a name: "White House", not "White House official"."""
    last = mention.split()[-1:]
    return any(char.isupper() for word in last for char in word)
