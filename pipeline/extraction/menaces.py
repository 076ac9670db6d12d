"""Threats that are told otherwise than by a clause of what will be done.

"threatened it with sanctions", "a threat by Tehran to close", "gave them until Friday to leave
or face arrest", "faces fines unless": here they are weighed as `threat_features.py` weighs clauses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.attribution import SpeechKind
from pipeline.extraction.candidates import Context, ThreatCandidate
from pipeline.extraction.categories import noun_category, verb_category
from pipeline.extraction.clauses import (
    agent,
    contiguous,
    direct_object,
    is_future,
    is_passive,
    is_verb,
    logical_subject,
    passive_agent,
    surface_subject,
    trim,
)
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.menace_parts import make_candidate, noun_phrase
from pipeline.extraction.setting import setting
from pipeline.extraction.sources import author
from pipeline.extraction.ultimatums import order_or, ultimatum
from pipeline.extraction.victims import victim_rings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extraction.texts import Span, Token


_HARM_LINK = frozenset({"with", "of", "about"})
_BROACH_LINK = frozenset({"of", "at", "about", "to"})


def menace_candidates(sentence: Span, context: Context) -> Iterator[ThreatCandidate]:
    """The sentence's threats by noun, ultimatum and consequence, weighed."""
    found: list[ThreatCandidate | None] = []
    for token in sentence:
        if is_verb(token):
            if cue_set("threaten").matches(token):
                found.append(_threaten_noun(token, sentence, context))
            elif cue_set("vow").matches(token) or cue_set("warn").matches(token):
                found.append(_announced_noun(token, sentence, context))
            elif cue_set("broach").matches(token):
                found.append(_broached(token, sentence, context))
            if cue_set("ultimatum_verb").matches(token):
                found.append(ultimatum(token, sentence, context))
            if cue_set("face").matches(token):
                found.append(_faces(token, sentence, context))
            if cue_set("order").matches(token):
                found.append(order_or(token, sentence, context))
        elif lemma(token) == "threat" and token.pos_ == "NOUN":
            found.append(_threat_noun(token, sentence, context))
    features = setting(sentence)
    for candidate in found:
        if candidate is not None:
            candidate.features |= features
            yield candidate


def _threaten_noun(verb: Token, sentence: Span, context: Context) -> ThreatCandidate | None:
    """Harm by a noun: "threatened Iran with sanctions", "was threatened with arrest"."""
    speeches = context.attribution.speeches(verb)
    condition = context.conditions.of(verb, sentence)
    passive = is_passive(verb) or (verb.tag_ == "VBN" and verb.dep_ in ("acl", "advcl", "amod"))
    threatener = passive_agent(verb) if passive else agent(verb)
    patient = (surface_subject(verb) or logical_subject(verb)) if passive else direct_object(verb)
    harm = None
    for child in verb.children:
        if child.lower_ == "with" and child.i > verb.i:
            harm = next((n for n in child.children if n.dep_ in ("pobj", "pcomp")), None)
    if harm is None and patient is not None:
        # The parser likes to hang "with sanctions" on the noun before it.
        for child in patient.children:
            if child.lower_ == "with" and child.i > verb.i:
                harm = next((n for n in child.children if n.dep_ in ("pobj", "pcomp")), None)
    hearer = patient
    frame = "threaten-with"
    if harm is None:
        if (
            passive
            or patient is None
            or any(child.dep_ in ("xcomp", "ccomp") for child in verb.children)
        ):
            return None
        if patient.i < verb.i:
            return None
        harm, hearer, frame = patient, None, "threaten-noun"
        if not (cue_set("consequence_noun").matches(harm) or noun_category([harm]) is not None):
            if condition is None or (
                not cue_set("human_group").matches(harm) and (context.index.resolve(harm) is None)
            ):
                return None
            hearer, frame = harm, "threaten-whom"
    action = noun_phrase(harm, condition)
    if frame == "threaten-whom":
        action = verb.doc[verb.i : action.end]
    end = max(action.end, verb.i + 1)
    start = min(verb.i, action.start)
    victims = [] if frame == "threaten-whom" else victim_rings(harm, None, condition)
    victims.append([t for t in harm.subtree if t.dep_ in ("pobj", "amod", "compound", "poss")])
    return make_candidate(
        harm,
        frame,
        action,
        trim(verb.doc[start:end]),
        sentence,
        context,
        threatener=threatener,
        hearer=hearer,
        victims=victims,
        speeches=speeches,
        cue=verb,
        condition=condition,
    )


