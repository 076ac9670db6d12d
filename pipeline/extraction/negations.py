"""Weighs negated statements as denials: "there was no call", "we had nothing to do with it".

A negation denies only where it answers something said before, or speaks of what people are
accused of; the features say which.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pipeline.extraction.attribution import SpeechKind
from pipeline.extraction.candidates import Context, DenialCandidate
from pipeline.extraction.claims_before import echoes
from pipeline.extraction.clauses import (
    auxiliaries,
    direct_object,
    is_future,
    is_passive,
    is_possible,
    is_verb,
    logical_subject,
    negation,
    surface_subject,
    trim,
)
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.participants import FIRST, is_bystander, resolve, same_side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.tokens import Span, Token

    from pipeline.extraction.attribution import Speech
    from pipeline.extraction.document import Entity

_BLANK = frozenset(
    {
        "no",
        "not",
        "never",
        "nothing",
        "nobody",
        "none",
        "neither",
        "nonsense",
        "rubbish",
        "fake",
        "lies",
        "false",
        "untrue",
        "absolutely",
        "certainly",
    }
)
_HUMAN_PRONOUNS = frozenset({"he", "she", "they", "we", "i", "it", "nobody", "neither", "none"})


def negation_candidates(sentence: Span, context: Context) -> Iterator[DenialCandidate]:
    """The sentence's negated statements, weighed."""
    for verb in sentence:
        if not is_verb(verb) or verb.dep_ in ("aux", "auxpass", "amod"):
            continue
        no = negation(verb)
        if no is None:
            no = _no_hand(verb)
            if no is None:
                continue
        if no.i < sentence.start or no.i >= sentence.end:
            continue
        candidate = _weigh(verb, no, sentence, context)
        if candidate is not None:
            yield candidate
    fragment = _blank_answer(sentence, context)
    if fragment is not None:
        yield fragment


def _no_hand(verb: Token) -> Token | None:
    """ "had nothing to do with", "played no part in": the negation sits in the object."""
    thing = direct_object(verb)
    for token in ([thing] if thing is not None else []) + list(verb.children):
        if token.lower_ in ("nothing", "none", "nowhere"):
            return token
        for child in token.children:
            if child.lower_ in ("no", "neither") and token.i > verb.i:
                return child
    return None


def _weigh(verb: Token, no: Token, sentence: Span, context: Context) -> DenialCandidate | None:
    if (
        is_future(verb)
        or is_possible(verb)
        or any(word.lower_ in ("should", "must", "need", "ought") for word in auxiliaries(verb))
    ):
        return None
    if verb.dep_ == "relcl" or (
        verb.dep_ == "advcl"
        and any(
            m.lower_ in ("if", "unless", "until", "because", "although", "though", "while", "when")
            for m in verb.children
        )
    ):
        return None
    speeches = [s for s in context.attribution.speeches(verb) if s.kind is not SpeechKind.NOUN]
    if not speeches:
        return None
    speech = speeches[0]
    if speech.cue is not None and speech.quote is None and not _states(speech):
        return None
    features = {"frame:negation"}
    if speech.quote is not None:
        features.add("quote")
    if is_bystander(speech.speaker, context.index):
        features.add("bystander")
    if speech.addressee is not None and lemma(speech.addressee) in (
        "court",
        "judge",
        "jury",
        "police",
        "inquiry",
        "tribunal",
        "investigator",
        "prosecutor",
        "senator",
        "committee",
        "detective",
    ):
        features.add("testimony")
    subject = surface_subject(verb) or logical_subject(verb)
    features |= _subject_features(verb, subject, no, speech, speeches, context)
    features |= _verb_features(verb, no, sentence)
    if sentence.text.rstrip(' \n"”’').endswith("?"):
        features.add("question")
    start = subject.left_edge.i if subject is not None and subject.left_edge.i < verb.i else verb.i
    for word in [*auxiliaries(verb), no]:
        start = min(start, word.i)
    end = max((t.i for t in verb.subtree), default=verb.i) + 1
    quote = speech.quote
    features |= echoes(verb, no, sentence)
    if quote is not None and not context.attribution.has_marks(quote):
        features.add("answers-question")
    if quote is not None:
        start, end = max(start, quote.span.start), min(end, quote.span.end)
    start, end = max(start, sentence.start), min(end, sentence.end)
    evidence = trim(verb.doc[start : max(end, start + 1)])
    return DenialCandidate(
        head=verb,
        features=features,
        speeches=speeches,
        denier=speech.speaker,
        cue=_cue(verb, no),
        evidence=evidence,
        content=_content(verb, no, evidence),
    )


