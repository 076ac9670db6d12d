"""Which of the article's threats a denial denies: that it was made, or that the talk took place.

A link needs a reason in the words (the denial's content tells the threat, speaks of a threat,
message or conversation, or dismisses the account that the threat stands in) and no reason
against it in the participants.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.clauses import is_verb
from pipeline.extraction.document import field_of, sentence_numbers
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.sources import author
from pipeline.records import ActorType, DenialKind, Modality

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spacy.tokens import Doc, Span, Token

    from pipeline.extraction.candidates import Context
    from pipeline.extraction.document import Entity
    from pipeline.records import ActorRef, Threat
    from pipeline.records import Span as RecordSpan

_MADE = frozenset({"threat", "threaten", "ultimatum", "warning", "warn", "vow"})
_ANSWER_REACH = 6
"""Sentences within which "the report" or "it" refers to an allegation."""
_GENERAL = frozenset(
    {
        "pronoun",
        "pronoun-subject",
        "elliptic",
        "exist",
        "frame:same",
        "frame:blank",
        "frame:innocence",
        "contradict",
        "bare",
        "alibi",
    }
)
"""Features of denials that are of what was told before."""
_NEXT_TO = 3
"""Sentences within which an answer is of what was just told."""
_TALK_REACH = 10
"""Sentences within which "no such talk" is of a threat that it has no word of."""
_LINK_FROM = 2.0
_ENOUGH_WORDS = 3
_BOTH = 2
"""Participants named with a talk: "no such conversation between X and Y" is of X's threat to Y."""
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


@dataclass(frozen=True, slots=True)
class _Reasons:
    """What speaks for one denial being of one threat."""

    inside: bool
    """The threat stands in the very words of the denial."""
    names_threat: bool
    """The denial speaks of a threat, an ultimatum, a warning."""
    names_talk: bool
    """... of a message or conversation, or of what was said in it."""
    general: bool
    """The denial says only "it", "the report", "he had not"."""
    explicit: bool
    """It tells at length what is denied."""
    of_the_teller: bool
    """It is of "the senator's story", and the senator tells the threat."""
    shared: int
    """Words that the denial has in common with the threat."""
    named: int
    """Participants of the threat that the denial names."""
    own: bool
    """The denier is the threatener."""
    side: bool
    """The denier is, or belongs to, the threatener's side."""
    alleged: bool
    gap: int | None
    """Sentences from the threat to the denial; None where the threat stands behind it."""


def _score(denial: DenialView, threat: Threat, context: Context) -> float:
    """Points for the link; a reason in the words and one in the participants are needed."""
    words = [token for span in (*denial.contents, *denial.spans) for token in span]
    such = bool(denial.features & {"such", "emphatic"}) and _is_such_talk(words)
    explicit = bool(denial.features & {"claim-content", "clause"})
    said = [token for content in denial.contents for token in content] if explicit else words
    talk = any(cue_set("communication_noun").matches(token) for token in said)
    own = _is_same(threat.threatener, denial.denier)
    reasons = _Reasons(
        inside=_tells(denial, threat),
        names_threat=any(lemma(token) in _MADE for token in said),
        names_talk=talk or such,
        general=_is_general(denial) and not explicit,
        explicit=explicit,
        of_the_teller=_is_of_the_teller(denial, threat, context),
        shared=_shared_words(words, threat),
        named=_names(words, threat),
        own=own,
        side=own or _same_country(denial, threat.threatener) or _speaks_for(denial, threat),
        alleged=_is_of_another(threat),
        gap=_distance(denial, threat),
    )
    points = _from_words(reasons, denial)
    if not points or not _may_deny(reasons, denial, threat, context):
        tracing.linked(threat, 0.0, reasons)
        return 0.0
    points += 1.0 if reasons.alleged else 0.0
    points += min(reasons.shared, 3) * 0.5 + reasons.named * 0.8
    points += 0.6 if own else 0.0
    points += 0.5 if reasons.side or _same_country(denial, *threat.targets) else 0.0
    if reasons.gap is not None:
        points += max(0.0, 1.0 - 0.1 * reasons.gap)
    tracing.linked(threat, points, reasons)
    return points


def _from_words(reasons: _Reasons, denial: DenialView) -> float:
    """Points for what the denial says; 0 where nothing in it speaks of the threat."""
    if reasons.inside:
        return 4.0
    if reasons.of_the_teller:
        return 3.0
    near = reasons.gap is not None and (
        reasons.gap <= (_ANSWER_REACH if reasons.side else _NEXT_TO)
    )
    answer = reasons.general or (
        # "I never spoke to the boy": his own act, told as an answer.
        "frame:negation" in denial.features
        and reasons.side
        and not denial.features & {"claim-content"}
        and reasons.gap is not None
        and reasons.gap <= _NEXT_TO
    )
    between_them = reasons.names_talk and reasons.named >= _BOTH
    # "denied that any such threat was made", right behind one that another told.
    between_them = between_them or (
        reasons.names_threat and reasons.alleged and (reasons.gap or 0) <= _NEXT_TO and near
    )
    if reasons.explicit and not (reasons.side or reasons.shared >= _ENOUGH_WORDS or between_them):
        return 0.0
    far = reasons.gap is not None and reasons.gap > _TALK_REACH and not reasons.shared
    if (reasons.names_threat or reasons.names_talk) and not far:
        return 2.0 if reasons.gap is not None else 1.0 if reasons.alleged else 0.0
    if answer and near and (reasons.alleged or reasons.own):
        return 2.0
    if reasons.gap is not None and reasons.alleged and reasons.shared >= _ENOUGH_WORDS:
        return 1.5
    return 0.0