def _announced_noun(verb: Token, sentence: Span, context: Context) -> ThreatCandidate | None:
    """ "vowed revenge", "warned Ankara of sanctions", "promised a harsh response"."""
    harm: Token | None = None
    hearer = None
    patient = direct_object(verb)
    warns = cue_set("warn").matches(verb)
    for child in verb.children:
        if child.lower_ in _HARM_LINK and child.i > verb.i and warns:
            harm = next((n for n in child.children if n.dep_ in ("pobj", "pcomp")), None)
            hearer = patient
    if harm is None and patient is not None:
        for child in patient.children:
            if warns and child.lower_ in _HARM_LINK:
                harm = next((n for n in child.children if n.dep_ == "pobj"), None)
                hearer = patient if not cue_set("advise_harm").matches(patient) else None
    if harm is None and not warns:
        harm, hearer = _promised(verb, patient)
    in_marks = harm is not None and context.attribution.is_quoted(harm.i, harm.i + 1, harm.doc)
    if harm is None or not (_is_harm(harm) or (hearer is not None and in_marks)):
        return None
    condition = context.conditions.of(verb, sentence)
    action = noun_phrase(harm, condition)
    if action.start < verb.i:
        return None
    victims = [[t for t in harm.subtree if t.i != harm.i]]
    passive = is_passive(verb)
    candidate = make_candidate(
        harm,
        "warn-noun" if warns else "vow-noun",
        action,
        trim(verb.doc[verb.i : action.end]),
        sentence,
        context,
        threatener=passive_agent(verb) if passive else agent(verb),
        hearer=surface_subject(verb) if passive else hearer,
        victims=victims,
        speeches=context.attribution.speeches(verb),
        cue=verb,
        condition=condition,
    )
    if in_marks:
        candidate.features.add("quoted-words")
    return candidate


def _promised(verb: Token, patient: Token | None) -> tuple[Token | None, Token | None]:
    """What is promised, and to whom: of two objects the latter is the thing."""
    objects = [c for c in verb.children if c.dep_ in ("dobj", "dative") and c.i > verb.i]
    if len(objects) > 1 and objects[0].pos_ in ("NOUN", "PROPN", "PRON"):
        return objects[-1], objects[0]
    return patient, None


def _is_harm(noun: Token) -> bool:
    return cue_set("consequence_noun").matches(noun) or (
        noun_category([noun, *(c for c in noun.children if c.dep_ == "compound")]) is not None
    )


def _broached(verb: Token, sentence: Span, context: Context) -> ThreatCandidate | None:
    """ "spoke of cutting off supplies", "hinted at a ban", "raised the prospect of sanctions"."""
    speaker = agent(verb)
    if speaker is None:
        return None
    holders = [verb, *(child for child in verb.children if child.dep_ == "dobj")]
    links = [
        child
        for holder in holders
        for child in holder.children
        if child.i > verb.i and child.lower_ in _BROACH_LINK
    ]
    harm = next(
        (n for link in links for n in link.children if n.dep_ in ("pobj", "pcomp")),
        None,
    )
    if harm is None:
        return None
    if is_verb(harm):
        if harm.tag_ != "VBG" or not (
            verb_category(harm, list(harm.subtree)) is not None or cue_set("severe").matches(harm)
        ):
            return None
    elif not _is_harm(harm):
        return None
    condition = context.conditions.of(verb, sentence)
    action = noun_phrase(harm, condition)
    return make_candidate(
        harm,
        "broach",
        action,
        trim(verb.doc[verb.i : max(action.end, verb.i + 1)]),
        sentence,
        context,
        threatener=speaker,
        hearer=None,
        victims=[*victim_rings(harm, None, condition), [t for t in harm.subtree if t.i != harm.i]],
        speeches=context.attribution.speeches(verb),
        cue=verb,
        condition=condition,
    )


