"""Weighs the words that may deny: verbs of denying, verdicts of falsehood, who had no part.

Names the features that the rules look at, as `threat_features.py` does for threats. Denials
without any such word ("there was no call") are weighed in `negations.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.attribution import author
from pipeline.extraction.candidates import Context, DenialCandidate
from pipeline.extraction.clauses import (
    OBJECTS,
    auxiliaries,
    contiguous,
    direct_object,
    is_passive,
    is_verb,
    logical_subject,
    negation,
    passive_agent,
    surface_subject,
    trim,
)
from pipeline.extraction.lexicon import cue_set, lemma

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.tokens import Span, Token

_PRONOUNS = frozenset({"it", "this", "that", "them", "these", "those", "all", "everything"})
_HYPOTHETICAL = frozenset({"would", "could", "might", "may", "must", "should", "can", "ca"})
_COURTS = frozenset(
    {"court", "judge", "tribunal", "jury", "parliament", "senate", "magistrate", "referee",
     "umpire", "panel", "board", "arbitrator", "regulator", "voter", "shareholder", "lawmaker",
     "congress", "assembly", "bench", "ombudsman", "commission", "critic", "justice"}
)
_CALLING = frozenset({"call", "describe", "brand", "label", "term", "dub", "denounce", "condemn",
                      "characterise", "characterize", "decry", "portray", "slam", "blast",
                      "deem", "pronounce", "declare", "mock", "ridicule", "attack", "deride"})


def denial_candidates(sentence: Span, context: Context) -> Iterator[DenialCandidate]:
    """The sentence's denials by a word that denies, weighed."""
    for token in sentence:
        if is_verb(token):
            for weigh in (_innocent, _deny, _reject, _call):
                candidate = weigh(token, sentence, context)
                if candidate is not None:
                    candidate.features |= _manner(token)
                    yield candidate
                    break
            else:
                candidate = _is_false(token, sentence, context)
                if candidate is not None:
                    yield candidate
        elif token.lower_ in ("same", "likewise", "so"):
            candidate = _same(token, sentence, context)
            if candidate is not None:
                yield candidate


def _manner(verb: Token) -> set[str]:
    """What takes the denial back: negated, only possible, left open, asked."""
    found = set()
    if negation(verb) is not None or _negated_above(verb):
        found.add("negated")
    if any(word.lower_ in _HYPOTHETICAL for word in auxiliaries(verb)):
        found.add("hypothetical")
    words = {token.lower_ for token in verb.doc[max(verb.sent.start, verb.i - 8) : verb.i]}
    if words & {"neither", "nor"} or ("confirm" in {lemma(t) for t in verb.sent} and (
        words & {"not", "n't", "n’t", "or", "refused", "declined", "without"}
    )):
        found.add("noncommittal")
    head = verb.head
    if head != verb and lemma(head) in ("refuse", "decline", "fail", "stop", "avoid", "short",
                                            "unable", "without"):
        found.add("noncommittal")
    if verb.dep_ == "pcomp" and lemma(head) in ("without", "of") and lemma(head.head) in (
        "stop", "short", "without"
    ):
        found.add("noncommittal")
    if verb.sent.text.rstrip("\"”’ \n").endswith("?"):
        found.add("question")
    if verb.tag_ == "VB" and verb.dep_ in ("xcomp", "ccomp") and lemma(head) in (
        "ask", "urge", "want", "try", "expect", "force", "need", "hard", "difficult", "attempt"
    ):
        found.add("hypothetical")
    return found


def _negated_above(verb: Token) -> bool:
    return verb.dep_ == "conj" and is_verb(verb.head) and verb.i - verb.head.i < 5 and (
        negation(verb.head) is not None
    ) and not any(c.dep_ in ("nsubj", "aux") for c in verb.children)


def _make(
    head: Token, sentence: Span, context: Context, *, frame: str, denier: Token | None,
    cue: Span, content: Span | None, start: int | None = None, end: int | None = None,
) -> DenialCandidate:
    speeches = context.attribution.speeches(head)
    first = min(cue.start, content.start if content is not None else cue.start)
    last = max(cue.end, content.end if content is not None else cue.end)
    first = min(first, start) if start is not None else first
    last = max(last, end) if end is not None else last
    evidence = trim(head.doc[max(first, sentence.start) : min(last, sentence.end)])
    return DenialCandidate(
        head=head, features={f"frame:{frame}"}, speeches=speeches, denier=denier, cue=cue,
        evidence=evidence, content=content,
    )


