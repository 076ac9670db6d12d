"""Weighs the words that may deny: verbs of denying, verdicts of falsehood, who had no part.

Names the features that the rules look at, as `threat_features.py` does for threats. Denials
without any such word ("there was no call") are weighed in `negations.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.candidates import Context, DenialCandidate
from pipeline.extraction.clauses import (
    direct_object,
    is_passive,
    is_verb,
    prepositional_objects,
    surface_subject,
    trim,
)
from pipeline.extraction.counter_claims import counter_claim
from pipeline.extraction.denial_nouns import denial_noun, emptied_claim
from pipeline.extraction.denial_parts import (
    PRONOUNS,
    claim_content,
    clause_content,
    clears,
    cue_span,
    denier_features,
    doer,
    doer_of,
    is_claim,
    make_candidate,
    manner,
    object_features,
    phrase,
)
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.same_denials import same_denial
from pipeline.extraction.verdicts import call_false, find_verdict, is_false

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extraction.texts import Span, Token

_KINDS = (("strong_reject", "strong"), ("condemn", "condemns"), ("of_truth", "of-truth"))
"""Cue sets of verbs of rejecting, and what they make of it."""
_COURTS = frozenset(
    {
        "court",
        "judge",
        "tribunal",
        "jury",
        "parliament",
        "senate",
        "magistrate",
        "referee",
        "umpire",
        "panel",
        "board",
        "arbitrator",
        "regulator",
        "voter",
        "shareholder",
        "lawmaker",
        "congress",
        "assembly",
        "bench",
        "ombudsman",
        "commission",
        "critic",
        "justice",
    }
)


def denial_candidates(sentence: Span, context: Context) -> Iterator[DenialCandidate]:
    """The sentence's denials by a word that denies, weighed."""
    for token in sentence:
        if is_verb(token):
            for weigh in (_innocent, _deny, _reject, call_false):
                candidate = weigh(token, sentence, context)
                if candidate is not None:
                    candidate.features |= manner(token)
                    yield candidate
                    break
            else:
                candidate = is_false(token, sentence, context) or counter_claim(
                    token, sentence, context
                )
                if candidate is not None:
                    yield candidate
        elif token.lower_ in ("same", "likewise", "so", "as"):
            candidate = same_denial(token, sentence, context)
            if candidate is not None:
                yield candidate
        else:
            candidate = denial_noun(token, sentence, context) or emptied_claim(
                token, sentence, context
            )
            if candidate is not None:
                yield candidate


def _deny(verb: Token, sentence: Span, context: Context) -> DenialCandidate | None:
    """ "denied that ...", "denied the report", "denies involvement"; not "denied him entry"."""
    if not cue_set("deny").matches(verb):
        return None
    passive = is_passive(verb)
    claim = surface_subject(verb) if passive else _object(verb)
    clause = next(
        (
            c
            for c in verb.children
            if c.dep_ in ("ccomp", "xcomp", "pcomp", "advcl")
            and c.i > verb.i
            and is_verb(c)
            and (c.dep_ in ("ccomp", "xcomp", "pcomp") or c.tag_ == "VBG")
        ),
        None,
    )
    if claim is not None and clause is not None and claim.i > clause.i:
        claim = None
    if claim is None and clause is None and not passive:
        claim = _denied_before(verb)
    features = set()
    content: Span | None = None
    told = _told_of(claim, clause) if claim is not None and not passive else None
    if told is not None:
        features.add("clause")
        content = told
        if clears(told):
            features.add("responsibility")
    elif claim is not None and (clause is None or claim.i < clause.i):
        features |= object_features(verb, claim, passive)
        inner = claim_content(claim)
        if inner is not None:
            features.add("claim-content")
        content = None if claim.lower_ in PRONOUNS else inner or phrase(claim)
    elif clause is not None and _is_no_clause(clause) and _names_refused(verb):
        # "denied him bail": the parser has made a verb of a noun.
        features.add("refused")
    elif clause is not None:
        features.add("clause")
        content = clause_content(clause)
        if clears(content):
            features.add("responsibility")
    elif passive:
        features.add("refused")
    else:
        features.add("bare")
    candidate = make_candidate(
        verb,
        sentence,
        context,
        frame="deny",
        denier=doer(verb),
        cue=cue_span(verb),
        content=content,
        end=claim.right_edge.i + 1 if claim is not None else None,
    )
    candidate.features |= features | denier_features(candidate.denier, context)
    signs = {
        "strong": lemma(verb) != "deny",
        "stance": claim is not None and cue_set("settled").matches(claim),
        "unnamed": passive and candidate.denier is None,
    }
    candidate.features |= {sign for sign, holds in signs.items() if holds}
    return candidate


