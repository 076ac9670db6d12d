"""Makes a weighed candidate of the parts of a threat that is no clause of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.candidates import Context, ThreatCandidate
from pipeline.extraction.categories import category, noun_category
from pipeline.extraction.clauses import (
    contiguous,
    is_unsaid,
    is_verb,
    negation,
    trim,
)
from pipeline.extraction.lexicon import cue_set
from pipeline.extraction.participants import is_agentive, is_bystander, resolve

if TYPE_CHECKING:
    from pipeline.extraction.attribution import Speech
    from pipeline.extraction.texts import Span, Token


def make_candidate(
    predicate: Token,
    frame: str,
    action: Span,
    evidence: Span,
    sentence: Span,
    context: Context,
    *,
    threatener: Token | None,
    hearer: Token | None,
    victims: list[list[Token]],
    speeches: list[Speech],
    cue: Token,
    condition: Span | None,
) -> ThreatCandidate:
    """A candidate with the features that its parts have."""
    features = {f"frame:{frame}"}
    words = list(action)
    code = category(predicate, words) if is_verb(predicate) else noun_category(words)
    if code is not None:
        features |= {"harm", f"code:{code}"}
    if any(cue_set("consequence_noun").matches(word) for word in words):
        features.add("consequence")
    if condition is not None:
        features.add("condition")
    if threatener is not None and is_agentive(threatener, context.index):
        features.add("agentive")
    if threatener is not None and is_bystander(threatener, context.index):
        features.add("bystander")
    if is_verb(cue) and negation(cue) is not None:
        features.add("untold")
    if is_verb(cue) and is_unsaid(cue):
        features.add("unsaid")
    if hearer is not None:
        features.add("hearer")
    for token in [
        *(t for ring in victims for t in ring),
        *([hearer] if hearer is not None else []),
    ]:
        if token.pos_ in ("NOUN", "PROPN", "PRON") and (
            resolve(token, speeches, context.index) is not None
            or cue_set("human_group").matches(token)
        ):
            features.add("victim")
    if condition is not None:
        evidence = trim(
            evidence.doc[min(evidence.start, condition.start) : max(evidence.end, condition.end)]
        )
    return ThreatCandidate(
        predicate=predicate,
        features=features,
        speeches=speeches,
        threatener=threatener,
        hearer=hearer,
        victims=victims,
        action=action,
        evidence=evidence,
        condition=condition,
        cue=cue,
    )


def noun_phrase(noun: Token, condition: Span | None) -> Span:
    """The noun phrase around ``noun`` without the condition."""
    inside = range(condition.start, condition.end) if condition is not None else range(0)
    return contiguous([t for t in noun.subtree if t.i not in inside], noun)