def _states(speech: Speech) -> bool:
    cue = speech.cue
    if cue is None:
        return True
    return not cue_set("accuse").matches(cue) and lemma(cue) not in (
        "hope",
        "fear",
        "believe",
        "think",
        "warn",
        "threaten",
        "ask",
        "demand",
        "suggest",
        "rule",
        "propose",
        "wonder",
        "estimate",
        "predict",
        "worry",
        "complain",
        "lament",
        "admit",
        "concede",
        "acknowledge",
        "order",
        "urge",
        "agree",
        "allege",
        "promise",
        "vow",
        "pledge",
    )


def _subject_features(
    verb: Token,
    subject: Token | None,
    no: Token,
    speech: Speech,
    speeches: list[Speech],
    context: Context,
) -> set[str]:
    if subject is None:
        return set()
    found = set()
    speaker = resolve(speech.speaker, speeches[1:], context.index)
    entity = resolve(subject, speeches, context.index)
    if entity is None and cue_set("natural").matches(subject):
        found.add("unknowing")
    word = subject.lower_
    if (
        word in FIRST
        or (entity is not None and entity is speaker)
        or (
            speech.quote is None
            and word in ("he", "she", "it", "they")
            and entity in (None, speaker)
        )
    ):
        found.add("own")
    if any(
        c.lower_ in FIRST | {"its", "his", "her", "their"} and c.dep_ == "poss"
        for c in subject.children
    ):
        found.add("own")
    if word == "there" or any(c.lower_ == "there" and c.dep_ == "expl" for c in verb.children):
        found.add("there")
    if (
        (no.head == subject or no.i == subject.i)
        and (
            no.lower_ != "not" or (no.i + 1 < subject.i and no.nbor().lower_ in ("a", "one", "an"))
        )
        and not is_verb(subject)
    ):
        found.add("no-subject")
    if "no-subject" in found and any(c.lower_ == "such" for c in subject.children):
        found.add("such")
    if cue_set("communication_noun").matches(subject):
        found.add("talk")
    if cue_set("claim_noun").matches(subject):
        found.add("claim-subject")
    if subject.lower_ in ("that", "this", "it", "which") and subject.pos_ == "PRON":
        found.add("pronoun-subject")
    if (
        entity is not None
        and entity is not speaker
        and not _vouches(speech.speaker, speaker, entity)
    ):
        found.add("third")
    return found


def _vouches(token: Token | None, speaker: Entity | None, entity: Entity) -> bool:
    """Whether the speaker can deny for the other: a spokesman, a lawyer, a state's official."""
    if token is not None and cue_set("spokesperson").matches(token):
        return True
    if speaker is None:
        return False
    role = set((speaker.role or "").lower().replace("-", " ").split())
    return same_side(speaker, entity) or bool(role & cue_set("spokesperson").words)


def _verb_features(verb: Token, no: Token, sentence: Span) -> set[str]:
    words = [t.lower_ for t in verb.subtree if sentence.start <= t.i < sentence.end]
    return (
        _deed_features(verb) | _phrase_features(" ".join(words), verb, no) | _object_features(verb)
    )