def _faces(verb: Token, sentence: Span, context: Context) -> ThreatCandidate | None:
    """ "X faces fines unless ...": who holds it over X is the one who says so."""
    harm = direct_object(verb)
    if harm is None or not cue_set("consequence_noun").matches(harm):
        return None
    condition = context.conditions.of(verb, sentence)
    sufferer = logical_subject(verb)
    if condition is None or sufferer is None:
        return None
    speeches = [
        speech
        for speech in context.attribution.speeches(verb)
        if speech.kind is not SpeechKind.NOUN
    ]
    speaker = speeches[0].speaker if speeches else None
    action = noun_phrase(harm, condition)
    return make_candidate(
        harm,
        "faces",
        action,
        trim(verb.doc[sufferer.left_edge.i : action.end])
        if sufferer.i < verb.i
        else trim(verb.doc[verb.i : action.end]),
        sentence,
        context,
        threatener=speaker,
        hearer=None,
        victims=[[sufferer], list(sufferer.subtree)],
        speeches=speeches,
        cue=verb,
        condition=condition,
    )


def _threat_noun(noun: Token, sentence: Span, context: Context) -> ThreatCandidate | None:
    """ "a threat by Tehran to close the strait", "Ankara's threats of force"."""
    by = author(noun)
    harm: Token | None = None
    for child in noun.children:
        if child.i < noun.i:
            continue
        if child.dep_ in ("acl", "relcl", "xcomp", "ccomp") and is_verb(child):
            if child.tag_ == "VB" or surface_subject(child) is not None:
                harm = child
        elif child.lower_ == "of" and child.dep_ == "prep":
            harm = next((n for n in child.children if n.dep_ in ("pobj", "pcomp")), None)
    if harm is None:
        # "a threat by Tehran to close": the infinitive often hangs on the name.
        harm = next(
            (
                t
                for t in noun.subtree
                if t.tag_ == "VB" and t.i > noun.i and t.dep_ in ("acl", "xcomp", "relcl")
            ),
            None,
        )
    if harm is None:
        # So does the clause: "threats by the president that he would ...".
        harm = next(
            (
                t
                for t in noun.doc[noun.i + 1 : min(noun.i + 18, sentence.end)]
                if is_verb(t)
                and is_future(t)
                and any(c.lower_ == "that" and c.dep_ == "mark" for c in t.children)
            ),
            None,
        )
    if harm is None or by is None:
        return None
    condition = context.conditions.of(harm, sentence)
    inside = range(condition.start, condition.end) if condition is not None else range(0)
    action = contiguous(
        [
            t
            for t in harm.subtree
            if (t.i not in inside and t.i >= harm.i) or (harm.pos_ == "NOUN" and t.i not in inside)
        ],
        harm,
    )
    victims = [*victim_rings(harm, None, condition), [t for t in harm.subtree if t != harm]]
    start = min(noun.left_edge.i, by.left_edge.i)
    candidate = make_candidate(
        harm,
        "threat-noun",
        action,
        trim(noun.doc[start : action.end]),
        sentence,
        context,
        threatener=by,
        hearer=None,
        victims=victims,
        speeches=context.attribution.speeches(noun),
        cue=noun,
        condition=condition,
    )
    if any(child.lower_ in ("no", "alleged") for child in noun.children):
        candidate.features.add(
            "untold" if any(c.lower_ == "no" for c in noun.children) else "alleged"
        )
    if is_verb(harm):
        candidate.features.add("infinitive")
    return candidate