def _object(verb: Token) -> Token | None:
    """The verb's object; in "rebutted the paper's claims point by point" the claims."""
    thing = direct_object(verb)
    if thing is None:
        return None
    # No plural stands before its noun, whatever the parser says.
    plurals = (c for c in thing.children if c.dep_ == "compound" and c.tag_ == "NNS")
    return next((plural for plural in plurals if is_claim(plural)), thing)


def _told_of(thing: Token, beside: Token | None) -> Span | None:
    """ "denied his country had sold arms": the parser takes the clause's subject for the object."""
    behind = thing.doc[thing.i + 1 : thing.i + 2]
    if is_claim(thing) or not len(behind) or behind[0].tag_ not in ("VBD", "VBZ", "VBP", "MD"):
        return None
    clause = next(
        (c for c in thing.children if c.dep_ in ("relcl", "acl", "ccomp") and c.i > thing.i), None
    )
    if clause is None and beside is not None and beside.left_edge.i == thing.i + 1:
        clause = beside
    if clause is None:
        return None
    return trim(thing.doc[thing.left_edge.i : clause.right_edge.i + 1])


def _is_no_clause(clause: Token) -> bool:
    """Whether nothing but its tag makes the word a verb."""
    return clause.tag_ in ("VB", "VBP", "NN") and not any(
        child.dep_ in ("mark", "aux", "auxpass") for child in clause.children
    )


def _names_refused(verb: Token) -> bool:
    return cue_set("refused_object").first(verb.doc[verb.i + 1 : verb.i + 8]) is not None


def _denied_before(verb: Token) -> Token | None:
    """ "accusations that he has denied": the noun that the relative clause hangs on."""
    own = surface_subject(verb)
    relative = verb.dep_ == "relcl" or (verb.dep_ == "acl" and verb.head.pos_ == "NOUN")
    if relative and own is not None and own.lower_ not in ("who", "which", "that"):
        return verb.head
    if verb.dep_ == "conj" and verb.head.dep_ == "relcl" and own is None:
        return verb.head.head
    if own is not None and own.i and own.i < verb.i:
        # "a charge Kigali denies": the parser makes one name of the two nouns.
        before = own.nbor(-1)
        if before.lower_ in ("that", "which") and before.i:
            before = before.nbor(-1)
        if is_claim(before) or before.lower_ in ("something", "anything"):
            return before
    return None


def _innocent(verb: Token, sentence: Span, context: Context) -> DenialCandidate | None:
    """ "protested her innocence", "pleaded not guilty", "said the opposite"."""
    if not cue_set("innocence").matches(verb):
        return None
    stop = min(verb.i + 6, sentence.end)
    last = next(
        (
            t.i
            for t in verb.doc[verb.i + 1 : stop]
            if t.lower_ in ("innocence", "guilty", "opposite", "contrary", "reverse", "innocent")
        ),
        None,
    )
    if last is None or (verb.doc[last].lower_ == "guilty" and verb.doc[last - 1].lower_ != "not"):
        return None
    return _plain(verb, sentence, context, verb.doc[verb.i : last + 1])


def _plain(verb: Token, sentence: Span, context: Context, cue: Span) -> DenialCandidate:
    candidate = make_candidate(
        verb, sentence, context, frame="innocence", denier=doer(verb), cue=cue, content=None
    )
    candidate.features |= denier_features(candidate.denier, context)
    if cue[-1].lower_ in ("innocence", "guilty", "innocent"):
        candidate.features.add("responsibility")
    return candidate


