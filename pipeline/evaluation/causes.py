"""Sorts what went wrong by its cause, from the gold and the records alone.

A cause says at which step a record was lost ("missed: nothing came out of the sentence", "wrong
threatener"), so that a table of them shows where work on the rules pays. Every missed, wrong or
false case has exactly one cause, and the order of the tests below decides which: what comes first
in an extraction is tested first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.evaluation.gold import Label
from pipeline.evaluation.harness import denial_agreement, threat_agreement
from pipeline.evaluation.matching import evidence_places, overlap, sentence_of
from pipeline.evaluation.text import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.evaluation.gold import GoldDenial, GoldThreat
    from pipeline.evaluation.harness import Report, SentenceResult
    from pipeline.evaluation.matching import ArticleMatch
    from pipeline.evaluation.quotes import PassageMatch
    from pipeline.records import ActorRef, Denial, Threat


@dataclass(frozen=True, slots=True)
class Considered:
    """Words of the body that were weighed as a record, whatever came of it."""

    kind: str
    """"threat" or "denial"."""
    start: int
    end: int
    taken: bool
    """Whether a rule took them for a record."""


def count_causes(
    report: Report, considered: Mapping[str, Sequence[Considered]] | None = None
) -> Counter[str]:
    """How often each cause stands behind an error of the report.

    Args:
        report: of one gold file.
        considered: what was weighed, by id of the article or sentence; with it, what nothing came
            out of is told apart by how far it got.
    """
    causes: Counter[str] = Counter()
    weighed = considered or {}
    for match in report.articles:
        here = weighed.get(match.gold.id)
        causes.update(_actors(match))
        causes.update(_threats(match, here))
        causes.update(_denials(match, here))
        causes.update(_links(match))
    for passage in report.passages:
        causes.update(_quotes(passage))
    for result in report.sentences:
        causes.update(_sentence(result, report.labels, weighed.get(result.gold.id)))
    return causes


def _actors(match: ArticleMatch) -> Iterator[str]:
    gold, found = match.gold.actors, match.extraction.actors
    for place in match.actors.missed:
        yield f"actor missed: {gold[place].type.lower().replace('_', ' ')}"
    for place in match.actors.pairs:
        if place not in match.actors.canonical:
            yield "actor found under another name"
    known = [words(name) for actor in gold for name in (actor.name, *actor.mentions)]
    for index in match.actors.spurious:
        name = words(found[index].name)
        if any(name <= other or other <= name for other in known if other):
            yield "actor false: a gold actor's name, told apart from it"
        else:
            yield "actor false: no actor of the gold has the name"


def _threats(match: ArticleMatch, weighed: Sequence[Considered] | None) -> Iterator[str]:
    gold, found = match.gold.threats, match.extraction.threats
    for place in match.threats.missed:
        yield f"threat missed: {_why_missed(match, gold[place], found, _of('threat', weighed))}"
    for place, index in match.threats.pairs.items():
        if place in match.threats.agreeing:
            continue
        threatener = threat_agreement(match, gold[place], found[index])["threatener"]
        if not threatener:
            yield f"threat wrong: {_whom(match, 'threatener', found[index].threatener)}"
        elif not found[index].targets:
            yield "threat wrong: no target"
        else:
            yield "threat wrong: other targets"
    for index in match.threats.spurious:
        yield f"threat false: {_why_false(match, found[index])}"


def _denials(match: ArticleMatch, weighed: Sequence[Considered] | None) -> Iterator[str]:
    gold, found = match.gold.denials, match.extraction.denials
    for place in match.denials.missed:
        yield f"denial missed: {_why_missed(match, gold[place], found, _of('denial', weighed))}"
    for place, index in match.denials.pairs.items():
        if not denial_agreement(match, gold[place], found[index])["denier"]:
            yield f"denial wrong: {_whom(match, 'denier', found[index].denier)}"
    for index in match.denials.spurious:
        yield f"denial false: {_why_false(match, found[index])}"


def _links(match: ArticleMatch) -> Iterator[str]:
    for denial, threat in match.links.missed:
        if denial not in match.denials.pairs:
            yield "link missed: the denial was missed"
        elif threat not in match.threats.pairs:
            yield "link missed: the threat was missed"
        else:
            yield "link missed: both found, not linked"
    for _ in match.links.spurious:
        yield "link false"


def _quotes(match: PassageMatch) -> Iterator[str]:
    for _ in match.missed:
        yield "quote missed"
    for place in match.pairs:
        if place not in match.right:
            named = not match.gold.quotes[place].speaker[:1].islower()
            yield f"quote wrong: another speaker than the {'named' if named else 'unnamed'} one"
    for _ in match.spurious:
        yield "quote false"


def _sentence(
    result: SentenceResult, labels: frozenset[Label], weighed: Sequence[Considered] | None
) -> Iterator[str]:
    for label in (Label.THREAT, Label.DENIAL):
        if label not in labels:
            continue
        found = label in result.found
        if result.gold.label is label and not found:
            whole = [(0, len(result.gold.text))]
            why = _how_far(_of(label.lower(), weighed), whole)
            why = "another kind of record came out" if result.found else why
            yield f"{label.lower()} missed: {why}"
        elif result.gold.label is Label.NONE and found:
            yield f"{label.lower()} false: the text holds no record"


def _why_missed(
    match: ArticleMatch,
    wanted: GoldThreat | GoldDenial,
    same_kind: Sequence[Threat | Denial],
    weighed: Sequence[Considered] | None,
) -> str:
    sentences = [sentence_of(match.gold.text, part) for part in wanted.evidence]
    if _any_on(same_kind, sentences):
        return "one record came out for two"
    if _any_on(match.extraction.threats, sentences) or _any_on(match.extraction.denials, sentences):
        return "another kind of record came out"
    return _how_far(weighed, sentences)


def _how_far(weighed: Sequence[Considered] | None, sentences: Sequence[tuple[int, int]]) -> str:
    if weighed is None:
        return "nothing came out"
    here = [each for each in weighed if overlap([(each.start, each.end)], sentences)]
    if any(each.taken for each in here):
        return "a rule took it, and it was dropped"
    return "no rule took it" if here else "nothing was weighed"


def _of(kind: str, weighed: Sequence[Considered] | None) -> list[Considered] | None:
    return None if weighed is None else [each for each in weighed if each.kind == kind]


def _why_false(match: ArticleMatch, record: Threat | Denial) -> str:
    """Whether the gold has a record of the other kind on that sentence, or nothing at all."""
    places = evidence_places(record)
    evidence = [threat.evidence for threat in match.gold.threats]
    evidence += [denial.evidence for denial in match.gold.denials]
    for parts in evidence:
        if overlap(places, [sentence_of(match.gold.text, part) for part in parts]):
            return "the sentence holds a record of another kind"
    if match.gold.threats or match.gold.denials:
        return "the sentence holds no record"
    return "the text holds no record"


def _whom(match: ArticleMatch, part: str, ref: ActorRef) -> str:
    """Whether who was found in that part is an actor of the gold at all."""
    answered = {match.extraction.actors[index].actor_id for index in match.actors.pairs.values()}
    return f"another {part}" if ref.actor_id in answered else f"the {part} is no actor of the gold"


def _any_on(records: Sequence[Threat | Denial], sentences: Sequence[tuple[int, int]]) -> bool:
    return any(overlap(evidence_places(record), sentences) for record in records)
