"""Scoring quotations: is the speaker right, and how much of the words was found.

The measures are those by which BBC Citron is published (its `scripts/evaluate`), so that the
figures can stand side by side: the speaker's must be exact; the content's are counted by words
that the quotations found have in common with the gold's. Ours is the harder speaker: the actor's
canonical name and not the words that stand beside the verb ("he").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.evaluation.matching import Pairs, assign
from pipeline.evaluation.scores import Counts
from pipeline.evaluation.text import fold_name, half_in_common
from pipeline.records import Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.evaluation.gold import GoldPassage
    from pipeline.extraction.quotations import Quotation


@dataclass(frozen=True, slots=True)
class PassageMatch:
    """One passage's gold and what was found, side by side."""

    gold: GoldPassage
    found: tuple[Quotation, ...]
    pairs: Pairs
    right: frozenset[int]
    """Gold places whose pair has the right speaker."""
    missed: tuple[int, ...]
    """Gold places that nothing answers."""
    spurious: tuple[int, ...]
    """Found quotations that answer nothing; a further piece of a matched one by the same speaker
    is neither right nor wrong.
    """
    words: Counts
    """Words in quotations: in common, found, and in the gold."""


def match_passage(gold: GoldPassage, quotations: Iterable[Quotation]) -> PassageMatch:
    """Matches every quotation with one of the gold, those with the right speaker first."""
    found = tuple(quotations)
    wanted = [
        _words(gold.text, [_place(gold.text, piece) for piece in quote.content])
        for quote in gold.quotes
    ]
    told = [_words(gold.text, _places(quotation)) for quotation in found]
    candidates = []
    for place, quote in enumerate(gold.quotes):
        for index, quotation in enumerate(found):
            common = len(wanted[place] & told[index])
            if common:
                agrees = same_speaker(quotation.speaker, quote.speaker)
                candidates.append((agrees, common, place, index))
    pairs = assign(candidates)
    taken = set(pairs.values())
    carried_on = {index for agrees, _, place, index in candidates if agrees and place in pairs}
    in_gold, in_found = frozenset[int]().union(*wanted), frozenset[int]().union(*told)
    return PassageMatch(
        gold=gold,
        found=found,
        pairs=pairs,
        right=frozenset(
            place
            for place, index in pairs.items()
            if same_speaker(found[index].speaker, gold.quotes[place].speaker)
        ),
        missed=tuple(place for place in range(len(gold.quotes)) if place not in pairs),
        spurious=tuple(i for i in range(len(found)) if i not in taken and i not in carried_on),
        words=Counts(len(in_gold & in_found), len(in_found), len(in_gold)),
    )


def count_passage(match: PassageMatch) -> dict[str, Counts]:
    """The figures of a passage."""
    found = len(match.pairs) + len(match.spurious)
    gold = len(match.gold.quotes)
    return {
        "quotes found": Counts(len(match.pairs), found, gold),
        "quotes speaker": Counts(len(match.right), found, gold),
        "quotes content, by words": match.words,
    }


def same_speaker(found: str, wanted: str) -> bool:
    """Whether the names are one; someone without a name, by half of the words."""
    if wanted[:1].islower():
        return half_in_common(found, wanted)
    return fold_name(found) == fold_name(wanted)


def _place(text: str, piece: str) -> tuple[int, int]:
    start = text.index(piece)
    return start, start + len(piece)


def _places(quotation: Quotation) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in quotation.content if span.field is Field.BODY]


def _words(text: str, places: Sequence[tuple[int, int]]) -> frozenset[int]:
    """The words that stand in the places, by the offset of their first characters."""
    return frozenset(
        start + word.start()
        for start, end in places
        for word in re.finditer(r"\w+", text[start:end])
    )