def _may_deny(reasons: _Reasons, denial: DenialView, threat: Threat, context: Context) -> bool:
    """Whether nothing in the participants or in the kind of the denial speaks against it."""
    if not reasons.inside and not _involved(denial, threat):
        return False
    if denial.kind is DenialKind.RESPONSIBILITY:
        return reasons.inside or (
            reasons.own
            and (
                ((reasons.names_threat or reasons.names_talk) and _of_a_message(denial))
                or _is_of_its_bearer(denial, threat, context)
            )
        )
    if not reasons.alleged:
        # What is threatened openly is denied only by its author, faced with his own words.
        near = reasons.gap is not None and reasons.gap <= _NEXT_TO
        bare = denial.features & {"pronoun", "elliptic", "bare", "frame:blank"}
        talk = reasons.names_talk and (reasons.gap or 0) <= _ANSWER_REACH
        return reasons.own and (reasons.inside or talk or (near and bool(bare)))
    return True


def _is_of_another(threat: Threat) -> bool:
    """Whether the threat is alleged, or told by another than its author."""
    return threat.modality is Modality.ALLEGED or threat.attribution is not None


def _is_such_talk(words: Sequence[Token]) -> bool:
    """Whether what there was no "such" of may be talk: not "no such collision"."""
    return all(
        such.head.pos_ != "NOUN"
        or lemma(such.head) in _MADE | {"thing", "sort", "kind", "promise", "order"}
        or cue_set("communication_noun").matches(such.head)
        or cue_set("claim_noun").matches(such.head)
        for such in words
        if such.lower_ == "such"
    )


def _is_same(party: ActorRef, denier: Entity) -> bool:
    """One actor, also where a person was not known again by the surname alone."""
    if party.actor_id == denier.actor_id:
        return True
    return (
        party.type is ActorType.PERSON
        and denier.type is ActorType.PERSON
        and party.name.split()[-1] == denier.name.split()[-1]
    )


def _speaks_for(denial: DenialView, threat: Threat) -> bool:
    role = (denial.denier.role or "").lower()
    name = threat.threatener.name.lower()
    return len(name) > 3 and name in role


def _is_of_the_teller(denial: DenialView, threat: Threat, context: Context) -> bool:
    """Whether what is dismissed is the account of the one who tells the threat."""
    if threat.attribution is None:
        return False
    for content in denial.contents:
        if not cue_set("claim_noun").matches(content.root):
            continue
        teller = author(content.root)
        entity = context.index.resolve(teller) if teller is not None else None
        if entity is not None and entity.actor_id == threat.attribution.actor_id:
            return True
    return False


def _is_of_its_bearer(denial: DenialView, threat: Threat, context: Context) -> bool:
    """ "The parcel is not ours": the thing that brought the threat stands where it is told."""
    things = {
        lemma(token)
        for span in denial.spans
        for token in span
        if token.pos_ == "NOUN" and not token.is_stop
    }
    for doc in context.document.docs:
        for evidence in threat.evidence:
            at = _token_at(doc, evidence) if evidence.field is field_of(doc) else None
            if at is None:
                continue
            around = [at.sent]
            if at.sent.start:
                around.append(doc[at.sent.start - 1].sent)
            if things & {lemma(token) for sentence in around for token in sentence}:
                return True
    return False


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


def _same_country(denial: DenialView, *parties: ActorRef) -> bool:
    country = denial.denier.country
    return country is not None and any(party.country == country for party in parties)


def _tells(denial: DenialView, threat: Threat) -> bool:
    """Whether the threat stands in the very words of the denial."""
    for span in denial.spans:
        for evidence in threat.evidence:
            if evidence.field is field_of(span.doc) and (
                evidence.start < span.end_char and span.start_char < evidence.end
            ):
                return True
            # "denied a claim by the minister that it had vowed to burn ...": behind the cue.
            # "It had not, she insisted, told the Turks that their loans would be cancelled".
            sentence = span.sent
            holds = {"frame:deny", "frame:reject"} & denial.features and "claim" in denial.features
            if evidence.field is field_of(span.doc) and (
                span.start_char <= evidence.start < sentence.end_char
                and (holds or {"elliptic", "frame:negation"} <= denial.features)
            ):
                return True
    return False


def _involved(denial: DenialView, threat: Threat) -> bool:
    """Whether the denier is, or speaks for, one that the threat is about."""
    denier = denial.denier
    parties = [threat.threatener, *threat.targets]
    if any(_is_same(party, denier) for party in parties):
        return True
    if denier.country is not None and any(party.country == denier.country for party in parties):
        return True
    if _is_of_another(threat):
        return True
    role = (denier.role or "").lower()
    return any(len(party.name) > 3 and party.name.lower() in role for party in parties)


def _distance(denial: DenialView, threat: Threat) -> int | None:
    """Sentences from the threat to the denial; None where the threat is told only later."""
    best: int | None = None
    for span in denial.spans:
        number = sentence_numbers(span.doc)
        for evidence in threat.evidence:
            if evidence.field is not field_of(span.doc):
                best = _OTHER_FIELD if best is None else best
                continue
            at = _token_at(span.doc, evidence)
            if at is None or at.i > span.end:
                continue
            gap = max(number[min(span.start, len(number) - 1)] - number[at.i], 0)
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
