"""Learns what each feature of a candidate counts, from annotated text: ``make train``.

The candidates of the extraction itself are the examples: one whose action (or, for a denial,
whose cue) lies on annotated evidence is a record, any other is none. The rules' own examples are
learned from too. A logistic regression with an L2 penalty weighs the features; it takes seconds,
and the same gold gives the same weights. Then the records that are made of the article gold are
held against it: how often those made on the same grounds are right is their confidence.

    python -m pipeline.evaluation.training GOLD...

writes ``likelihood.json`` and ``confidence.json`` into the knowledge of the extraction. Only gold
that may be shipped belongs here, and none that the result is measured on.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.articles import Article
from pipeline.evaluation.gold import GoldArticle, GoldSentence, Label, load_gold
from pipeline.evaluation.matching import match_article
from pipeline.extraction import default_extractor, tracing
from pipeline.extraction.candidates import ThreatCandidate
from pipeline.extraction.confidence import RULE, SIGNS
from pipeline.extraction.lexicon import knowledge
from pipeline.extraction.likelihood import likelihood
from pipeline.extraction.rules import rules
from pipeline.records import Threat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from spacy.tokens import Span

    from pipeline.extraction.candidates import Candidate
    from pipeline.records import Denial, Extraction

KINDS = ("threat", "denial")
PENALTY = 1.0
"""Inverse strength of the L2 penalty; the weights of rare features stay near 0."""
ORDINARY = 5.0
"""For how many like it a sentence without a record stands: rare in gold, in news the rule."""
LEAST_SEEN = 3
"""A feature that fewer examples have tells nothing."""


@dataclass(frozen=True, slots=True)
class Example:
    """A candidate, and whether it is a record."""

    kind: str
    features: frozenset[str]
    is_record: bool


def examples(paths: Iterable[Path], *, with_rules: bool = True) -> Iterator[Example]:
    """The candidates in these gold files, and in the examples of the rules.

    Raises `GoldError` where a file is no gold.
    """
    for path in paths:
        for row in load_gold(path).rows:
            if isinstance(row, GoldArticle):
                told: dict[str, list[tuple[int, int]] | None] = {
                    "threat": _places(row.text, [t.evidence for t in row.threats]),
                    "denial": _places(row.text, [d.evidence for d in row.denials]),
                }
                yield from _candidates(row.article, told)
            elif isinstance(row, GoldSentence) and row.label is Label.NONE:
                yield from _candidates(row.article, {"threat": [], "denial": []})
    for rule in rules() if with_rules else ():
        for text in rule.refuse:
            yield from _candidates(Article(id="example", body=text), {rule.kind: []})
        for text in rule.match:
            yield from _candidates(Article(id="example", body=text), {rule.kind: None})


def _places(text: str, evidence: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    words = [each for record in evidence for each in record]
    return [(text.index(each), text.index(each) + len(each)) for each in words]


def _candidates(
    article: Article, told: dict[str, list[tuple[int, int]] | None]
) -> Iterator[Example]:
    """``told``: where each kind of record is told; None: where a rule says so."""
    with tracing.collecting() as trace:
        default_extractor().extract(article)
    for weighed in trace.weighed:
        if weighed.kind not in told:
            continue
        places = told[weighed.kind]
        if places is None:
            is_record = weighed.rule is not None and not weighed.rule.by_signs
        else:
            span = _core(weighed.candidate)
            is_record = any(low < span.end_char and span.start_char < high for low, high in places)
        yield Example(weighed.kind, frozenset(weighed.candidate.features), is_record)


def _core(candidate: Candidate) -> Span:
    return candidate.action if isinstance(candidate, ThreatCandidate) else candidate.cue


def learn(found: Sequence[Example]) -> dict[str, Any]:
    """Bias and weights of the signs for one kind of record."""
    seen = Counter(feature for each in found for feature in each.features)
    kept = {feature for feature, times in seen.items() if times >= LEAST_SEEN}
    return _fit(
        [dict.fromkeys(sorted(each.features & kept), 1.0) for each in found],
        [each.is_record for each in found],
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """A record that was made, and whether the gold has it, with the same actors."""

    kind: str
    measures: Mapping[str, float]
    """What its confidence is computed from."""
    is_right: bool
    weight: float = 1.0
    """For how many like it this one stands."""


def outcomes(paths: Iterable[Path]) -> Iterator[Outcome]:
    """The records that are found in these files: right in articles as the matching counts.

    In a single sentence, of which the gold names no actors, one of the kind that it holds is right.
    """
    for path in paths:
        for row in load_gold(path).rows:
            if not isinstance(row, GoldArticle | GoldSentence):
                continue
            with tracing.collecting() as trace:
                extraction = default_extractor().extract(row.article)
            made = {each.record.record_id: each.confidence.measures for each in trace.made}
            if isinstance(row, GoldSentence):
                judged = _judged_by_label(row, extraction)
            else:
                judged = _judged_by_match(row, extraction)
            weight = ORDINARY if isinstance(row, GoldSentence) and row.label is Label.NONE else 1.0
            for record, is_right in judged:
                kind = "threat" if isinstance(record, Threat) else "denial"
                yield Outcome(kind, made[record.record_id], is_right, weight)


def _judged_by_label(
    row: GoldSentence, found: Extraction
) -> Iterator[tuple[Threat | Denial, bool]]:
    yield from ((each, row.label is Label.THREAT) for each in found.threats)
    yield from ((each, row.label is Label.DENIAL) for each in found.denials)


def _judged_by_match(row: GoldArticle, found: Extraction) -> Iterator[tuple[Threat | Denial, bool]]:
    match = match_article(row, found)
    for matching, records in ((match.threats, found.threats), (match.denials, found.denials)):
        for place, index in matching.pairs.items():
            yield records[index], place in matching.agreeing
        for index in matching.spurious:
            yield records[index], False


def calibrate(found: Sequence[Outcome]) -> dict[str, Any]:
    """Bias and weights of the grounds of confidence for one kind of record."""
    learned = _fit(
        [dict(each.measures) for each in found],
        [each.is_right for each in found],
        [each.weight for each in found],
    )
    # Both are looked up by name, also where they count nothing.
    learned["weights"] = {RULE: 0.0, SIGNS: 0.0} | learned["weights"]
    return learned


def _fit(
    rows: Sequence[Mapping[str, float]],
    labels: Sequence[bool],
    weights: Sequence[float] | None = None,
) -> dict[str, Any]:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = DictVectorizer()
    model = LogisticRegression(C=PENALTY, max_iter=10_000, tol=1e-8)
    model.fit(vectorizer.fit_transform(rows), labels, sample_weight=weights)
    counts = {
        str(name): round(float(weight), 3)
        for name, weight in zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
        if round(float(weight), 3)
    }
    return {"bias": round(float(model.intercept_[0]), 3), "weights": dict(sorted(counts.items()))}


def main(paths: Sequence[Path]) -> None:
    """Learns from these files and writes what was learned."""
    found = list(examples(paths))
    learned = {}
    for kind in KINDS:
        mine = [each for each in found if each.kind == kind]
        records = sum(each.is_record for each in mine)
        print(f"{kind}: {len(mine)} candidates, {records} of them records")  # noqa: T201
        learned[kind] = learn(mine)
    _write("likelihood.json", learned)
    # Which records are made, and on what grounds, follows from what was just learned.
    likelihood.cache_clear()
    made = list(outcomes(paths))
    for kind in KINDS:
        ours = [each for each in made if each.kind == kind]
        right = sum(each.is_right for each in ours)
        print(f"{kind}: {len(ours)} records made, {right} of them right")  # noqa: T201
        learned[kind] = calibrate(ours)
    _write("confidence.json", learned)


def _write(name: str, learned: Mapping[str, Mapping[str, Any]]) -> None:
    kept = knowledge(name)
    for kind in KINDS:
        kept[kind] |= learned[kind]
    target = Path(__file__).parents[1] / "extraction" / "knowledge" / name
    target.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
