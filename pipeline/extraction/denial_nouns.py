"""Weighs nouns by which something is denied: "a denial by X", "no truth in the report".

The verbs are weighed in `denial_frames.py`, the verdicts of falsehood in `verdicts.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.candidates import Context, DenialCandidate
from pipeline.extraction.clauses import is_verb, prepositional_objects, surface_subject
from pipeline.extraction.denial_parts import (
    claim_content,
    clause_content,
    denier_features,
    doer,
    is_claim,
    make_candidate,
    manner,
    phrase,
)
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.sources import author

if TYPE_CHECKING:
    from pipeline.extraction.texts import Span, Token

_HOLDING = frozenset(
    {
        *("be", "have", "contain", "hold", "lack", "find", "see", "bear", "remain"),
        *("correspond", "accord"),
    }
)
"""Verbs by which a claim has truth, or none."""
_COMING = frozenset({"come", "follow", "arrive", "pour", "issue", "emerge"})
"""Verbs by which a denial comes from someone."""
_REACH = 8
"""Tokens between "no truth" and the claim that holds none."""


def denial_noun(noun: Token, sentence: Span, context: Context) -> DenialCandidate | None:
    """ "issued a denial of the report", "Iran's denial that it ...", "despite denials from ..."."""
    if noun.pos_ != "NOUN" or not cue_set("denial_noun").matches(noun):
        return None
    if noun.i and noun.nbor(-1).lower_ == "in" and not any(c.dep_ == "det" for c in noun.children):
        return None  # "in denial"
    verb = noun.head if noun.dep_ in ("dobj", "pobj", "nsubj", "nsubjpass") else None
    while verb is not None and not is_verb(verb) and verb.head != verb:
        verb = verb.head
    denier = author(noun)
    if denier is None and verb is not None and noun.dep_ == "dobj":
        denier = doer(verb) if cue_set("uttering").matches(verb) else None
    if denier is None and verb is not None and noun.dep_ == "nsubj" and lemma(verb) in _COMING:
        # "Denials came from Doha and Cairo"
        denier = next((n for p, n in prepositional_objects(verb) if p.lower_ == "from"), None)
    if denier is None:
        return None
    features, content = _denied(noun)
    if "refused" in features:
        return None
    start = min(denier.left_edge.i, noun.left_edge.i)
    candidate = make_candidate(
        verb if verb is not None and noun.dep_ == "dobj" else noun,
        sentence,
        context,
        frame="deny-noun",
        denier=denier,
        cue=noun.doc[noun.i : noun.i + 1],
        content=content,
        start=start if noun.i - start < _REACH else None,
    )
    candidate.features |= features | denier_features(denier, context)
    if verb is not None:
        candidate.features |= manner(verb) - {"noncommittal"}
    return candidate


def _denied(noun: Token) -> tuple[set[str], Span | None]:
    """What the denial is of: the clause or noun that hangs on it, with its features."""
    inner = claim_content(noun)
    if inner is not None:
        return {"clause"}, inner
    of = next((c for c in noun.children if c.lower_ == "of" and c.i > noun.i), None)
    thing = next((n for n in of.children if n.dep_ in ("pobj", "pcomp")), None) if of else None
    if any(lemma(c) in ("plausible", "judicial") for c in noun.children if c.dep_ == "amod") or (
        thing is not None and cue_set("refused_object").matches(thing)
    ):
        return {"refused"}, None
    if thing is None:
        return {"bare"}, None
    features = set()
    told = claim_content(thing)
    if told is not None:
        features.add("claim-content")
    if is_claim(thing):
        features.add("claim")
    if cue_set("responsibility_noun").matches(thing):
        features.add("responsibility")
    return features, told or (clause_content(thing) if is_verb(thing) else phrase(thing))


def emptied_claim(noun: Token, sentence: Span, context: Context) -> DenialCandidate | None:
    """ "there was no truth in the story", "the claim had no basis", "not a word of truth"."""
    if not cue_set("truth_noun").matches(noun) or not _is_none(noun):
        return None
    verb = next((t for t in noun.ancestors if is_verb(t)), None)
    if verb is None or not sentence.start <= verb.i < sentence.end or lemma(verb) not in _HOLDING:
        return None
    speeches = context.attribution.speeches(verb)
    if not speeches:
        return None
    subject = surface_subject(verb)
    claim = next(
        (t for t in noun.doc[noun.i + 1 : min(noun.i + _REACH, sentence.end)] if is_claim(t)),
        subject if subject is not None and is_claim(subject) else None,
    )
    pronoun = claim is None and (
        any(
            t.lower_ in ("it", "that", "this", "them")
            for t in noun.doc[noun.i + 1 : min(noun.i + 4, sentence.end)]
        )
        or (subject is not None and subject.lower_ in ("it", "that", "this", "they"))
    )
    if claim is None and not pronoun:
        return None
    features = {"claim"} if claim is not None else {"pronoun", "plain"}
    content: Span | None = None
    if claim is not None:
        inner = claim_content(claim)
        if inner is not None:
            features.add("claim-content")
        content = inner if inner is not None else phrase(claim)
    start = subject.left_edge.i if subject is not None and subject.i < verb.i else verb.i
    candidate = make_candidate(
        verb,
        sentence,
        context,
        frame="false",
        denier=speeches[0].speaker,
        cue=noun.doc[min(verb.i, noun.left_edge.i) : noun.i + 1],
        content=content,
        start=max(start, sentence.start),
        end=(claim.right_edge.i if claim is not None and claim.i > noun.i else noun.i) + 1,
    )
    candidate.features |= features | denier_features(speeches[0].speaker, context)
    candidate.features |= manner(verb) & {"hypothetical", "question"}
    if speeches[0].quote is not None:
        candidate.features.add("quote")
    return candidate


def _is_none(noun: Token) -> bool:
    """ "no truth", "not a grain of truth", "without a shred of evidence", "devoid of"."""
    before = noun.doc[max(noun.sent.start, noun.i - 6) : noun.i]
    return any(
        t.lower_ in ("no", "not", "n't", "n’t", "without", "zero", "never", "nor")
        or lemma(t) in ("lack", "devoid")
        for t in before
    )
