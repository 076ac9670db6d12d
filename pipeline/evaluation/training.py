"""Learns what each feature of a candidate counts, from annotated text: ``make train``.

The candidates of the extraction itself are the examples: one whose action (or, for a denial,
whose cue) lies on annotated evidence is a record, any other is none. The rules' own examples are
learned from too. A logistic regression with an L2 penalty weighs the features; the same gold gives
the same weights. The records that are made of each file of the gold, by what the other files
taught of signs and targets, are held against it: how often those made on the same grounds are right
is their confidence, and which denials are of which threats teaches to link them
(`link_training.py`).

    python -m pipeline.evaluation.training GOLD...

writes ``likelihood.json``, ``confidence.json`` and ``links.json`` into the knowledge of the
extraction. Only gold that may be shipped belongs here, and none that the result is measured on.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.articles import Article
from pipeline.evaluation import link_training, target_training
from pipeline.evaluation.gold import GoldArticle, GoldSentence, Label, load_gold
from pipeline.evaluation.matching import match_article
from pipeline.extraction import default_extractor, tracing
from pipeline.extraction.candidates import ThreatCandidate
from pipeline.extraction.confidence import RULE, SIGNS
from pipeline.extraction.lexicon import knowledge
from pipeline.extraction.likelihood import is_pair, likelihood, signs_of
from pipeline.extraction.rules import rules
from pipeline.records import Threat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipeline.extraction.candidates import Candidate
    from pipeline.extraction.texts import Span
    from pipeline.records import Denial, Extraction

KINDS = ("threat", "denial")
SIGNS_PENALTY = {"threat": 0.05, "denial": 0.3}
GROUNDS_PENALTY = 1.0
"""Inverse strengths of the L2 penalties: many signs are rare, the few grounds are not. Of a threat
the signs also count in twos."""
ORDINARY = 2.0
"""For how many like it a candidate in text without any record stands: that is most of the news."""
ORDINARY_MADE = 2.0
"""The same for a record that is made of such text."""
LEAST_SEEN = 3
"""A feature that fewer examples have tells nothing."""
LEAST_PAIRED = 10
"""Nor does a pair of features, of which there are many more."""


@dataclass(frozen=True, slots=True)
class Example:
    """A candidate, and whether it is a record."""

    kind: str
    features: frozenset[str]
    is_record: bool
    weight: float = 1.0
    """For how many like it this one stands."""
    fold: int | None = None
    """The number of the file that it is of; None for the examples of the rules."""


Row = GoldArticle | GoldSentence


def numbered(paths: Iterable[Path]) -> list[tuple[int, Row]]:
    """The articles and sentences of these gold files, each with the number of its file.

    Raises `GoldError` where a file is no gold.
    """
    return [
        (number, row)
        for number, path in enumerate(paths)
        for row in load_gold(path).rows
        if isinstance(row, GoldArticle | GoldSentence)
    ]


def examples(rows: Iterable[tuple[int, Row]], *, with_rules: bool = True) -> Iterator[Example]:
    """The candidates in annotated text, and in the examples of the rules."""
    for fold, row in rows:
        told: dict[str, list[tuple[int, int]] | None] = {"threat": [], "denial": []}
        if isinstance(row, GoldArticle):
            told["threat"] = _places(row.text, [t.evidence for t in row.threats])
            told["denial"] = _places(row.text, [d.evidence for d in row.denials])
        elif row.label is not Label.NONE:
            continue
        weight = 1.0 if any(told.values()) else ORDINARY
        for each in _candidates(row.article, told):
            yield replace(each, weight=weight, fold=fold)
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


def learn(kind: str, found: Sequence[Example]) -> dict[str, Any]:
    """Bias and weights of the signs for one kind of record."""
    joined = likelihood(kind).joined
    signs = [signs_of(each.features, joined) for each in found]
    seen = Counter(sign for each in signs for sign in each)
    kept = {
        sign
        for sign, times in seen.items()
        if times >= (LEAST_PAIRED if is_pair(sign) else LEAST_SEEN)
    }
    return _fit(
        [dict.fromkeys(sorted(each & kept), 1.0) for each in signs],
        [each.is_record for each in found],
        [each.weight for each in found],
        SIGNS_PENALTY[kind],
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


@dataclass(frozen=True, slots=True)
class Reading:
    """An annotated text, what was found in it, and how."""

    row: Row
    extraction: Extraction
    trace: tracing.Trace


def readings(rows: Iterable[Row]) -> Iterator[Reading]:
    """These texts, read by what is known now."""
    for row in rows:
        with tracing.collecting() as trace:
            extraction = default_extractor().extract(row.article)
        yield Reading(row, extraction, trace)


def outcomes(read: Iterable[Reading]) -> Iterator[Outcome]:
    """The records that were found in these texts: right in articles as the matching counts.

    In a single sentence, of which the gold names no actors, one of the kind that it holds is right.
    """
    for each in read:
        row, extraction = each.row, each.extraction
        made = {made.record.record_id: made.confidence.measures for made in each.trace.made}
        if isinstance(row, GoldSentence):
            judged = _judged_by_label(row, extraction)
            is_ordinary = row.label is Label.NONE
        else:
            judged = _judged_by_match(row, extraction)
            is_ordinary = not row.threats and not row.denials
        weight = ORDINARY_MADE if is_ordinary else 1.0
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
        GROUNDS_PENALTY,
    )
    # Both are looked up by name, also where they count nothing.
    learned["weights"] = {RULE: 0.0, SIGNS: 0.0} | learned["weights"]
    return learned


def _fit(
    rows: Sequence[Mapping[str, float]],
    labels: Sequence[bool],
    weights: Sequence[float],
    penalty: float,
) -> dict[str, Any]:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = DictVectorizer()
    model = LogisticRegression(C=penalty, max_iter=10_000, tol=1e-8)
    model.fit(vectorizer.fit_transform(rows), labels, sample_weight=weights)
    counts = {
        str(name): round(float(weight), 3)
        for name, weight in zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
        if round(float(weight), 3)
    }
    return {"bias": round(float(model.intercept_[0]), 3), "weights": dict(sorted(counts.items()))}


def main(paths: Sequence[Path]) -> None:
    """Learns from these files and writes what was learned."""
    rows = numbered(paths)
    found = list(examples(rows))
    aims = [list(target_training.examples([path])) for path in paths]
    made: list[Outcome] = []
    pairs: list[link_training.Example] = []
    for fold in range(len(paths)):
        # How likely signs and targets are is known too well where it was learned, also from other
        # text by the same hand: so each file is read with what the others taught.
        learn_signs([each for each in found if each.fold != fold])
        target_training.learn_targets(
            [each for number, file in enumerate(aims) if number != fold for each in file]
        )
        for each in readings(row for number, row in rows if number == fold):
            made += outcomes([each])
            if isinstance(each.row, GoldArticle):
                pairs += link_training.examples(each.row, each.extraction, each.trace)
    learn_signs(found)
    target_training.learn_targets([each for file in aims for each in file])
    learned = {}
    for kind in KINDS:
        mine = [each for each in found if each.kind == kind]
        records = sum(each.is_record for each in mine)
        print(f"{kind}: {len(mine)} candidates, {records} of them records")  # noqa: T201
        ours = [each for each in made if each.kind == kind]
        right = sum(each.is_right for each in ours)
        print(f"{kind}: {len(ours)} records made, {right} of them right")  # noqa: T201
        learned[kind] = calibrate(ours)
    _write("confidence.json", learned)
    link_training.learn_links(pairs)


def learn_signs(found: Sequence[Example]) -> None:
    """Learn from these examples, and let the extraction go by it from now on."""
    _write("likelihood.json", {k: learn(k, [e for e in found if e.kind == k]) for k in KINDS})
    likelihood.cache_clear()


def _write(name: str, learned: Mapping[str, Mapping[str, Any]]) -> None:
    kept = knowledge(name)
    for kind in KINDS:
        kept[kind] |= learned[kind]
    target = Path(__file__).parents[1] / "extraction" / "knowledge" / name
    target.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