def _doer(verb: Token) -> Token | None:
    if is_passive(verb) or (verb.tag_ == "VBN" and verb.dep_ in ("acl", "amod")):
        return passive_agent(verb)
    return logical_subject(verb)


def _cue(verb: Token, *more: Token) -> Span:
    last = max([verb.i, *(t.i for t in more if 0 < t.i - verb.i < 4)])
    return verb.doc[verb.i : last + 1]


def _deny(verb: Token, sentence: Span, context: Context) -> DenialCandidate | None:
    """"denied that ...", "denied the report", "denies involvement"; not "denied him entry"."""
    if not cue_set("deny").matches(verb):
        return None
    passive = is_passive(verb)
    claim = surface_subject(verb) if passive else direct_object(verb)
    clause = next(
        (c for c in verb.children
         if c.dep_ in ("ccomp", "xcomp", "pcomp", "advcl") and c.i > verb.i and is_verb(c)
         and (c.dep_ in ("ccomp", "xcomp", "pcomp") or c.tag_ == "VBG")),
        None,
    )
    if claim is not None and clause is not None and claim.i > clause.i:
        claim = None
    own = surface_subject(verb)
    if claim is None and clause is None and verb.dep_ == "relcl" and not passive and (
        own is not None and own.lower_ not in ("who", "which", "that")
    ):
        # "accusations that he has denied": what is denied stands before.
        claim = verb.head
    features = set()
    content: Span | None = None
    if claim is not None and (clause is None or claim.i < clause.i):
        if claim.i < verb.i and not passive and claim.lower_ in ("something", "that"):
            features.add("claim")
        features |= _object_features(verb, claim, passive)
        inner = claim_content(claim)
        content = inner if inner is not None else _phrase(claim)
        if inner is not None:
            features.add("claim-content")
        if claim.lower_ in _PRONOUNS:
            content = None
    elif clause is not None:
        features.add("clause")
        content = _clause_content(clause)
        if _clears(content):
            features.add("responsibility")
    elif passive:
        features.add("refused")
    else:
        features.add("bare")
    candidate = _make(verb, sentence, context, frame="deny", denier=_doer(verb),
                      cue=_cue(verb), content=content,
                      end=claim.right_edge.i + 1 if claim is not None else None)
    candidate.features |= features | _who(candidate.denier, context)
    if lemma(verb) != "deny":
        candidate.features.add("strong")
    if passive and candidate.denier is None:
        candidate.features.add("unnamed")
    return candidate


def _innocent(verb: Token, sentence: Span, context: Context) -> DenialCandidate | None:
    """"protested her innocence", "pleaded not guilty", "said the opposite"."""
    if not cue_set("innocence").matches(verb):
        return None
    stop = min(verb.i + 6, sentence.end)
    last = next(
        (t.i for t in verb.doc[verb.i + 1 : stop]
         if t.lower_ in ("innocence", "guilty", "opposite", "reverse", "contrary", "innocent")),
        None,
    )
    if last is None or (verb.doc[last].lower_ == "guilty" and verb.doc[last - 1].lower_ != "not"):
        return None
    return _plain(verb, sentence, context, verb.doc[verb.i : last + 1])


def _plain(verb: Token, sentence: Span, context: Context, cue: Span) -> DenialCandidate:
    candidate = _make(verb, sentence, context, frame="innocence", denier=_doer(verb), cue=cue,
                      content=None)
    candidate.features |= _who(candidate.denier, context)
    if cue[-1].lower_ in ("innocence", "guilty", "innocent"):
        candidate.features.add("responsibility")
    return candidate


