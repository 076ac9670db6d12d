"""Learns what each sign weighs that a denial is of a threat, from annotated text: ``make train``.

Every denial found, held against every threat found in its article, is an example; one that is of a
further telling only of what the annotation has is none. What is found must be what weights find
that were not learned from the same text, for else there is hardly a false threat among the
examples, and what is learned links to false ones; so `training.py` hands over the records that it
makes of each part of the gold by what the others taught. `map_regression.py` weighs the signs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.evaluation.map_regression import relearn
from pipeline.evaluation.matching import evidence_places, match_article, overlap, sentence_of
from pipeline.extraction.linking import link_weights

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.evaluation.gold import GoldArticle
    from pipeline.evaluation.matching import Matching
    from pipeline.extraction.tracing import Trace
    from pipeline.records import Denial, Extraction, Threat

PRECISION = 1.0
"""Inverse variance of the prior: few pairs outweigh it, for the signs are few."""
BIAS = -4.5
"""Expected log odds of a pair without any sign."""

Example = tuple[frozenset[str], bool]


def examples(gold: GoldArticle, extraction: Extraction, trace: Trace) -> Iterator[Example]:
    """The pairs of denial and threat found in an article, and whether the one is of the other."""
    match = match_article(gold, extraction)
    denials = _places(match.denials, extraction.denials)
    threats = _places(match.threats, extraction.threats)
    records = {threat.record_id for threat in extraction.threats}
    for made in trace.made:
        if made.record.record_id not in denials:
            continue
        at = denials[made.record.record_id]
        denied = gold.denials[at].denies if at is not None else ()
        told = [words for place in denied for words in gold.threats[place].evidence]
        for tried in made.links:
            if tried.threat.record_id in threats:
                yield tried.signs, threats[tried.threat.record_id] in denied
            elif tried.threat.record_id not in records:
                # Too unlikely to be a record but for the denial.
                sentences = [sentence_of(gold.text, words) for words in told]
                yield tried.signs, overlap(evidence_places(tried.threat), sentences) > 0


def _places(matching: Matching, records: Sequence[Threat | Denial]) -> dict[str, int | None]:
    """Which record of the gold each of those found is; None for what the gold has not."""
    places: dict[str, int | None] = {
        records[index].record_id: place for place, index in matching.pairs.items()
    }
    return places | dict.fromkeys(records[index].record_id for index in matching.spurious)


def learn_links(found: Sequence[Example]) -> None:
    """Learn from these pairs, and let the extraction go by it from now on."""
    links = sum(is_link for _, is_link in found)
    print(f"links: {len(found)} pairs, {links} of them links")  # noqa: T201
    relearn("links.json", found, bias=BIAS, precision=PRECISION)
    link_weights.cache_clear()
