"""Runs an extraction over a gold file and counts what it got right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pipeline.articles import Article
from pipeline.evaluation.gold import GoldArticle, GoldFile, GoldSentence, Label
from pipeline.evaluation.matching import ArticleMatch, match_article, same_actor
from pipeline.evaluation.names import count_names
from pipeline.evaluation.quotes import PassageMatch, count_passage, match_passage
from pipeline.evaluation.scores import Counts, Score, Share, score
from pipeline.evaluation.text import fold_name, half_in_common
from pipeline.records import Extraction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.evaluation.gold import GoldDenial, GoldPassage, GoldThreat
    from pipeline.evaluation.matching import Matching
    from pipeline.extraction.quotations import Quotation
    from pipeline.records import Denial, Threat

Extract = Callable[[Article], Extraction]


class Finder(Protocol):
    """What can be measured: our extraction, or a toy."""

    def extract(self, article: Article) -> Extraction:
        """The records of an article."""
        ...

    def quotations(self, article: Article) -> Sequence[Quotation]:
        """What the article brings forward as said."""
        ...


@dataclass(frozen=True, slots=True)
class SentenceResult:
    """A sentence of the gold, and what was found in it."""

    gold: GoldSentence
    extraction: Extraction

    @property
    def found(self) -> frozenset[Label]:
        """The kinds of which at least one record came out."""
        kinds = {Label.THREAT: self.extraction.threats, Label.DENIAL: self.extraction.denials}
        return frozenset(label for label, records in kinds.items() if records)


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one gold file, and the cases behind them."""

    name: str
    rows: int
    scores: dict[str, Score]
    """By name of the figure: "threats record", "denials detection" and so on."""
    agreement: dict[str, Share]
    """Among matched pairs: how many agree on one field ("threat modality")."""
    false_records: Share | None
    """NONE rows with any record, for sentence gold."""
    articles: tuple[ArticleMatch, ...] = ()
    sentences: tuple[SentenceResult, ...] = ()
    passages: tuple[PassageMatch, ...] = ()
    labels: frozenset[Label] = frozenset()
    """The labels that sentence gold was made for: what it has no row of is not counted."""


def evaluate(gold: GoldFile, extract: Extract) -> Report:
    """Measures an extraction on a gold file.

    Whatever ``extract`` raises passes through: gold must be extractable without an error.
    """
    extractions = [extract(row.article) for row in gold.rows]
    return evaluate_extractions(gold, extractions)


def measure(
    gold: GoldFile, finder: Finder, rows: Iterable[GoldArticle | GoldSentence | GoldPassage]
) -> Report:
    """As `evaluate`, for gold of any sort.

    ``rows`` are those of the gold, in their order; a caller may show by them how far it has come.
    """
    if gold.passages:
        return evaluate_quotations(gold, [finder.quotations(row.article) for row in rows])
    return evaluate_extractions(gold, [finder.extract(row.article) for row in rows])


def evaluate_quotations(gold: GoldFile, found: Sequence[Sequence[Quotation]]) -> Report:
    """The figures of quote gold, with the quotations of its rows, in their order."""
    matches = tuple(map(match_passage, gold.passages, found))
    counts: dict[str, list[Counts]] = defaultdict(list)
    for match in matches:
        for figure, row in count_passage(match).items():
            counts[figure].append(row)
    return Report(
        name=gold.name,
        rows=len(matches),
        scores={figure: score(rows) for figure, rows in counts.items()},
        agreement={},
        false_records=None,
        passages=matches,
    )


def evaluate_extractions(gold: GoldFile, extractions: Sequence[Extraction]) -> Report:
    """As `evaluate`, with the extractions of the rows, in their order, already made."""
    if gold.articles:
        return _articles(gold.name, zip(gold.articles, extractions, strict=True))
    return _sentences(gold.name, zip(gold.sentences, extractions, strict=True))


def _articles(name: str, rows: Iterable[tuple[GoldArticle, Extraction]]) -> Report:
    matches = tuple(match_article(gold, extraction) for gold, extraction in rows)
    counts: dict[str, list[Counts]] = defaultdict(list)
    agreement: dict[str, Share] = {}
    for match in matches:
        for figure, row in _count(match).items():
            counts[figure].append(row)
        for field, agrees in _agreements(match):
            agreement[field] = agreement.get(field, Share()) + Share(int(agrees), 1)
    return Report(
        name=name,
        rows=len(matches),
        scores={figure: score(rows_) for figure, rows_ in counts.items()},
        agreement=agreement,
        false_records=None,
        articles=matches,
    )