def _object_features(verb: Token, claim: Token, passive: bool) -> set[str]:
    found = set()
    objects = [c for c in verb.children if c.dep_ in OBJECTS and c.i > verb.i]
    if len(objects) > 1 or (passive and objects) or any(
        c.dep_ in ("dative", "iobj") for c in verb.children
    ):
        found.add("refused")
    if any(c.lower_ == "to" and c.dep_ in ("prep", "dative") and c.i > claim.i
           for c in [*verb.children, *claim.children]) and not (
        cue_set("pure_claim_noun").matches(claim)
    ):
        found.add("refused")
    if cue_set("pure_claim_noun").matches(claim):
        found.add("claim")
    elif cue_set("claim_noun").matches(claim):
        found.add("soft-claim")
    if cue_set("responsibility_noun").matches(claim) or any(
        cue_set("responsibility_noun").matches(c) for c in claim.conjuncts
    ):
        found.add("responsibility")
    if claim.lower_ in _PRONOUNS:
        found.add("pronoun")
    elif cue_set("refused_object").matches(claim) or (
        not found and cue_set("refused_object").first(
            t for t in verb.doc[verb.i + 1 : min(verb.i + 8, verb.sent.end)]
        ) is not None
    ):
        found.add("refused")
    if passive and claim.pos_ in ("PROPN", "PRON") and claim.lower_ not in _PRONOUNS:
        found.add("refused")
    people = [claim, *(n for c in claim.children if c.lower_ == "of" for n in c.children)]
    if any(cue_set("human_group").matches(word) for word in people):
        found.add("person-object")
    if claim.ent_type_ == "PERSON" or (claim.pos_ == "PRON" and claim.lower_ in (
            "him", "her", "them", "me", "us", "himself", "herself", "you")):
        found.add("person-object")
    return found


def _reject(verb: Token, sentence: Span, context: Context) -> DenialCandidate | None:
    """"rejected the claim", "dismissed as untrue a report", "disputed that ..."."""
    if not cue_set("reject").matches(verb):
        return None
    passive = is_passive(verb)
    claim = surface_subject(verb) if passive else direct_object(verb)
    untrue = _verdict(verb, sentence, "as_untrue", only_as=True)
    if claim is not None and not passive and claim.i < verb.i:
        claim = None
    if claim is None or (untrue is not None and not passive and not _claims(claim)):
        # "dismissed as untrue a leaflet saying ...": the object is lost behind "as".
        later = next(
            (t for t in sentence.doc[verb.i + 1 : min(verb.i + 16, sentence.end)] if _claims(t)),
            None,
        )
        claim = later if later is not None else claim
    clause = next(
        (c for c in verb.children if c.dep_ == "ccomp" and c.i > verb.i
         and any(m.lower_ == "that" for m in c.children)), None,
    )
    if claim is None and clause is None:
        return None
    features: set[str] = set()
    content = _clause_content(clause) if clause is not None else None
    if clause is not None:
        features.add("clause")
    if claim is not None:
        features |= _object_features(verb, claim, passive) - {"refused"}
        inner = claim_content(claim)
        if inner is not None:
            features.add("claim-content")
        content = inner if inner is not None else content or _phrase(claim)
        if not cue_set("pure_claim_noun").matches(claim) and (
            cue_set("refusable_claim_exception").matches(claim)
        ):
            features.add("refusable")
    if untrue is not None:
        features.add("as-untrue")
    if cue_set("strong_reject").matches(verb):
        features.add("strong")
    if lemma(verb) == "contradict":
        features.add("contradict")
    doer = _doer(verb)
    if doer is not None and (lemma(doer) in _COURTS or any(
        lemma(c) in _COURTS for c in doer.children if c.dep_ in ("compound", "nmod")
    )):
        features.add("court")
    ends = [t.i + 1 for t in (untrue, claim.right_edge if claim is not None else None) if t]
    candidate = _make(
        verb, sentence, context, frame="reject", denier=doer,
        cue=_cue(verb, *([untrue] if untrue is not None else [])), content=content,
        end=max(ends, default=None),
    )
    candidate.features |= features | _who(doer, context)
    return candidate


def _claims(token: Token) -> bool:
    # The parser takes "claims that" behind a quotation mark for a verb.
    return cue_set("claim_noun").matches(token) or (
        token.lower_ in ("claims", "reports", "charges", "rumours") and token.tag_ == "VBZ"
    )


