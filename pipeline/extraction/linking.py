"""Which of the article's threats a denial denies: that it was made, or that the talk took place.

A link needs a reason in the words (the denial's content tells the threat, speaks of a threat,
message or conversation, or dismisses the account that the threat stands in) and no reason
against it in the participants.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extraction.clauses import is_verb
from pipeline.extraction.document import field_of
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.records import DenialKind, Modality

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spacy.tokens import Doc, Span, Token

    from pipeline.extraction.candidates import Context
    from pipeline.extraction.document import Entity
    from pipeline.records import Span as RecordSpan
    from pipeline.records import Threat

_MADE = frozenset({"threat", "threaten", "ultimatum", "warning", "warn", "vow"})
_SAYING = frozenset({"say", "tell", "utter", "issue", "mention", "speak", "write", "send", "make"})
_ANSWER_REACH = 4
"""Sentences within which "the report" or "it" refers to an allegation."""
_LINK_FROM = 2.0
_ENOUGH_WORDS = 3
_OTHER_FIELD = 3
"""Sentences that headline and body are taken to be apart."""
_SHORT = 7
"""Tokens up to which a claim noun stands for the claim as a whole."""


@dataclass(frozen=True, slots=True)
class DenialView:
    """What linking looks at of a denial."""

    denier: Entity
    spans: tuple[Span, ...]
    kind: DenialKind
    contents: tuple[Span, ...]
    features: frozenset[str]


def link(denial: DenialView, threats: Sequence[Threat], context: Context) -> list[Threat]:
    """The threat that ``denial`` denies, in a list; empty where it denies none."""
    scored = [(_score(denial, threat, context), threat) for threat in threats]
    best = max((score for score, _ in scored), default=0.0)
    if best < _LINK_FROM:
        return []
    return [next(threat for score, threat in scored if score == best)]


def _score(denial: DenialView, threat: Threat, context: Context) -> float:
    """Points for the link; a reason in the words and one in the participants are needed."""
    alleged = threat.modality is Modality.ALLEGED
    own = threat.threatener.actor_id == denial.denier.actor_id
    words = [token for span in (*denial.contents, *denial.spans) for token in span]
    made = any(lemma(token) in _MADE for token in words)
    talk = any(cue_set("communication_noun").matches(token) for token in words)
    such = "such" in denial.features or "emphatic" in denial.features
    saying = (such or talk) and any(lemma(token) in _SAYING for token in words)
    message = denial.kind is DenialKind.RESPONSIBILITY or "frame:false" in denial.features
    inside = _tells(denial, threat)
    gap = _distance(denial, threat)
    points = 0.0
    if inside:
        points = 4.0
    elif made or talk or saying or such:
        points = 2.0 if gap is not None or (alleged and made) else 0.0
    elif _is_general(denial) and alleged and gap is not None and gap <= _ANSWER_REACH:
        points = 2.0
    shared = _shared_words(words, threat)
    if not points and shared >= _ENOUGH_WORDS and alleged and gap is not None:
        points = 1.5
    if not points or not (inside or _involved(denial, threat)):
        return 0.0
    if denial.kind is DenialKind.RESPONSIBILITY and not (
        inside or (own and (made or talk) and _of_a_message(denial))
    ):
        return 0.0
    if not alleged and not (own and (inside or (saying and not made) or (talk and message))):
        # What is threatened openly is denied only by its author, faced with his own words.
        return 0.0
    if not (
        inside
        or made
        or _is_general(denial)
        or such
        or shared
        or own
        or (talk and message)
        or _names(words, threat)
    ):
        return 0.0
    points += 1.0 if alleged else 0.0
    points += min(shared, 3) * 0.5 + _names(words, threat) * 0.8
    points += 0.6 if own else 0.0
    points += 0.5 if _same_country(denial, threat) else 0.0
    if gap is not None:
        points += max(0.0, 1.0 - 0.1 * gap)
    return points


def _of_a_message(denial: DenialView) -> bool:
    """Whether what one had no part in is a letter, a call or the like."""
    talk = cue_set("communication_noun")
    return any(
        talk.matches(token) and token.head.lower_ in ("with", "in", "of", "behind", "for")
        for content in denial.contents
        for token in content
    )


def _is_general(denial: DenialView) -> bool:
    """Whether the denial says only "it", "the report", "that": what was told before."""
    general = denial.features & {"pronoun", "frame:same", "frame:blank", "contradict", "bare"}
    if any(is_verb(token) for content in denial.contents for token in content):
        return False
    return bool(general) or all(
        cue_set("claim_noun").matches(content.root) and len(content) < _SHORT
        for content in denial.contents
    )


def _names(words: Sequence[Token], threat: Threat) -> int:
    """How many of the threat's participants the denial names."""
    text = " ".join(token.text for token in words)
    parties = {party.name.split()[-1] for party in (threat.threatener, *threat.targets)}
    return sum(1 for name in parties if len(name) > 2 and name in text)


def _same_country(denial: DenialView, threat: Threat) -> bool:
    country = denial.denier.country
    return country is not None and any(
        party.country == country for party in (threat.threatener, *threat.targets)
    )


def _tells(denial: DenialView, threat: Threat) -> bool:
    """Whether the threat stands in the very words of the denial."""
    for span in denial.spans:
        for evidence in threat.evidence:
            if evidence.field is field_of(span.doc) and (
                evidence.start < span.end_char and span.start_char < evidence.end
            ):
                return True
            # "denied a claim by the minister that it had vowed to burn ...": behind the cue.
            sentence = span.sent
            if evidence.field is field_of(span.doc) and (
                span.start_char <= evidence.start < sentence.end_char
                and {"frame:deny", "frame:reject"} & denial.features
                and "claim" in denial.features
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


def _distance(denial: DenialView, threat: Threat) -> int | None:
    """Sentences from the threat to the denial; None where the threat is told only later."""
    best: int | None = None
    for span in denial.spans:
        for evidence in threat.evidence:
            if evidence.field is not field_of(span.doc):
                best = _OTHER_FIELD if best is None else best
                continue
            at = _token_at(span.doc, evidence)
            if at is None or at.i > span.end:
                continue
            gap = sum(1 for token in span.doc[at.i + 1 : span.start + 1] if token.is_sent_start)
            best = gap if best is None else min(best, gap)
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
