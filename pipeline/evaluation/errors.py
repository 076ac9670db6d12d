"""What was missed, made up or told wrongly, for whoever tunes the rules.

One block a case: what the gold says (`gold`), what came out on that sentence (`found`), and the
sentence. Headings: MISSED (nothing came out), WRONG (something came out, about other actors),
FIELDS (the record is right, some fields differ), FALSE (the gold has nothing there).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.evaluation.gold import Label
from pipeline.evaluation.harness import denial_agreement, threat_agreement
from pipeline.evaluation.matching import sentence_of
from pipeline.evaluation.text import sentence_around
from pipeline.records import Denial, Field, Threat

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pipeline.evaluation.gold import GoldActor, GoldDenial, GoldThreat
    from pipeline.evaluation.harness import Report, SentenceResult
    from pipeline.evaluation.matching import ArticleMatch
    from pipeline.evaluation.quotes import PassageMatch
    from pipeline.extraction.quotations import Quotation
    from pipeline.records import Actor, Extraction

KINDS = ("actors", "threats", "denials", "links", "quotes")


def list_errors(report: Report, kinds: Collection[str] = KINDS) -> Iterator[str]:
    """The cases of the given kinds, each a block of lines, in the order of the file."""
    listers = {"actors": _actors, "threats": _threats, "denials": _denials, "links": _links}
    for match in report.articles:
        for kind, lister in listers.items():
            if kind in kinds:
                yield from lister(match)
    for result in report.sentences:
        yield from _sentence(result, report.labels, kinds)
    if "quotes" in kinds:
        for passage in report.passages:
            yield from _quotes(passage)


def _actors(match: ArticleMatch) -> Iterator[str]:
    here = match.gold.id
    for place in match.actors.missed:
        yield f"{here} MISSED actor\n  gold   {_gold_actor(match.gold.actors[place])}"
    for place, index in match.actors.pairs.items():
        if place not in match.actors.canonical:
            gold, found = match.gold.actors[place], match.extraction.actors[index]
            yield f"{here} WRONG actor\n  gold   {_gold_actor(gold)}\n  found  {_actor(found)}"
    for index in match.actors.spurious:
        actor = match.extraction.actors[index]
        first = actor.mentions[0]
        low, high = _sentence_at(match.gold.text, first.field, first.start, first.end)
        yield (
            f"{here} FALSE actor\n  found  {_actor(actor)}\n"
            f"  text   {_one_line(match.gold.text[low:high])}"
        )


def _threats(match: ArticleMatch) -> Iterator[str]:
    gold, found = match.gold.threats, match.extraction.threats
    for place, wanted in enumerate(gold):
        index = match.threats.pairs.get(place)
        lines = [f"  gold   {_gold_threat(wanted)}"]
        if index is None:
            heading: str | None = "MISSED threat"
        else:
            differing = _differing(threat_agreement(match, wanted, found[index]))
            heading = _heading("threat", place in match.threats.agreeing, differing)
            lines.append(f"  found  {_threat(found[index])}")
        yield from _block(match, heading, lines, wanted.evidence[0])
    for index in match.threats.spurious:
        yield _false(match, "threat", found[index], _threat(found[index]))


def _denials(match: ArticleMatch) -> Iterator[str]:
    gold, found = match.gold.denials, match.extraction.denials
    for place, wanted in enumerate(gold):
        index = match.denials.pairs.get(place)
        lines = [f"  gold   {_gold_denial(wanted)}"]
        if index is None:
            heading: str | None = "MISSED denial"
        else:
            differing = _differing(denial_agreement(match, wanted, found[index]))
            heading = _heading("denial", place in match.denials.agreeing, differing)
            lines.append(f"  found  {_denial(found[index])}")
        yield from _block(match, heading, lines, wanted.evidence[0])
    for index in match.denials.spurious:
        yield _false(match, "denial", found[index], _denial(found[index]))


def _links(match: ArticleMatch) -> Iterator[str]:
    gold, extraction = match.gold, match.extraction
    for d, t in sorted(match.links.missed):
        found = [
            f"the {name} was {'found' if place in matching.pairs else 'missed'}"
            for name, place, matching in (
                ("denial", d, match.denials),
                ("threat", t, match.threats),
            )
        ]
        yield (
            f"{gold.id} MISSED link ({', '.join(found)})\n"
            f"  denial {_gold_denial(gold.denials[d])}\n  threat {_gold_threat(gold.threats[t])}"
        )
    for d, t in match.links.spurious:
        yield (
            f"{gold.id} FALSE link\n  denial {_denial(extraction.denials[d])}\n"
            f"  threat {_threat(extraction.threats[t])}"
        )


def _sentence(
    result: SentenceResult, labels: Collection[Label], kinds: Collection[str]
) -> Iterator[str]:
    gold = result.gold
    for label in (Label.THREAT, Label.DENIAL):
        if f"{label.lower()}s" not in kinds or label not in labels:
            continue
        found = label in result.found
        if gold.label is label and not found:
            yield f"{gold.id} MISSED {label.lower()}\n  text   {_one_line(gold.text)}"
        elif gold.label is Label.NONE and found:
            records = "".join(f"\n  found  {line}" for line in _records(result.extraction, label))
            yield f"{gold.id} FALSE {label.lower()}{records}\n  text   {_one_line(gold.text)}"


def _quotes(match: PassageMatch) -> Iterator[str]:
    for place, quote in enumerate(match.gold.quotes):
        if place in match.right:
            continue
        told = f"  gold   {quote.speaker}: {' … '.join(quote.content)}"
        if place in match.pairs:
            found = _quotation(match.found[match.pairs[place]])
            yield f"{match.gold.id} WRONG quote: speaker\n{told}\n{found}"
        else:
            yield f"{match.gold.id} MISSED quote\n{told}"
    for index in match.spurious:
        yield f"{match.gold.id} FALSE quote\n{_quotation(match.found[index])}"


def _quotation(quotation: Quotation) -> str:
    words = " … ".join(_one_line(span.text) for span in quotation.content)
    return f"  found  {quotation.speaker}: {words}"


def _records(extraction: Extraction, label: Label) -> list[str]:
    if label is Label.THREAT:
        return [_threat(threat) for threat in extraction.threats]
    return [_denial(denial) for denial in extraction.denials]


def _differing(agreement: dict[str, bool]) -> list[str]:
    return [name for name, agrees in agreement.items() if not agrees]


def _heading(kind: str, right: bool, differing: list[str]) -> str | None:
    if right and not differing:
        return None
    return f"{'FIELDS' if right else 'WRONG'} {kind}: {', '.join(differing)}"


def _block(
    match: ArticleMatch, heading: str | None, lines: list[str], evidence: str
) -> Iterator[str]:
    if heading is not None:
        low, high = sentence_of(match.gold.text, evidence)
        text = f"  text   {_one_line(match.gold.text[low:high])}"
        yield "\n".join([f"{match.gold.id} {heading}", *lines, text])


def _false(match: ArticleMatch, kind: str, record: Threat | Denial, told: str) -> str:
    first = record.evidence[0]
    low, high = _sentence_at(match.gold.text, first.field, first.start, first.end)
    text = _one_line(match.gold.text[low:high])
    return f"{match.gold.id} FALSE {kind}\n  found  {told}\n  text   {text}"


def _sentence_at(text: str, field: Field, start: int, end: int) -> tuple[int, int]:
    # Gold covers the body alone; nothing can be shown of a place in a headline.
    return sentence_around(text, start, end) if field is Field.BODY else (0, 0)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _gold_actor(actor: GoldActor) -> str:
    return f"{actor.name} ({actor.type}, {actor.country}): {' | '.join(actor.mentions)}"


def _actor(actor: Actor) -> str:
    texts = dict.fromkeys(mention.text for mention in actor.mentions)
    return f"{actor.name} ({actor.type}, {actor.country}): {' | '.join(texts)}"


def _gold_threat(threat: GoldThreat) -> str:
    return _told_threat(threat, threat.threatener, threat.targets, threat.attribution)


def _threat(threat: Threat) -> str:
    targets = [target.name for target in threat.targets]
    attribution = threat.attribution.name if threat.attribution else None
    return _told_threat(threat, threat.threatener.name, targets, attribution)


def _told_threat(
    threat: GoldThreat | Threat,
    threatener: str,
    targets: Collection[str],
    attribution: str | None,
) -> str:
    by = f" by {attribution}" if attribution else ""
    marks = " quoted" if threat.quoted else ""
    return (
        f"{threatener} -> {', '.join(targets) or '?'}: {threat.action} "
        f"[{threat.condition or 'no condition'}] {threat.category} {threat.modality}{by}{marks}"
    )


def _gold_denial(denial: GoldDenial) -> str:
    return _told_denial(denial.denier, denial.cue, denial.content, denial.kind, denial.quoted)


def _denial(denial: Denial) -> str:
    return _told_denial(denial.denier.name, denial.cue, denial.content, denial.kind, denial.quoted)


def _told_denial(denier: str, cue: str, content: str | None, kind: str, quoted: bool) -> str:
    marks = " quoted" if quoted else ""
    return f"{denier}: {cue} [{content or 'no content'}] {kind}{marks}"