def _call(verb: Token, sentence: Span, context: Context) -> DenialCandidate | None:
    """"called the report a lie", "described the claims as theatre"."""
    if lemma(verb) not in _CALLING and not (
        lemma(verb) == "go" and any(t.lower_ == "describe" for t in verb.subtree)
    ):
        return None
    if is_passive(verb) and passive_agent(verb) is None:
        return None
    if verb.i + 1 < sentence.end and verb.nbor().lower_ in ("on", "for", "off", "in", "up"):
        return None
    verdict = _verdict(verb, sentence, "false", only_as=lemma(verb) not in ("call", "brand",
                       "label", "term", "dub", "declare", "deem", "pronounce"))
    if verdict is None:
        return None
    claim = direct_object(verb)
    if claim is None or claim.i == verdict.i or claim.i < verb.i:
        claim = next(
            (t for t in sentence.doc[verb.i + 1 : verdict.i]
             if t.pos_ in ("NOUN", "PROPN") or t.lower_ in _PRONOUNS), None,
        )
    what = verb.children
    if claim is None and any(c.lower_ == "what" for c in what):
        claim = verdict if _claims(verdict) else next(
            (t for t in sentence.doc[verdict.i : min(verdict.i + 4, sentence.end)] if _claims(t)),
            None,
        )
    if claim is None or cue_set("natural").matches(claim):
        return None
    features = _object_features(verb, claim, False) - {"refused"}
    if cue_set("plainly_false").matches(verdict):
        features.add("plain")
    inner = claim_content(claim)
    end = verdict.i + 1
    candidate = _make(
        verb, sentence, context, frame="call", denier=_doer(verb),
        cue=verb.doc[verb.i : max(end, verdict.right_edge.i + 1 if verdict.right_edge.i
                                  - verdict.i < 5 else end)],
        content=inner or (_phrase(claim) if claim.lower_ not in _PRONOUNS else None), end=end,
    )
    candidate.features |= features | _who(candidate.denier, context)
    return candidate


def _verdict(verb: Token, sentence: Span, name: str, *, only_as: bool) -> Token | None:
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


def _is_false(verb: Token, sentence: Span, context: Context) -> DenialCandidate | None:
    """"the report was false", "it is untrue that ...", "the tape had been doctored"."""
    subject = surface_subject(verb)
    verdict: Token | None = None
    if lemma(verb) in ("be", "remain", "constitute"):
        for child in verb.children:
            if child.dep_ in ("acomp", "attr", "oprd", "prep", "npadvmod", "advmod") and (
                child.i > verb.i or child.dep_ == "acomp"
            ):
                verdict = verdict or cue_set("false").first(
                    t for t in child.subtree if t.i <= child.i + 3
                )
        if verdict is None:
            verdict = cue_set("false").first(
                verb.doc[verb.i + 1 : min(verb.i + 5, sentence.end)]
            )
    elif is_passive(verb) and cue_set("false").matches(verb):
        verdict = verb
    if verdict is None or negation(verb) is not None and not verdict.lower_ == "not" and (
        lemma(verdict) not in ("true", "so", "genuine", "correct", "accurate", "factual")
    ):
        return None
    speeches = context.attribution.speeches(verb)
    if not speeches:
        return None
    speaker = speeches[0].speaker
    features = {"frame:false"}
    clause = next((c for c in [*verb.children, *verdict.children]
                   if c.dep_ in ("ccomp", "csubj", "advcl", "acl") and is_verb(c)
                   and any(m.lower_ == "that" for m in c.children) and c.i > verdict.i), None)
    content: Span | None = None
    if clause is not None:
        content, features = _clause_content(clause), features | {"clause"}
    elif subject is not None:
        known = context.index.resolve(subject)
        if (known is not None and subject.lower_ not in _PRONOUNS) or (
            cue_set("human_group").matches(subject)
        ):
            features.add("person")
        inner = claim_content(subject)
        if inner is not None:
            features.add("claim-content")
        if cue_set("claim_noun").matches(subject):
            features.add("claim")
        if subject.lower_ in _PRONOUNS | {"which"}:
            features.add("pronoun")
        elif subject.lower_ not in ("he", "she", "they", "we", "i", "you"):
            content = inner or _phrase(subject)
        else:
            features.add("person")
    if cue_set("plainly_false").matches(verdict):
        features.add("plain")
    elif subject is not None and subject.lower_ in ("that", "this") and (
        speeches[0].quote is not None
    ):
        features.add("wrong-word")
    if speeches[0].quote is not None:
        features.add("quote")
    if clause is None and any(
        child.dep_ in ("xcomp", "advcl", "relcl") and any(c.lower_ == "to" for c in child.children)
        for child in [*verb.children, *verdict.children]
    ):
        features.add("infinitive")
    features |= _who(speaker, context) | _manner(verb) - {"negated", "noncommittal"}
    start = subject.left_edge.i if subject is not None else verb.i
    end = max(verb.i, verdict.i, verdict.right_edge.i if verdict.right_edge.i - verdict.i < 6
              else verdict.i) + 1
    candidate = _make(verb, sentence, context, frame="false", denier=speaker,
                      cue=verb.doc[min(verb.i, verdict.i) : max(verb.i, verdict.i) + 1],
                      content=content, start=max(start, sentence.start), end=end)
    candidate.features |= features
    return candidate


