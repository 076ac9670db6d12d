"""Which of the article's threats a denial denies: that it was made, or that the talk took place.

A link needs a reason in the words (the denial's content tells the threat, speaks of a threat,
message or conversation, or dismisses the account that the threat stands in) and no reason
against it in the participants.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extraction.document import field_of
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.records import DenialKind, Modality

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spacy.tokens import Doc, Span, Token

    from pipeline.extraction.candidates import Context
    from pipeline.extraction.document import Entity
    from pipeline.records import Threat
    from pipeline.records import Span as RecordSpan

_MADE = frozenset({"threat", "threaten", "ultimatum", "warning", "warn", "vow"})
_LINK_FROM = 2.0
"""Points from which a denial is linked; a lone weak reason gives 1."""


@dataclass(frozen=True, slots=True)
class DenialView:
    """What linking looks at of a denial."""

    denier: Entity
    spans: tuple[Span, ...]
    kind: DenialKind
    contents: tuple[Span, ...]
    features: frozenset[str]


def link(denial: DenialView, threats: Sequence[Threat], context: Context) -> list[Threat]:
    """The threats that ``denial`` denies, in the order of the article."""
    scored = [(_score(denial, threat, context), threat) for threat in threats]
    best = max((score for score, _ in scored), default=0.0)
    if best < _LINK_FROM:
        return []
    return [threat for score, threat in scored if score == best or (
        score >= _LINK_FROM + 2 and score >= best - 1
    )][:1]


def _score(denial: DenialView, threat: Threat, context: Context) -> float:
    points = 0.0
    place = _distance(denial, threat, context)
    if place is None:
        return 0.0
    words = [token for span in (*denial.contents, *denial.spans) for token in span]
    inside = _tells(denial, threat)
    if inside:
        points += 4
    involved = _involved(denial, threat)
    talk = any(cue_set("communication_noun").matches(token) for token in words)
    made = any(lemma(token) in _MADE for token in words)
    claim = bool(denial.features & {"claim", "soft-claim", "pronoun", "frame:same", "frame:blank",
                                    "contradict", "claim-subject"})
    alleged = threat.modality is Modality.ALLEGED
    shared = _shared_words(words, threat)
    if not involved and not inside:
        return 0.0
    if made:
        points += 2
    if talk:
        points += 1.5
    if claim and alleged:
        points += 1.5
    if alleged:
        points += 0.5
    points += min(shared, 3) * 0.7
    if place <= 1:
        points += 1
    elif place <= 3:
        points += 0.4
    if threat.threatener.actor_id == denial.denier.actor_id:
        points += 0.5
        if not alleged and not made and not talk and not claim:
            return 0.0
    if not (inside or made or talk or claim or shared >= 2):
        return 0.0
    if denial.kind is DenialKind.RESPONSIBILITY and not (made or talk):
        return 0.0
    return points


def _tells(denial: DenialView, threat: Threat) -> bool:
    """Whether the threat stands in the very words of the denial."""
    for span in denial.spans:
        for evidence in threat.evidence:
            if evidence.field is field_of(span.doc) and (
                evidence.start < span.end_char and span.start_char < evidence.end
            ):
                return True
    return False


def _involved(denial: DenialView, threat: Threat) -> bool:
    """Whether the denier is, or speaks for, one that the threat is about."""
    denier = denial.denier
    parties = [threat.threatener, *threat.targets]
    if any(party.actor_id == denier.actor_id for party in parties):
        return True
    if denier.country is not None and any(party.country == denier.country for party in parties):
        return True
    if threat.modality is Modality.ALLEGED:
        return True
    role = (denier.role or "").lower()
    return any(len(party.name) > 3 and party.name.lower() in role for party in parties)


def _distance(denial: DenialView, threat: Threat, context: Context) -> int | None:
    """Sentences from the threat to the denial; None where the threat is told only later."""
    best: int | None = None
    for span in denial.spans:
        for evidence in threat.evidence:
            if evidence.field is not field_of(span.doc):
                continue
            at = _token_at(span.doc, evidence)
            if at is None:
                continue
            if at.i > span.end:
                continue
            gap = sum(1 for token in span.doc[at.i + 1 : span.start + 1] if token.is_sent_start)
            best = gap if best is None else min(best, gap)
    if best is None and any(e.field is not field_of(s.doc) for s in denial.spans
                            for e in threat.evidence):
        return 3
    return best


def _token_at(doc: Doc, evidence: RecordSpan) -> Token | None:
    span = doc.char_span(evidence.start, evidence.end, alignment_mode="expand")
    return span[0] if span is not None and len(span) else None


def _shared_words(words: Sequence[Token], threat: Threat) -> int:
    told = " ".join(span.text for span in threat.evidence).lower()
    count = 0
    seen: set[str] = set()
    for token in words:
        if token.pos_ not in ("NOUN", "VERB", "PROPN", "ADJ") or token.is_stop:
            continue
        form = lemma(token)
        if form in seen or len(form) < 4:
            continue
        seen.add(form)
        if form in told:
            count += 1
    return count