def _reject(verb: Token, sentence: Span, context: Context) -> DenialCandidate | None:
    """ "rejected the claim", "dismissed as untrue a report", "disputed that ..."."""
    if not cue_set("reject").matches(verb):
        return None
    passive = is_passive(verb)
    untrue = find_verdict(verb, sentence, "as_untrue", only_as=True)
    idea = _idea_that(verb, untrue)
    claim = _rejected(verb, sentence, passive, untrue) or idea
    clause = next(
        (
            c
            for c in verb.children
            if c.dep_ == "ccomp" and c.i > verb.i and any(m.lower_ == "that" for m in c.children)
        ),
        None,
    )
    if claim is None and clause is None:
        return None
    features: set[str] = set()
    content = clause_content(clause) if clause is not None else None
    if clause is not None:
        features.add("clause")
    if claim is not None:
        features |= object_features(verb, claim, passive) - {"refused"}
        inner = claim_content(claim)
        if inner is not None:
            features.add("claim-content")
            if claim == idea:
                features.add("soft-claim")
        content = inner if inner is not None else content or phrase(claim)
        if (
            not cue_set("pure_claim_noun").matches(claim)
            and cue_set("refusable_claim_exception").matches(claim)
        ) or _is_proposal(claim, inner):
            features.add("refusable")
    if untrue is not None:
        plain = cue_set("plainly_false").matches(untrue)
        features |= {"as-untrue", "plain"} if plain else {"as-untrue"}
    features |= {feature for name, feature in _KINDS if cue_set(name).matches(verb)}
    if lemma(verb) == "contradict":
        features.add("contradict")
    who = doer_of(verb, claim)
    if who is not None and (
        lemma(who) in _COURTS
        or any(lemma(c) in _COURTS for c in who.children if c.dep_ in ("compound", "nmod"))
    ):
        features.add("court")
    ends = [t.i + 1 for t in (untrue, claim.right_edge if claim is not None else None) if t]
    candidate = make_candidate(
        verb,
        sentence,
        context,
        frame="reject",
        denier=who,
        cue=cue_span(verb, *([untrue] if untrue is not None else [])),
        content=content,
        end=max(ends, default=None),
    )
    candidate.features |= features | denier_features(who, context)
    return candidate


def _is_proposal(claim: Token, told: Span | None) -> bool:
    """ "a suggestion that the cut be delayed", "a version of the bill": nothing said to be so."""
    if told is not None and (
        (told.root.tag_ == "VB" and not any(c.dep_ == "aux" for c in told.root.children))
        or any(t.lower_ in ("should", "ought") for t in told.root.children)
    ):
        return True
    if any(child.dep_ == "poss" for child in claim.children):
        return False  # "his version of the dinner": an account
    return lemma(claim) in ("version", "theory") and any(
        noun.pos_ == "NOUN" and lemma(noun) not in ("event", "story", "incident", "fact")
        for child in claim.children
        if child.lower_ == "of"
        for noun in child.children
    )


def _rejected(verb: Token, sentence: Span, passive: bool, untrue: Token | None) -> Token | None:
    """The noun for what is rejected."""
    claim = surface_subject(verb) if passive else direct_object(verb)
    if passive and claim is not None and verb.dep_ == "relcl":
        claim = verb.head
    if claim is not None and not passive and claim.i < verb.i:
        claim = None
    if not passive and (claim is None or not is_claim(claim)):
        # "scoffed at the report", "poured cold water on the claim"
        claim = _claim_behind(verb) or claim
    if claim is None or (untrue is not None and not passive and not is_claim(claim)):
        # "dismissed as untrue a leaflet saying ...": the object is lost behind "as".
        later = next(
            (t for t in sentence.doc[verb.i + 1 : min(verb.i + 16, sentence.end)] if is_claim(t)),
            None,
        )
        claim = later if later is not None else claim
    return claim


def _idea_that(verb: Token, untrue: Token | None) -> Token | None:
    """ "scoffed at the idea that he had been bought": a thought, where only truth is at stake."""
    if untrue is None and not cue_set("of_truth").matches(verb):
        return None
    return next(
        (
            noun
            for noun in verb.doc[verb.i + 1 : min(verb.i + 8, verb.sent.end)]
            if lemma(noun) in ("idea", "thought", "possibility") and claim_content(noun) is not None
        ),
        None,
    )


def _claim_behind(verb: Token) -> Token | None:
    """The claim that a preposition of the verb or of its object holds."""
    return next(
        (
            noun
            for preposition, noun in prepositional_objects(verb)
            if preposition.lower_ in ("on", "at", "with", "over", "to", "upon", "against")
            and (is_claim(noun) or noun.lower_ in PRONOUNS)
        ),
        None,
    ) or next(
        (
            noun
            for held in verb.children
            if held.dep_ == "dobj"
            for preposition, noun in prepositional_objects(held)
            if preposition.lower_ in ("on", "to", "with") and is_claim(noun)
        ),
        None,
    )