def _same(token: Token, sentence: Span, context: Context) -> DenialCandidate | None:
    """"So did Sudan", "gave the same answer": a denial where one goes before."""
    if token.lower_ == "so":
        if token.i + 2 >= sentence.end or token.nbor().lower_ not in ("did", "does", "has"):
            return None
        denier = next((t for t in sentence.doc[token.i + 2 : sentence.end]
                       if t.pos_ in ("PROPN", "NOUN") and t.dep_ not in ("compound", "poss")), None)
        cue = trim(sentence.doc[token.i : (denier.i if denier is not None else token.i + 1) + 1])
        head = token.nbor()
    else:
        if not cue_set("same_answer").matches(token) and token.lower_ != "likewise":
            return None
        verb = next((t for t in token.ancestors if is_verb(t)), None)
        if verb is None or token.lower_ == "likewise" and lemma(verb) not in ("do", "deny", "say"):
            return None
        denier, head = _doer(verb), verb
        cue = verb.doc[min(verb.i, token.i) : min(max(verb.i, token.i) + 2, sentence.end)]
    if denier is None:
        return None
    candidate = _make(head, sentence, context, frame="same", denier=denier, cue=cue, content=None,
                      start=denier.left_edge.i)
    candidate.features |= _who(denier, context)
    return candidate


def _who(denier: Token | None, context: Context) -> set[str]:
    if denier is None:
        return {"no-denier"}
    found = set()
    if cue_set("claim_noun").matches(denier) and context.index.resolve(denier) is None and (
        author(denier) is None
    ):
        found.add("text-denier")
    if cue_set("evidence_noun").matches(denier) and author(denier) is None:
        found.add("text-denier")
    if cue_set("nonagent").matches(denier) and denier.pos_ == "NOUN" and (
        context.index.resolve(denier) is None
    ):
        found.add("text-denier")
    if lemma(denier) in ("nobody", "none", "few", "no-one", "one"):
        found.add("nobody")
    if lemma(denier) in ("goalkeeper", "keeper", "post", "woodwork", "crossbar", "defender"):
        found.add("sport")
    return found


def claim_content(claim: Token) -> Span | None:
    """What a claim says: "the report *that it had rigged tests*", "claims *of torture*" not."""
    for child in claim.children:
        if child.i < claim.i:
            continue
        if child.dep_ == "ccomp" and is_verb(claim):
            return _clause_content(child)
        if child.dep_ in ("acl", "relcl", "ccomp", "appos") and is_verb(child):
            if child.tag_ == "VBG" and cue_set("report").matches(child):
                inner = next((c for c in child.children if c.dep_ == "ccomp"), None)
                return _clause_content(inner) if inner is not None else None
            if any(m.lower_ == "that" and m.dep_ == "mark" for m in child.children) or (
                child.dep_ in ("acl", "ccomp") and surface_subject(child) is not None
            ):
                return _clause_content(child)
            said = next((c for c in child.children if c.dep_ == "ccomp"), None)
            if said is not None and cue_set("report").matches(child):
                return _clause_content(said)
    for child in claim.children:
        if child.dep_ == "prep" and child.lower_ in ("by", "in", "on", "from", "of", "made"):
            for noun in child.children:
                for clause in noun.children:
                    if clause.dep_ in ("acl", "relcl", "ccomp") and any(
                        m.lower_ == "that" and m.dep_ == "mark" for m in clause.children
                    ):
                        return _clause_content(clause)
    # "a claim by the interior minister, Jan Holm, that it had ...": hung on a name.
    for token in claim.doc[claim.i + 1 : min(claim.i + 20, claim.sent.end)]:
        if token.lower_ == "that" and token.dep_ == "mark" and is_verb(token.head):
            return _clause_content(token.head)
        if is_verb(token) and token.dep_ in ("ROOT", "conj"):
            break
    return None


def _clause_content(clause: Token) -> Span:
    tokens = list(clause.subtree)
    while tokens and (tokens[0].lower_ == "that" or tokens[0].is_punct) and len(tokens) > 1:
        tokens = tokens[1:]
    return contiguous(tokens, clause)


def _phrase(noun: Token) -> Span:
    return contiguous([t for t in noun.subtree if t.dep_ != "relcl"], noun)


def _clears(content: Span) -> bool:
    text = content.text.lower()
    return any(words in text for words in (
        "being behind", "was behind", "were behind", "had anything to do", "any part in",
        "was responsible", "were responsible", "being responsible", "any hand in", "was involved",
        "were involved", "being involved", "taking part in", "had carried out", "any role in",
    ))
