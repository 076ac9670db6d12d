"""Weighs verdicts of falsehood: "called it a lie", "the report was false"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.candidates import Context, DenialCandidate
from pipeline.extraction.clauses import (
    direct_object,
    is_passive,
    is_verb,
    negation,
    passive_agent,
    surface_subject,
)
from pipeline.extraction.denial_parts import (
    PRONOUNS,
    claim_content,
    clause_content,
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

if TYPE_CHECKING:
    from pipeline.extraction.texts import Span, Token


_OTHER_PRONOUNS = frozenset({"which", "he", "she", "they", "we", "i", "you"})
_HOLDING = frozenset({"think", "believe", "feel", "guess", "find"})
"""Verbs by which a speaker gives an opinion for no more than one."""
_QUANTIFIERS = frozenset({"everything", "all", "everybody", "everyone"})
_CALLING = frozenset(
    {
        "call",
        "describe",
        "brand",
        "label",
        "term",
        "dub",
        "denounce",
        "condemn",
        "characterise",
        "characterize",
        "decry",
        "portray",
        "slam",
        "blast",
        "deem",
        "pronounce",
        "declare",
        "mock",
        "ridicule",
        "attack",
        "deride",
    }
)

_NAMING = frozenset({"call", "dub", "label", "term", "brand"})
"""Those whose participle tells a name: "a website called Fake Harbour"."""


def call_false(verb: Token, sentence: Span, context: Context) -> DenialCandidate | None:
    """ "called the report a lie", "described the claims as theatre"."""
    if lemma(verb) not in _CALLING and not (
        lemma(verb) == "go" and any(t.lower_ == "describe" for t in verb.subtree)
    ):
        return None
    if is_passive(verb) and passive_agent(verb) is None:
        return None
    if verb.i + 1 < sentence.end and verb.nbor().lower_ in ("on", "for", "off", "in", "up"):
        return None
    verdict = find_verdict(
        verb,
        sentence,
        "false",
        only_as=lemma(verb) not in _NAMING | {"declare", "deem", "pronounce"},
    )
    liar = next((c for c in verb.children if c.i > verb.i and lemma(c) == "liar"), None)
    verdict = verdict or liar
    if verdict is None:
        return None
    claim = direct_object(verb)
    if claim is None or claim.i == verdict.i or claim.i < verb.i:
        claim = next(
            (
                t
                for t in sentence.doc[verb.i + 1 : verdict.i]
                if t.pos_ in ("NOUN", "PROPN") or t.lower_ in PRONOUNS
            ),
            None,
        )
    what = verb.children
    if claim is None and any(c.lower_ == "what" for c in what):
        claim = (
            verdict
            if is_claim(verdict)
            else next(
                (
                    t
                    for t in sentence.doc[verdict.i : min(verdict.i + 4, sentence.end)]
                    if is_claim(t)
                ),
                None,
            )
        )
    if claim is None:
        # "described as untrue a senator's statement that ...": the claim stands behind.
        claim = next(
            (
                t
                for t in sentence.doc[verdict.i + 1 : min(verdict.i + 12, sentence.end)]
                if is_claim(t)
            ),
            None,
        )
    if claim is None or cue_set("natural").matches(claim):
        return None
    features = object_features(verb, claim, False) - {"refused"}
    if cue_set("plainly_false").matches(verdict):
        features.add("plain")
    if verdict == liar:
        features.add("lies")
    inner = claim_content(claim)
    end = max(verdict.i, claim.i) + 1
    candidate = make_candidate(
        verb,
        sentence,
        context,
        frame="call",
        denier=doer_of(verb, claim) if lemma(verb) not in _NAMING else doer(verb),
        cue=verb.doc[
            verb.i : max(
                verdict.i + 1,
                verdict.right_edge.i + 1 if verdict.right_edge.i - verdict.i < 5 else 0,
            )
        ],
        content=inner or (phrase(claim) if claim.lower_ not in PRONOUNS else None),
        end=end,
    )
    candidate.features |= features | denier_features(candidate.denier, context)
    return candidate


def find_verdict(verb: Token, sentence: Span, name: str, *, only_as: bool) -> Token | None:
    """The word that calls something false behind the verb."""
    seen_as = not only_as
    for token in sentence.doc[verb.i + 1 : min(verb.i + 30, sentence.end)]:
        if token.lower_ == "as":
            seen_as = True
        if seen_as and cue_set(name).matches(token):
            return token
        if is_verb(token) and token.tag_ in ("VBD", "VBZ") and token.dep_ in ("ROOT", "conj"):
            return None
    return None


def is_false(verb: Token, sentence: Span, context: Context) -> DenialCandidate | None:
    """ "the report was false", "it is untrue that ...", "the tape had been doctored"."""
    if verb.dep_ in ("aux", "auxpass"):
        return None
    far = _far_from_truth(verb, sentence)
    verdict = far or _predicate(verb, sentence)
    if verdict is None or (verb.dep_ == "xcomp" and lemma(verb.head) in ("turn", "prove")):
        return None
    speeches = context.attribution.speeches(verb)
    if not speeches:
        return None
    speaker, quoted = speeches[0].speaker, speeches[0].quote is not None
    subject = _counted(surface_subject(verb))
    if verb.dep_ == "relcl" and subject is not None and subject.lower_ in ("that", "who"):
        return None  # "things that are not true"
    if _misses_its_noun(verdict):
        return None
    clause = next(
        (
            c
            for c in [*verb.children, *verdict.children]
            if c.dep_ in ("ccomp", "csubj", "advcl", "acl")
            and is_verb(c)
            and any(m.lower_ == "that" for m in c.children)
            and c.i > verdict.i
        ),
        None,
    )
    features: set[str] = {"quote"} if quoted else set()
    content: Span | None = None
    if clause is not None:
        content = clause_content(clause)
        features.add("clause")
    elif subject is not None:
        content = _subject_content(subject)
        features |= _subject_features(subject, verb, verdict, context)
    features |= _verdict_features(verb, verdict, subject, features)
    infinitive = next(
        (
            child
            for child in [*verb.children, *verdict.children]
            if child.dep_ in ("xcomp", "advcl", "relcl", "acl", "csubj")
            and child.i > verdict.i
            and any(c.lower_ == "to" for c in child.children)
        ),
        None,
    )
    if clause is None and infinitive is not None:
        features.add("infinitive")
        told = next((c for c in infinitive.children if c.dep_ == "ccomp" and is_verb(c)), None)
        if told is not None and cue_set("claiming").matches(infinitive):
            # "It was wrong to suggest that ...": what is suggested is not so.
            features.add("to-claim")
            content = clause_content(told)
    features |= denier_features(speaker, context) | manner(verb) - {"negated", "noncommittal"}
    if far is not None:
        features = features - {"hypothetical"} | {"plain", "pronoun"}
        content = None
    start = subject.left_edge.i if subject is not None else verb.i
    last = verdict.right_edge.i if verdict.right_edge.i - verdict.i < 6 else verdict.i
    candidate = make_candidate(
        verb,
        sentence,
        context,
        frame="false",
        denier=speaker,
        cue=verb.doc[min(verb.i, verdict.i) : max(verb.i, verdict.i) + 1],
        content=content,
        start=max(start, sentence.start),
        end=max(verb.i, verdict.i, last) + 1,
    )
    candidate.features |= features
    return candidate


def _far_from_truth(verb: Token, sentence: Span) -> Token | None:
    """ "nothing could be further from the truth", "could not be more wrong": past all doubt."""
    if lemma(verb) != "be":
        return None
    subject = surface_subject(verb)
    if negation(verb) is None and (subject is None or subject.lower_ != "nothing"):
        return None
    return cue_set("past_false").first(verb.doc[verb.i + 1 : min(verb.i + 4, sentence.end)])


def _counted(subject: Token | None) -> Token | None:
    """The claims of "all of the claims"; else the subject itself."""
    if subject is None or subject.pos_ in ("NOUN", "PROPN", "VERB"):
        return subject
    of = (noun for child in subject.children if child.lower_ == "of" for noun in child.children)
    return next((noun for noun in of if cue_set("claim_noun").matches(noun)), subject)


def _accuses(verb: Token, verdict: Token) -> bool:
    """ "The certificates were forged": whoever forged them is accused."""
    return is_passive(verb) and is_verb(verdict)


def _verdict_features(
    verb: Token, verdict: Token, subject: Token | None, known: set[str]
) -> set[str]:
    """How plainly the words call something false, and whether they only suppose it."""
    found = set()
    word = subject.lower_ if subject is not None else ""
    accuses = _accuses(verb, verdict) and "pronoun" not in known
    if cue_set("true").matches(verdict) or (
        cue_set("plainly_false").matches(verdict) and not accuses
    ):
        found.add("plain")
    elif "quote" in known and word in ("that", "this"):
        found.add("wrong-word")
    if is_passive(verb) and cue_set("misreport").matches(verb):
        found.add("misreported")
        if word in ("it", "this", "that", "which"):
            found.add("thing-pronoun")
    if _is_supposed(verb) or word in _QUANTIFIERS:
        found.add("hypothetical")
    if verb.dep_ == "ccomp" and lemma(verb.head) in _HOLDING and "quote" in known:
        found.add("view")  # "I think that's wrong"
    return found


def _misses_its_noun(verdict: Token) -> bool:
    """ "a false economy", "the wrong man", "lying in bed": no verdict on what someone said."""
    if lemma(verdict) == "lie" and verdict.pos_ == "VERB":
        return any(child.dep_ == "prep" for child in verdict.children)
    noun = verdict.head
    return (
        verdict.dep_ == "amod"
        and verdict.pos_ != "NOUN"
        and noun.i > verdict.i
        and not is_claim(noun)
        and not cue_set("false").matches(noun)
    )


def _is_supposed(verb: Token) -> bool:
    """ "if you think the landing was fake", "while not all of it is true"."""
    return any(
        mark.dep_ == "mark" and mark.lower_ in ("if", "unless", "whether", "while", "although")
        for head in (verb, *verb.ancestors)
        for mark in head.children
        if mark.i < verb.i
    )


def _predicate(verb: Token, sentence: Span) -> Token | None:
    """The word by which the clause calls its subject false."""
    verdict: Token | None = None
    false = cue_set("false")
    if lemma(verb) in ("be", "remain", "constitute"):
        for child in verb.children:
            if child.dep_ == "acomp" or (
                child.i > verb.i and child.dep_ in ("attr", "oprd", "prep", "npadvmod", "advmod")
            ):
                verdict = verdict or false.first(t for t in child.subtree if t.i <= child.i + 3)
        if verdict is None:
            verdict = false.first(verb.doc[verb.i + 1 : min(verb.i + 5, sentence.end)])
    elif is_passive(verb) and false.matches(verb):
        verdict = verb
    if verdict is None and lemma(verb) == "be" and negation(verb) is not None:
        # "is simply not true", "isn't so", "was never the case"
        return cue_set("true").first(
            token
            for token in verb.doc[verb.i + 1 : min(verb.i + 6, sentence.end)]
            # "not so" is a verdict, "not so bad" is none.
            if token.lower_ != "so" or token.right_edge.nbor().is_punct
        )
    if verdict is None:
        return None
    untrue = verdict.lower_ == "not" or cue_set("true").matches(verdict)
    return verdict if negation(verb) is None or untrue else None


def _subject_content(subject: Token) -> Span | None:
    if subject.lower_ in PRONOUNS | _OTHER_PRONOUNS:
        return None
    return claim_content(subject) or phrase(subject)


def _subject_features(subject: Token, verb: Token, verdict: Token, context: Context) -> set[str]:
    """Whether what is called false is a claim, a thing, or a person."""
    found = set()
    known = context.index.resolve(subject)
    if subject.lower_ in ("he", "she", "they", "we", "i", "you") or (
        cue_set("human_group").matches(subject)
        or (known is not None and subject.lower_ not in PRONOUNS)
    ):
        found.add("person")
    if claim_content(subject) is not None:
        found.add("claim-content")
    if cue_set("claim_noun").matches(subject):
        of_deed = _accuses(verb, verdict) and not cue_set("pure_claim_noun").matches(subject)
        found.add("soft-claim" if of_deed else "claim")
    if cue_set("view_noun").matches(subject):
        found.add("view")
    if subject.lower_ in PRONOUNS | {"which"}:
        found.add("pronoun")
    return found
