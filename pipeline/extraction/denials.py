"""Finds who denies what: candidates become records by the rules, tellings are merged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.accounts import Accounts
from pipeline.extraction.candidates import Context, DenialCandidate
from pipeline.extraction.categories import lemmas
from pipeline.extraction.confidence import Confidence
from pipeline.extraction.denial_weighing import MERGE_REACH, by_sentence, decided, surroundings_of
from pipeline.extraction.denied_content import denied_content, explicit
from pipeline.extraction.document import to_span
from pipeline.extraction.doubtful_threats import DoubtfulThreats, in_order
from pipeline.extraction.lexicon import cue_set
from pipeline.extraction.link_views import DenialView, ThreatView, threat_views
from pipeline.extraction.linking import link
from pipeline.extraction.participants import THIRD, heads, participant, resolve, same_side
from pipeline.extraction.quotes import is_speech
from pipeline.extraction.surroundings import Surroundings
from pipeline.records import ActorType, Denial, DenialKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.extraction.document import ActorIndex, Document, Entity
    from pipeline.extraction.rules import Rule
    from pipeline.extraction.texts import Span, Token
    from pipeline.extraction.threats import FoundThreats
    from pipeline.records import Provenance, Threat

_SHORT = 4
"""Tokens up to which a noun for a claim stands for the claim as a whole."""
_SOMEONE = frozenset({"he", "she", "they", "who"})
"""Pronouns that can only mean people, whom a text may name nowhere."""
_SPEAKER_REACH = 90
"""Tokens within which the last speaker may be meant by an open pronoun."""


@dataclass(slots=True)
class Telling:
    """One place of the article that tells a denial."""

    rule: Rule
    candidate: DenialCandidate
    denier: Entity
    kind: DenialKind
    attribution: Entity | None
    quoted: bool
    more: list[Span] = field(default_factory=list)
    """Quotations that carry the denial on without denying in themselves."""


def find_denials(
    document: Document, index: ActorIndex, provenance: Provenance, threats: FoundThreats
) -> tuple[list[Denial], list[Threat]]:
    """The denials of an article, each with the threats that it denies, and all its threats.

    What only a denial shows to be a threat (`doubtful_threats.py`) is among these.

    Args:
        document: parsed, with its quotations found.
        index: the article's actors; unnamed groups that deny are added.
        provenance: what all the article's records share.
        threats: those found in the same article.
    """
    context = Context.of(document, index, provenance)
    accounts = Accounts(context)
    groups: list[list[Telling]] = []
    weighed = list(by_sentence(context, accounts))
    surroundings = surroundings_of(weighed, threats.records, context)
    told = 0
    for sentence, found in weighed:
        for telling in tellings(sentence, found, context, groups, surroundings):
            told += 1
            document.limits.check_records(told)
            tracing.told(telling.candidate)
            _merge(telling, groups, accounts)
    for group in groups:
        for telling in group:
            telling.more += _carried_on(telling, context, groups)
    denials: list[Denial] = []
    views = threat_views(threats.records if groups else (), context)
    doubtful = DoubtfulThreats(threats, context)
    for group in groups:
        before = denials[-1].denies if denials else ()
        denials.append(_record(group, context, views, before, accounts, doubtful))
    doubtful.trace()
    return denials, in_order(threats.records, doubtful.denied)


def tellings(
    sentence: Span,
    found: Sequence[DenialCandidate],
    context: Context,
    before: list[list[Telling]],
    surroundings: Surroundings,
) -> Iterator[Telling]:
    """The places of the sentence that tell a denial; ``before``: those found so far."""
    weighed = list(decided(sentence, found, before, surroundings))
    weighed.sort(key=lambda pair: (pair[0].by_signs, -pair[0].confidence, pair[1].head.i))
    taken: list[tuple[int, int]] = []
    kept = []
    for rule, candidate in weighed:
        place = (candidate.evidence.start, candidate.evidence.end)
        if "frame:same" not in candidate.features and any(
            start < place[1] and place[0] < end for start, end in taken
        ):
            tracing.dropped(candidate, "told better by words that overlap these")
            continue
        taken.append(place)
        kept.append((rule, candidate))
    for rule, candidate in sorted(kept, key=lambda pair: pair[1].evidence.start):
        yield from _told(rule, candidate, context)


def _told(rule: Rule, candidate: DenialCandidate, context: Context) -> Iterator[Telling]:
    if candidate.denier is None:
        tracing.dropped(candidate, "the words name no one who denies")
        return
    own = candidate.features & {"frame:negation", "frame:false", "frame:blank"}
    outer = candidate.speeches[1:] if own else candidate.speeches
    for head in heads(candidate.denier):
        denier = participant(head, outer, context.index) or _last_speaker(head, context)
        if denier is None and head.lower_ in THIRD:
            denier = next(
                (
                    entity
                    for speech in outer
                    if (entity := participant(speech.speaker, [], context.index)) is not None
                ),
                None,
            )
        if denier is None and rule.names_it and head.lower_ in _SOMEONE:
            # Who denies in so many words is told, though not by name.
            denier = context.index.unnamed(head)
        if denier is None:
            tracing.dropped(candidate, f"who is meant by “{head.text}” is not known")
            continue
        said_by = None
        for position, speech in enumerate(outer):
            entity = resolve(speech.speaker, outer[position + 1 :], context.index)
            if entity is not None and entity is not denier and not same_side(entity, denier):
                said_by = entity
                break
        span = candidate.evidence
        yield Telling(
            rule,
            candidate,
            denier,
            _kind(candidate),
            said_by,
            context.attribution.is_quoted(span.start, span.end, span.doc),
        )


@tracing.step("an open pronoun: the last subject that it can mean")
def _last_speaker(pronoun: Token, context: Context) -> Entity | None:
    """Who "he said" goes on from: the last subject before the pronoun that can be meant.

    Asked only where the article's coreference leaves the pronoun open: a denial whose denier
    is the one who spoke last is worth more than none.
    """
    if pronoun.lower_ not in ("he", "she", "it", "they"):
        return None
    person = pronoun.lower_ in ("he", "she")
    doc = pronoun.doc
    for token in reversed(doc[max(0, pronoun.i - _SPEAKER_REACH) : pronoun.i]):
        if token.dep_ not in ("nsubj", "nsubjpass") or token.lower_ in THIRD:
            continue
        entity = context.index.resolve(token)
        if (
            entity is None
            and person
            and token.tag_ == "NN"
            and cue_set("human_group").matches(token)
        ):
            # "the senator said ..., but she denied ...": one whom nothing names.
            entity = context.index.participant(token)
            return entity
        if entity is None:
            continue
        if (entity.type is ActorType.PERSON) == person and entity.type is not ActorType.GROUP:
            return entity
    return None


def _kind(candidate: DenialCandidate) -> DenialKind:
    features = candidate.features
    if features & {"responsibility", "not-responsible"}:
        return DenialKind.RESPONSIBILITY
    if features & {"frame:deny", "frame:reject", "frame:call", "frame:false"}:
        if features & {"claim-content", "clause"}:
            return DenialKind.FACT
        if "frame:deny" in features:
            return DenialKind.CLAIM if "claim" in features else DenialKind.FACT
        if "frame:false" in features and not features & {"claim", "pronoun"}:
            return DenialKind.FACT
        return DenialKind.CLAIM
    return DenialKind.FACT


def _merge(telling: Telling, groups: list[list[Telling]], accounts: Accounts) -> None:
    for group in reversed(groups):
        if group[-1].denier is telling.denier and _same_denial(group, telling, accounts):
            group.append(telling)
            return
    if "frame:same" in telling.candidate.features:
        earlier = next((g for g in reversed(groups) if g[-1].denier is not telling.denier), None)
        if earlier is None:
            return
        telling.kind = earlier[0].kind
        telling.candidate.content = earlier[0].candidate.content
    groups.append([telling])


def _same_denial(group: list[Telling], telling: Telling, accounts: Accounts) -> bool:
    last = group[-1].candidate
    if last.evidence.doc is not telling.candidate.evidence.doc:
        return _shares(group, telling, 1)
    gap = telling.candidate.evidence.start - last.evidence.end
    weak = telling.candidate.features & {"frame:negation", "frame:blank", "frame:false", "pronoun"}
    if any(
        t.lower_ in ("also", "separately", "likewise", "another")
        for t in telling.candidate.head.children
    ):
        return _shares(group, telling, 2)
    if "asked" in telling.candidate.features:
        # "Asked whether it had promised ..., he said: of course not": another matter.
        return _shares_question(group, telling)
    named = "claim" in telling.candidate.features and "pronoun" not in telling.candidate.features
    if weak and not named and accounts.between(last.evidence, telling.candidate):
        # What another told meanwhile is what is denied now.
        return _shares(group, telling, 2)
    if gap < MERGE_REACH and (_is_general(telling) or all(_is_general(t) for t in group)):
        return True
    if _is_of_a_document(telling):
        return _shares(group, telling, 1)
    if weak and gap < MERGE_REACH:
        between = last.evidence.doc[last.evidence.end : telling.candidate.evidence.start]
        if gap <= 0 or "\n" not in between.text or _shares(group, telling, 1):
            return True
    return _shares(group, telling, 2)


def _is_general(telling: Telling) -> bool:
    """Whether only "it", "the report", "the claims" is denied: what the denial is of before."""
    content = telling.candidate.content
    if "frame:same" in telling.candidate.features:
        return False
    return content is None or (
        len(content) < _SHORT and cue_set("pure_claim_noun").matches(content.root)
    )


def _is_of_a_document(telling: Telling) -> bool:
    """Whether a letter or tape is called false, and not the claim that was denied before."""
    content = telling.candidate.content
    return (
        "frame:false" in telling.candidate.features
        and content is not None
        and cue_set("told_claim").matches(content.root)
        and not cue_set("pure_claim_noun").matches(content.root)
    )


def _shares_question(group: list[Telling], telling: Telling) -> bool:
    asked = lemmas(list(telling.candidate.head.sent))
    return any(
        len(asked & lemmas(list(other.candidate.content or other.candidate.evidence))) > 1
        for other in group
    )


def _shares(group: list[Telling], telling: Telling, least: int) -> bool:
    words = lemmas(list(telling.candidate.content or telling.candidate.evidence))
    for other in group:
        others = lemmas(list(other.candidate.content or other.candidate.evidence))
        if len(words & others) >= least:
            return True
    return False


def _carried_on(telling: Telling, context: Context, groups: list[list[Telling]]) -> list[Span]:
    """The next quotation of the denier in the same paragraph."""
    evidence = telling.candidate.evidence
    for quote in context.attribution.places.behind(evidence.doc, evidence.end):
        between = evidence.doc[evidence.end : quote.span.start]
        if len(between) > 25 or "\n" in between.text:
            return []
        if not is_speech(quote) or quote.speaker is None or quote.parent is not None:
            continue
        speaker = context.index.resolve(quote.speaker)
        taken = any(
            quote.span.start <= other.candidate.evidence.start < quote.span.end
            for group in groups
            for other in group
        )
        ours = speaker is telling.denier or same_side(speaker, telling.denier)
        if (ours or quote.cue is None) and not taken:
            return [quote.span]
        return []
    return []


def _record(
    group: list[Telling],
    context: Context,
    threats: list[ThreatView],
    denied_before: Sequence[str],
    accounts: Accounts,
    doubtful: DoubtfulThreats,
) -> Denial:
    best = max(
        group,
        key=lambda telling: (
            telling.candidate.content is not None,
            explicit(telling.candidate),
            telling.rule.confidence,
            -telling.candidate.evidence.start,
        ),
    )
    ordered = [best, *(telling for telling in group if telling is not best)]
    spans = [telling.candidate.evidence for telling in ordered]
    spans += [span for telling in group for span in telling.more]
    evidence = []
    for span in spans:
        if (told := to_span(span)) not in evidence:
            evidence.append(told)
    content = denied_content(best.candidate)
    grounds = {
        "unnamed denier": best.denier.type is ActorType.GROUP,
        "no content": content is None,
        "told by another": best.attribution is not None,
        "told again": len(spans) > 1,
    }
    held = (ground for ground, holds in grounds.items() if holds)
    confidence = Confidence.of("denial", best.rule, best.candidate.features, held)
    kinds = {telling.kind for telling in group}
    kind = best.kind
    if kind is DenialKind.CLAIM and DenialKind.FACT in kinds:
        kind = DenialKind.FACT
    elif DenialKind.RESPONSIBILITY in kinds:
        kind = DenialKind.RESPONSIBILITY
    view = DenialView(
        denier=best.denier,
        spans=tuple(spans),
        kind=kind,
        contents=tuple(t.candidate.content for t in group if t.candidate.content is not None),
        features=frozenset(f for t in group for f in t.candidate.features),
        candidates=tuple(t.candidate for t in ordered),
        context=context,
        accounts=accounts,
    )
    linked = link(view, threats, denied_before)
    if not linked and (shown := doubtful.denied_by(view, threats, denied_before)) is not None:
        threats.append(shown)
        linked = [shown.record]
    attribution = next((t.attribution for t in group if t.attribution is not None), None)
    denial = Denial(
        provenance=context.provenance,
        denier=best.denier.ref,
        content=content.text if content is not None else None,
        cue=best.candidate.cue.text,
        kind=kind,
        denies=tuple(threat.record_id for threat in linked),
        attribution=attribution.ref if attribution is not None else None,
        quoted=any(t.quoted for t in group) or any(t.more for t in group),
        evidence=tuple(evidence),
        confidence=confidence.stated,
    )
    tracing.made(denial, [telling.candidate for telling in ordered], confidence)
    return denial
