"""Learns what each sign weighs that a denial is of a threat, from annotated text: ``make train``.

Every denial found, held against every threat found in its article, is an example; one that is of a
further telling only of what the annotation has is none. `map_regression.py` weighs the signs.

    python -m pipeline.evaluation.link_training GOLD...

writes the weights into ``links.json``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.evaluation.gold import GoldArticle, load_gold
from pipeline.evaluation.map_regression import relearn
from pipeline.evaluation.matching import match_article
from pipeline.extraction import default_extractor, tracing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.evaluation.matching import Matching
    from pipeline.records import Denial, Threat

PRECISION = 1.0
"""Inverse variance of the prior: few pairs outweigh it, for the signs are few."""
BIAS = -4.5
"""Expected log odds of a pair without any sign."""

Example = tuple[frozenset[str], bool]


def examples(paths: Iterable[Path]) -> Iterator[Example]:
    """The pairs of denial and threat in these files, and whether the one is of the other.

    Raises `GoldError` where a file is no gold.
    """
    for path in paths:
        for gold in load_gold(path).rows:
            if isinstance(gold, GoldArticle):
                yield from of_article(gold)


def of_article(gold: GoldArticle) -> Iterator[Example]:
    """The pairs of one article."""
    with tracing.collecting() as trace:
        extraction = default_extractor().extract(gold.article)
    match = match_article(gold, extraction)
    denials = _places(match.denials, extraction.denials)
    threats = _places(match.threats, extraction.threats)
    for made in trace.made:
        if made.record.record_id not in denials:
            continue
        at = denials[made.record.record_id]
        denied = gold.denials[at].denies if at is not None else ()
        for tried in made.links:
            if tried.threat.record_id in threats:
                yield tried.signs, threats[tried.threat.record_id] in denied


def _places(matching: Matching, records: Sequence[Threat | Denial]) -> dict[str, int | None]:
    """Which record of the gold each of those found is; None for what the gold has not."""
    places: dict[str, int | None] = {
        records[index].record_id: place for place, index in matching.pairs.items()
    }
    return places | dict.fromkeys(records[index].record_id for index in matching.spurious)


def main(paths: Sequence[Path]) -> None:
    """Learns from these files and writes what was learned."""
    found = list(examples(paths))
    links = sum(is_link for _, is_link in found)
    print(f"links: {len(found)} pairs, {links} of them links")  # noqa: T201
    relearn("links.json", found, bias=BIAS, precision=PRECISION)


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
