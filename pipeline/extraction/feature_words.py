"""What the features that rules look at say, in words, read from ``knowledge/features.json``."""

from __future__ import annotations

from functools import cache

from pipeline.extraction.categories import name_of
from pipeline.extraction.lexicon import knowledge

_CODE = "code:"
_FRAME = "frame:"


@cache
def _words(kind: str) -> dict[str, str]:
    data = knowledge("features.json")
    words: dict[str, str] = data["around"] | data[kind]
    return words


def words_of(kind: str, feature: str) -> str | None:
    """What ``feature`` says of a candidate of ``kind``; None where no one has put it in words."""
    if "+" in feature:
        first, _, other = feature.partition("+")
        parts = [words_of(kind, first), words_of(kind, other)]
        return ", and ".join(part for part in parts if part is not None) or None
    if feature.startswith(_CODE):
        return f"the harm is of category {feature[len(_CODE) :]}, {name_of(feature[len(_CODE) :])}"
    return _words(kind).get(feature)
