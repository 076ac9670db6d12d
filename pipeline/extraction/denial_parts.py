"""The parts of a denial: who denies, what, in what words, and what takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.candidates import Context, DenialCandidate
from pipeline.extraction.clauses import (
    OBJECTS,
    auxiliaries,
    clause_tokens,
    contiguous,
    is_passive,
    is_verb,
    logical_subject,
    negation,
    passive_agent,
    surface_subject,
    trim,
)
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.sources import author

if TYPE_CHECKING:
    from pipeline.extraction.texts import Span, Token


PRONOUNS = frozenset({"it", "this", "that", "them", "these", "those", "all", "everything"})


_RELUCTANCE = frozenset(
    {
        *("mood", "position", "hurry", "need", "reason", "wish", "desire", "attempt", "refusal"),
        *("failure", "reluctance", "inclination", "chance", "opportunity", "right", "effort"),
    }
)
"""Nouns before "to deny" by which nothing is denied yet."""
_HYPOTHETICAL = frozenset({"would", "could", "might", "may", "must", "should", "can", "ca"})


def manner(verb: Token) -> set[str]:
    """What takes the denial back: negated, only possible, left open, asked."""
    found = set()
    if negation(verb) is not None or _negated_above(verb):
        found.add("negated")
    if any(word.lower_ in _HYPOTHETICAL for word in auxiliaries(verb)):
        found.add("hypothetical")
    words = {token.lower_ for token in verb.doc[max(verb.sent.start, verb.i - 8) : verb.i]}
    if words & {"neither", "nor"} or (
        words & {"not", "n't", "n’t", "or", "refused", "declined", "without"}
        and {"confirm", "admit"} & {lemma(t) for t in verb.sent}
    ):
        found.add("noncommittal")
    head = verb.head
    # What is denied before a semicolon is a clause of its own: "denied it; the engine had failed".
    if (
        head != verb
        and verb.dep_ != "ccomp"
        and lemma(head)
        in (
            "refuse",
            "decline",
            "fail",
            "stop",
            "avoid",
            "short",
            "unable",
            "without",
        )
    ):
        found.add("noncommittal")
    if (
        verb.dep_ == "pcomp"
        and lemma(head) in ("without", "of")
        and lemma(head.head) in ("stop", "short", "without")
    ):
        found.add("noncommittal")
    if verb.sent.text.rstrip('"”’ \n').endswith("?"):
        found.add("question")
    if verb.tag_ == "VB" and verb.i > 1 and lemma(verb.nbor(-2)) in _RELUCTANCE:
        found.add("noncommittal")  # "in no mood to deny it"
    if (
        verb.tag_ == "VB"
        and verb.dep_ in ("xcomp", "ccomp")
        and lemma(head)
        in (
            *("ask", "urge", "want", "try", "expect", "force", "need", "hard", "difficult"),
            *("attempt", "appear", "seem", "have"),
        )
    ):
        found.add("hypothetical")
    return found


def _negated_above(verb: Token) -> bool:
    return (
        verb.dep_ == "conj"
        and is_verb(verb.head)
        and verb.i - verb.head.i < 5
        and (negation(verb.head) is not None)
        and not any(c.dep_ in ("nsubj", "aux") for c in verb.children)
    )


def make_candidate(
    head: Token,
    sentence: Span,
    context: Context,
    *,
    frame: str,
    denier: Token | None,
    cue: Span,
    content: Span | None,
    start: int | None = None,
    end: int | None = None,
) -> DenialCandidate:
    """A candidate whose evidence runs over cue and content, and from ``start`` to ``end``."""
    speeches = context.attribution.speeches(head)
    first = min(cue.start, content.start if content is not None else cue.start)
    last = max(cue.end, content.end if content is not None else cue.end)
    first = min(first, start) if start is not None else first
    last = max(last, end) if end is not None else last
    evidence = trim(head.doc[max(first, sentence.start) : min(last, sentence.end)])
    return DenialCandidate(
        head=head,
        features={f"frame:{frame}"},
        speeches=speeches,
        denier=denier,
        cue=cue,
        evidence=evidence,
        content=content,
    )


def doer(verb: Token) -> Token | None:
    """Who does what the verb says; None for a passive that names no one."""
    if is_passive(verb) or (
        verb.tag_ == "VBN"
        and verb.dep_ in ("acl", "amod")
        # "accusations that he too has denied" is no passive.
        and not any(child.dep_ in ("nsubj", "aux") for child in verb.children)
    ):
        return passive_agent(verb)
    behind = verb.nbor() if verb.i + 1 < len(verb.doc) else None
    if behind is not None and behind.lower_ == "by" and verb.tag_ in ("VBN", "VBD"):
        # "a charge, denied by the growers, that ...": the parser takes it for the past tense.
        return next((noun for noun in behind.children if noun.dep_ == "pobj"), None)
    return logical_subject(verb)


def doer_of(verb: Token, claim: Token | None) -> Token | None:
    """Who does what the verb says to the claim.

    "Chad's envoy dismissed as fiction a report that ...": the parser takes the verb for a
    participle of its subject. What stands behind it is then its object all the same.
    """
    who = doer(verb)
    if who is not None or claim is None or claim.i < verb.i or verb.dep_ != "acl":
        return who
    noun = verb.head
    if noun.pos_ not in ("NOUN", "PROPN") or noun.i > verb.i or is_claim(noun):
        return None
    return noun


def cue_span(verb: Token, *more: Token) -> Span:
    """The verb with the words next to it that belong to the cue."""
    last = max([verb.i, *(t.i for t in more if 0 < t.i - verb.i < 4)])
    return verb.doc[verb.i : last + 1]


def _is_demand(claim: Token) -> bool:
    """ "a suggestion that the country seek help": the bare verb tells what should be."""
    for clause in claim.children:
        if clause.dep_ not in ("acl", "ccomp", "relcl") or clause.tag_ not in ("VB", "VBP"):
            continue
        subject = surface_subject(clause)
        if (
            subject is not None
            and subject.i < clause.i
            and (subject.tag_ in ("NN", "NNP") or subject.lower_ in ("he", "she", "it"))
            and not any(child.dep_ in ("aux", "auxpass", "conj") for child in clause.children)
        ):
            return True
    return False


def object_features(verb: Token, claim: Token, passive: bool) -> set[str]:
    """What kind of thing is denied or rejected: a claim, a request, a person, a part in it."""
    found = set()
    objects = [c for c in verb.children if c.dep_ in OBJECTS and c.i > verb.i]
    if (
        # "The Titans, denied a win by rain, play on Friday"
        (verb.tag_ == "VBN" and verb.dep_ in ("acl", "advcl") and claim in objects)
        or len(objects) > 1
        or (passive and objects)
        or any(c.dep_ in ("dative", "iobj") for c in verb.children)
    ):
        found.add("refused")
    if (
        (passive or claim.i > verb.i)
        and any(
            c.lower_ == "to" and c.dep_ in ("prep", "dative") and c.i > claim.i
            for c in [*verb.children, *claim.children]
        )
        and not (cue_set("pure_claim_noun").matches(claim))
    ):
        found.add("refused")
    if _is_demand(claim):
        found.add("refused")
    if cue_set("pure_claim_noun").matches(claim):
        found.add("claim")
    elif cue_set("claim_noun").matches(claim):
        found.add("soft-claim")
    if cue_set("responsibility_noun").matches(claim) or any(
        cue_set("responsibility_noun").matches(c) for c in claim.conjuncts
    ):
        found.add("responsibility")
    if claim.lower_ in PRONOUNS:
        found.add("pronoun")
    elif cue_set("refused_object").matches(claim) or (
        not found
        and cue_set("refused_object").first(
            t for t in verb.doc[verb.i + 1 : min(verb.i + 8, verb.sent.end)]
        )
        is not None
    ):
        found.add("refused")
    if passive and claim.pos_ in ("PROPN", "PRON") and claim.lower_ not in PRONOUNS:
        found.add("refused")
    people = [claim, *(n for c in claim.children if c.lower_ == "of" for n in c.children)]
    if any(cue_set("human_group").matches(word) for word in people):
        found.add("person-object")
    if claim.ent_type_ == "PERSON" or (
        claim.pos_ == "PRON"
        and claim.lower_ in ("him", "her", "them", "me", "us", "himself", "herself", "you")
    ):
        found.add("person-object")
    return found


def is_claim(token: Token) -> bool:
    """Whether the word is a noun for something said."""
    # The parser takes "claims that" behind a quotation mark for a verb.
    return cue_set("claim_noun").matches(token) or (
        token.lower_ in ("claims", "reports", "charges", "rumours") and token.tag_ == "VBZ"
    )


def denier_features(denier: Token | None, context: Context) -> set[str]:
    """What speaks against the noun as a denier: a text, a thing, no one."""
    if denier is None:
        return {"no-denier"}
    found = set()
    if (
        cue_set("claim_noun").matches(denier)
        and context.index.resolve(denier) is None
        and (author(denier) is None)
    ):
        found.add("text-denier")
    if cue_set("evidence_noun").matches(denier) and author(denier) is None:
        found.add("text-denier")
    if (
        cue_set("nonagent").matches(denier)
        and denier.pos_ == "NOUN"
        and context.index.resolve(denier) is None
        # "the Clinton campaign": someone's.
        and all(context.index.resolve(owner) is None for owner in denier.children)
    ):
        found.add("text-denier")
    if cue_set("natural").matches(denier):
        found.add("text-denier")
    if any(
        cue_set("onlooker").matches(word)
        for word in (denier, *denier.children)
        if word is denier or word.dep_ in ("compound", "nmod", "appos")
    ):
        found.add("onlooker")
    if lemma(denier) in ("nobody", "none", "few", "no-one") or (
        # "no one"; "one of their leaders" is someone.
        lemma(denier) == "one" and any(c.lower_ == "no" for c in denier.children)
    ):
        found.add("nobody")
    if lemma(denier) in ("goalkeeper", "keeper", "post", "woodwork", "crossbar", "defender"):
        found.add("sport")
    return found


def claim_content(claim: Token) -> Span | None:
    """What a claim says: of "a report that it had rigged tests" the clause; None without one."""
    for child in claim.children:
        if child.i < claim.i:
            continue
        if child.dep_ == "ccomp" and is_verb(claim):
            return clause_content(child)
        if child.dep_ in ("acl", "relcl", "ccomp", "appos") and is_verb(child):
            told = _told_clause(child)
            if told is not None:
                return clause_content(told)
    # "a claim by the interior minister, Jan Holm, that it had ...": hung on a name.
    for token in claim.doc[claim.i + 1 : min(claim.i + 20, claim.sent.end)]:
        if token.lower_ == "that" and token.dep_ == "mark" and is_verb(token.head):
            return clause_content(token.head)
        if token.pos_ == "VERB" or token.is_quote:
            break
    return None


def _told_clause(child: Token) -> Token | None:
    """The clause itself, or the one that a participle or relative of saying holds."""
    said = next((c for c in child.children if c.dep_ == "ccomp"), None)
    if child.tag_ == "VBG" and cue_set("report").matches(child):
        return said
    if any(m.lower_ == "that" and m.dep_ == "mark" for m in child.children) or (
        child.dep_ in ("acl", "ccomp") and surface_subject(child) is not None
    ):
        return child
    if child.dep_ == "relcl" and _is_whole(child):
        return child
    return said if cue_set("report").matches(child) else None


def _is_whole(clause: Token) -> bool:
    """Whether the clause lacks nothing that its noun could be: "a story that it had paid him"."""
    subject = surface_subject(clause)
    relative = ("that", "which", "who", "whom")
    if subject is None or subject.lower_ in relative or subject.i > clause.i:
        return False
    return is_passive(clause) or any(
        child.dep_ in ("dobj", "attr", "acomp", "xcomp", "ccomp")
        and child.i > clause.i
        and child.lower_ not in relative
        for child in clause.children
    )


def clause_content(clause: Token) -> Span:
    """The clause without "that"."""
    left_out = [
        # "..., as did Chad" is another's denial.
        child
        for child in clause.children
        if lemma(child) in ("do", "have") and any(c.lower_ == "as" for c in child.children)
    ]
    tokens = clause_tokens(clause, left_out)
    while tokens and (tokens[0].lower_ == "that" or tokens[0].is_punct) and len(tokens) > 1:
        tokens = tokens[1:]
    return contiguous(tokens, clause)


def phrase(noun: Token) -> Span:
    """The noun phrase without its relative clauses."""
    return contiguous([t for t in noun.subtree if t.dep_ != "relcl"], noun)


def clears(content: Span) -> bool:
    """Whether what is denied is having done it."""
    text = content.text.lower()
    return any(
        words in text
        for words in (
            "being behind",
            "was behind",
            "were behind",
            "had anything to do",
            "any part in",
            "was responsible",
            "were responsible",
            "being responsible",
            "any hand in",
            "was involved",
            "were involved",
            "being involved",
            "taking part in",
            "had carried out",
            "any role in",
        )
    )