def _count(match: ArticleMatch) -> dict[str, Counts]:
    links = match.links
    return {
        "actors identity": _counts(match.actors, len(match.actors.pairs)),
        "actors canonical": _counts(match.actors, len(match.actors.canonical)),
        "actors names": count_names(match),
        "threats detection": _counts(match.threats, len(match.threats.pairs)),
        "threats record": _counts(match.threats, len(match.threats.agreeing)),
        "threats record, canonical": _counts(match.threats, len(match.threats.canonical)),
        "denials detection": _counts(match.denials, len(match.denials.pairs)),
        "denials record": _counts(match.denials, len(match.denials.agreeing)),
        "denials record, canonical": _counts(match.denials, len(match.denials.canonical)),
        "links": Counts(
            len(links.found),
            len(links.found) + len(links.spurious),
            len(links.found) + len(links.missed),
        ),
    }


def _counts(matching: Matching, right: int) -> Counts:
    paired = len(matching.pairs)
    return Counts(right, paired + len(matching.spurious), paired + len(matching.missed))


def _agreements(match: ArticleMatch) -> Iterable[tuple[str, bool]]:
    for place, index in match.actors.pairs.items():
        wanted, found = match.gold.actors[place], match.extraction.actors[index]
        yield "actor type", found.type is wanted.type
        yield "actor country", found.country == wanted.country
        yield "actor role", _same_phrase(wanted.role, found.role)
    for place, index in match.threats.pairs.items():
        fields = threat_agreement(match, match.gold.threats[place], match.extraction.threats[index])
        yield from ((f"threat {name}", agrees) for name, agrees in fields.items())
    for place, index in match.denials.pairs.items():
        denial = match.extraction.denials[index]
        fields = denial_agreement(match, match.gold.denials[place], denial)
        yield from ((f"denial {name}", agrees) for name, agrees in fields.items())


def threat_agreement(match: ArticleMatch, wanted: GoldThreat, found: Threat) -> dict[str, bool]:
    """Which fields of a matched threat agree; phrases do by half of their words."""
    attribution = found.attribution is None
    if wanted.attribution is not None:
        attribution = found.attribution is not None and same_actor(
            match.gold, match.extraction, found.attribution, wanted.attribution
        )
    return {
        "threatener": same_actor(match.gold, match.extraction, found.threatener, wanted.threatener),
        "targets": all(
            any(same_actor(match.gold, match.extraction, ref, name) for ref in found.targets)
            for name in wanted.targets
        )
        and all(
            any(same_actor(match.gold, match.extraction, ref, name) for name in wanted.targets)
            for ref in found.targets
        ),
        "action": half_in_common(found.action, wanted.action),
        "condition": _same_phrase(wanted.condition, found.condition),
        "category": found.category == wanted.category,
        "modality": found.modality is wanted.modality,
        "attribution": attribution,
        "quoted": found.quoted == wanted.quoted,
    }


def denial_agreement(match: ArticleMatch, wanted: GoldDenial, found: Denial) -> dict[str, bool]:
    """Which fields of a matched denial agree; phrases do by half of their words."""
    return {
        "denier": same_actor(match.gold, match.extraction, found.denier, wanted.denier),
        "content": _same_phrase(wanted.content, found.content),
        "cue": half_in_common(found.cue, wanted.cue),
        "kind": found.kind is wanted.kind,
        "quoted": found.quoted == wanted.quoted,
    }


def _same_phrase(wanted: str | None, found: str | None) -> bool:
    if not wanted or not found:
        return not wanted and not found
    return fold_name(wanted) == fold_name(found) or half_in_common(wanted, found)


def _sentences(name: str, rows: Iterable[tuple[GoldSentence, Extraction]]) -> Report:
    results = tuple(SentenceResult(gold, extraction) for gold, extraction in rows)
    labels = frozenset(result.gold.label for result in results)
    kinds = [label for label in (Label.THREAT, Label.DENIAL) if label in labels]
    none = [result for result in results if result.gold.label is Label.NONE]
    return Report(
        name=name,
        rows=len(results),
        scores={f"{kind.lower()}s": score(_count_kind(results, kind)) for kind in kinds},
        agreement={},
        false_records=Share(sum(bool(row.found & set(kinds)) for row in none), len(none)),
        sentences=results,
        labels=labels,
    )


def _count_kind(results: Iterable[SentenceResult], kind: Label) -> list[Counts]:
    return [
        Counts(int(is_kind and found), int(found), int(is_kind))
        for result in results
        if result.gold.label in (kind, Label.NONE)
        for is_kind, found in [(result.gold.label is kind, kind in result.found)]
    ]
