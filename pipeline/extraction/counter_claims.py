"""Weighs words that make a liar of the other: "the paper had made the story up", "he is lying".

Whoever says so says that what the other told is false.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.candidates import Context, DenialCandidate
from pipeline.extraction.clauses import direct_object, is_passive, surface_subject
from pipeline.extraction.denial_parts import (
    PRONOUNS,
    claim_content,
    denier_features,
    is_claim,
    make_candidate,
    manner,
    phrase,
)
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.participants import FIRST, resolve, same_side

if TYPE_CHECKING:
    from pipeline.extraction.texts import Span, Token

_TAKES_BACK = frozenset({"negated", "hypothetical", "question", "noncommittal"})
_RELATIVE = frozenset({"who", "which", "that", "whoever"})
_WHOLE = frozenset({"thing", "lot", "affair", "everything", "all"})
"""Words that stand for all that was told: "made the whole thing up"."""
_LYING_WHERE = frozenset({"in", "on", "at", "with", "down", "behind", "between", "within", "near"})
"""What follows where "lie" is to be somewhere."""


def counter_claim(verb: Token, sentence: Span, context: Context) -> DenialCandidate | None:
    """ "the paper had invented the story", "the minister was lying", "he is a liar"."""
    invented = _invented(verb)
    lies = invented is None and _lies(verb)
    if invented is None and not lies:
        return None
    speeches = context.attribution.speeches(verb)
    subject = surface_subject(verb)
    if not speeches or subject is None or subject.lower_ in FIRST | _RELATIVE:
        return None
    speaker = speeches[0].speaker
    liar = resolve(subject, speeches, context.index)
    if liar is not None and same_side(liar, resolve(speaker, speeches[1:], context.index)):
        return None
    content = None
    features = {"lies"} if lies else {"plain"}
    if invented is not None:
        features.add("claim" if is_claim(invented) else "pronoun")
        if is_claim(invented):
            content = claim_content(invented) or phrase(invented)
    if speeches[0].quote is not None:
        features.add("quote")
    candidate = make_candidate(
        verb,
        sentence,
        context,
        frame="false",
        denier=speaker,
        cue=verb.doc[verb.i : verb.i + 1],
        content=content,
        start=max(subject.left_edge.i, sentence.start),
        end=max(t.i for t in (verb, *verb.children) if t.i < sentence.end) + 1,
    )
    candidate.features |= features | denier_features(speaker, context)
    candidate.features |= manner(verb) & _TAKES_BACK
    return candidate


def _invented(verb: Token) -> Token | None:
    """The claim that another is said to have made up; None where nothing of the kind is said."""
    if not cue_set("inventing").matches(verb) or is_passive(verb):
        return None
    thing = direct_object(verb)
    if thing is None:
        # "had made the whole thing up": the parser takes the particle for a verb.
        behind = verb.doc[verb.i + 1 : verb.i + 4]
        thing = next((t for t in behind if lemma(t) in _WHOLE or is_claim(t)), None)
    if thing is None or not (is_claim(thing) or thing.lower_ in PRONOUNS or lemma(thing) in _WHOLE):
        return None
    return thing


def _lies(verb: Token) -> bool:
    """ "was lying", "has lied", "is a liar"."""
    if lemma(verb) == "lie" and verb.tag_ in ("VBG", "VBD", "VBN"):
        return not any(child.lower_ in _LYING_WHERE for child in verb.children)
    return lemma(verb) == "be" and any(
        child.dep_ == "attr" and lemma(child) == "liar" for child in verb.children
    )