def _deed_features(verb: Token) -> set[str]:
    """What kind of act the verb tells, and whether it lies in the past."""
    found = set()
    children = {child.lower_ for child in verb.children}
    if lemma(verb) == "be":
        if children & {"behind", "responsible", "involved", "us", "me", "ours"}:
            found.add("not-responsible")
        if children & {"there", "present", "at", "near", "in", "nowhere"}:
            found.add("alibi")
    if cue_set("ignorant").matches(verb):
        found.add("ignorant")
    if cue_set("unknowing").matches(verb):
        found.add("unknowing")
    elif cue_set("deed").matches(verb):
        found |= {"deed", "act"}
    elif cue_set("act").matches(verb):
        found.add("act")
    past = verb.tag_ in ("VBD", "VBN") or any(
        t.lower_ in ("had", "has", "have", "did", "was", "were", "'ve", "’ve")
        for t in auxiliaries(verb)
    )
    found.add("past" if past else "present")
    return found


def _phrase_features(text: str, verb: Token, no: Token) -> set[str]:
    """What the clause's words say together, whatever their parse."""
    found = set()

    def says(*phrases: str) -> bool:
        return any(phrase in text for phrase in phrases)

    if says(*_phrases("not_responsible")):
        found.add("not-responsible")
    if says("at no time", "nothing of the sort", "nothing of the kind"):
        found.add("emphatic")
    if no.lower_ == "never" or says("at no time") or "ever" in text.split():
        found.add("never")
    if says("nothing of the sort", "nothing of the kind", "no such", "any such"):
        found.add("such")
    if lemma(verb) in ("exist", "happen", "occur") or says("take place", "taken place"):
        found.add("exist")
    if says(*_phrases("not_yet")):
        found.add("not-yet")
    return found


def _object_features(verb: Token) -> set[str]:
    """Whether the negated thing is talk, or something whose lack answers no one."""
    found = set()
    thing = direct_object(verb)
    things = (
        [thing]
        if thing is not None
        else [c for c in verb.children if c.dep_ in ("attr", "nsubj") and c.i > verb.i]
    )
    for noun in things:
        if cue_set("communication_noun").matches(noun):
            found.add("talk")
        if cue_set("idle_object").matches(noun):
            found.add("idle-object")
    if is_passive(verb) and cue_set("idle_passive").matches(verb):
        found.add("idle-passive")
    return found


@cache
def _phrases(name: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase) for phrase in cue_set(name).phrases)


def _cue(verb: Token, no: Token) -> Span:
    words = [no.i, verb.i, *(t.i for t in auxiliaries(verb))]
    if abs(no.i - verb.i) > 8:
        return verb.doc[no.i : no.i + 1]
    return verb.doc[min(words) : max(words) + 1]


def _content(verb: Token, no: Token, evidence: Span) -> Span | None:
    """What is denied: the words behind the negation."""
    doc = verb.doc
    if no.lower_ in ("no", "not", "never", "n't", "n’t") and no.i + 1 < evidence.end:
        behind = trim(doc[max(no.i + 1, evidence.start) : evidence.end])
        if len(behind) and any(t.is_alpha for t in behind):
            return behind
    subject = [t for t in verb.subtree if t.i > verb.i and evidence.start <= t.i < evidence.end]
    return trim(doc[subject[0].i : evidence.end]) if subject else evidence


def _blank_answer(sentence: Span, context: Context) -> DenialCandidate | None:
    """A quotation that is hardly more than "No", "Never", "Not a shilling"."""
    for quote in context.document.quotes:
        if quote.span.doc is not sentence.doc or quote.speaker is None:
            continue
        if not sentence.start <= quote.span.start < sentence.end:
            continue
        words = [t for t in quote.span if t.is_alpha]
        if not words or words[0].lower_ not in _BLANK or len(words) > 7:
            continue
        if any(is_verb(t) and t.dep_ not in ("ROOT",) for t in words[1:]):
            continue
        if words[0].lower_ == "not" and len(words) > 1 and words[1].lower_ in ("yet", "only"):
            continue
        speeches = context.attribution.speeches(quote.span.root)
        return DenialCandidate(
            head=quote.span.root,
            features={"frame:blank", "quote"},
            speeches=speeches,
            denier=quote.speaker,
            cue=trim(quote.span),
            evidence=trim(quote.span),
        )
    return None
