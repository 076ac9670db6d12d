"""Threats that are told otherwise than by a clause of what will be done.

"threatened it with sanctions", "a threat by Tehran to close", "gave them until Friday to leave
or face arrest", "faces fines unless": here they are weighed as `threat_features.py` weighs clauses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.attribution import SpeechKind, author
from pipeline.extraction.candidates import Context, ThreatCandidate
from pipeline.extraction.categories import category, noun_category
from pipeline.extraction.clauses import (
    agent,
    contiguous,
    direct_object,
    is_future,
    is_passive,
    is_verb,
    logical_subject,
    negation,
    passive_agent,
    surface_subject,
    trim,
)
from pipeline.extraction.conditions import find_condition
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.participants import is_agentive, is_bystander, resolve
from pipeline.extraction.targets import victim_rings
from pipeline.extraction.threat_features import setting
from pipeline.records import ActorType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.tokens import Span, Token

    from pipeline.extraction.attribution import Speech

_TIMES = frozenset({"until", "till", "by"})
_HARM_LINK = frozenset({"with", "of", "about"})


def menace_candidates(sentence: Span, context: Context) -> Iterator[ThreatCandidate]:
    """The sentence's threats by noun, ultimatum and consequence, weighed."""
    found: list[ThreatCandidate | None] = []
    for token in sentence:
        if is_verb(token):
            if cue_set("threaten").matches(token):
                found.append(_threaten_noun(token, sentence, context))
            elif cue_set("vow").matches(token) or cue_set("warn").matches(token):
                found.append(_announced_noun(token, sentence, context))
            if cue_set("ultimatum_verb").matches(token):
                found.append(_ultimatum(token, sentence, context))
            if cue_set("face").matches(token):
                found.append(_faces(token, sentence, context))
            if cue_set("order").matches(token):
                found.append(_order_or(token, sentence, context))
        elif lemma(token) == "threat" and token.pos_ == "NOUN":
            found.append(_threat_noun(token, sentence, context))
    features = setting(sentence)
    for candidate in found:
        if candidate is not None:
            candidate.features |= features
            yield candidate


def _candidate(
    predicate: Token, frame: str, action: Span, evidence: Span, sentence: Span,
    context: Context, *, threatener: Token | None, hearer: Token | None,
    victims: list[list[Token]], speeches: list[Speech], cue: Token, condition: Span | None,
) -> ThreatCandidate:
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
    if hearer is not None:
        features.add("hearer")
    for token in [*(t for ring in victims for t in ring), *([hearer] if hearer is not None else [])]:
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
        predicate=predicate, features=features, speeches=speeches, threatener=threatener,
        hearer=hearer, victims=victims, action=action, evidence=evidence,
        condition=condition, cue=cue,
    )


def _noun_phrase(noun: Token, condition: Span | None) -> Span:
    inside = range(condition.start, condition.end) if condition is not None else range(0)
    return contiguous([t for t in noun.subtree if t.i not in inside], noun)


def _threaten_noun(verb: Token, sentence: Span, context: Context) -> ThreatCandidate | None:
    """"threatened Iran with sanctions", "threatening military retaliation", "was threatened with"."""
    speeches = context.attribution.speeches(verb)
    condition = find_condition(verb, sentence)
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
        if passive or patient is None or any(
            child.dep_ in ("xcomp", "ccomp") for child in verb.children
        ):
            return None
        if patient.i < verb.i:
            return None
        harm, hearer, frame = patient, None, "threaten-noun"
        if not (cue_set("consequence_noun").matches(harm) or noun_category([harm]) is not None):
            if condition is None or not cue_set("human_group").matches(harm) and (
                context.index.resolve(harm) is None
            ):
                return None
            hearer, frame = harm, "threaten-whom"
    action = _noun_phrase(harm, condition)
    if frame == "threaten-whom":
        action = verb.doc[verb.i : action.end]
    end = max(action.end, verb.i + 1)
    start = min(verb.i, action.start)
    victims = [] if frame == "threaten-whom" else victim_rings(harm, None, condition)
    victims.append([t for t in harm.subtree if t.dep_ in ("pobj", "amod", "compound", "poss")])
    return _candidate(
        harm, frame, action, trim(verb.doc[start:end]), sentence, context,
        threatener=threatener, hearer=hearer, victims=victims, speeches=speeches, cue=verb,
        condition=condition,
    )


def _announced_noun(verb: Token, sentence: Span, context: Context) -> ThreatCandidate | None:
    """"vowed revenge", "warned Ankara of sanctions", "promised a harsh response"."""
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
        harm = patient
    if harm is None or not (
        cue_set("consequence_noun").matches(harm)
        or noun_category([harm, *(c for c in harm.children if c.dep_ == "compound")]) is not None
    ):
        return None
    condition = find_condition(verb, sentence)
    action = _noun_phrase(harm, condition)
    if action.start < verb.i:
        return None
    victims = [[t for t in harm.subtree if t.i != harm.i]]
    passive = is_passive(verb)
    return _candidate(
        harm, "warn-noun" if warns else "vow-noun", action,
        trim(verb.doc[verb.i : action.end]), sentence, context,
        threatener=passive_agent(verb) if passive else agent(verb),
        hearer=surface_subject(verb) if passive else hearer, victims=victims,
        speeches=context.attribution.speeches(verb), cue=verb, condition=condition,
    )


def _ultimatum(verb: Token, sentence: Span, context: Context) -> ThreatCandidate | None:
    """"gave the gang until noon to leave or be bombed", "issued an ultimatum to Ankara"."""
    given = direct_object(verb)
    named = given is not None and lemma(given) == "ultimatum"
    dated = given is not None and lemma(given) == "deadline"
    deadline = _deadline(verb, sentence)
    if not named and not dated and deadline is None:
        return None
    passive = is_passive(verb)
    giver = passive_agent(verb) if passive else agent(verb)
    hearer = surface_subject(verb) if passive else _receiver(verb, given)
    asked = next(
        (t for t in sentence[verb.i - sentence.start :]
         if t.tag_ == "VB" and t.i > verb.i and t.i and t.nbor(-1).lower_ == "to"),
        None,
    )
    end = deadline.end if deadline is not None else verb.i + 1
    if asked is not None:
        end = max(end, max(t.i for t in asked.subtree) + 1)
    consequence = _or_else(verb, sentence) or _after_which(end, sentence)
    condition: Span | None = None
    start = deadline.start if deadline is not None else (asked.i if asked is not None else verb.i)
    if deadline is not None or asked is not None:
        last = min(end, consequence.start) if consequence is not None else end
        condition = trim(verb.doc[start : max(last, start + 1)])
    if consequence is not None:
        action, predicate = consequence, consequence.root
        end = max(end, consequence.end)
    else:
        last_word = given.i if named and given is not None else verb.i
        action, predicate = trim(verb.doc[verb.i : max(end, last_word + 1)]), verb
    candidate = _candidate(
        predicate, "ultimatum", action, trim(verb.doc[verb.i : max(end, action.end)]), sentence,
        context, threatener=giver, hearer=hearer,
        victims=victim_rings(predicate, None, None) if consequence is not None else [],
        speeches=context.attribution.speeches(verb), cue=verb, condition=condition,
    )
    if named:
        candidate.features.add("named-ultimatum")
    if dated and hearer is not None:
        other = context.index.resolve(hearer)
        if other is not None and other.type in (ActorType.GOVERNMENT, ActorType.ARMED_GROUP,
                                                ActorType.PERSON):
            candidate.features.add("deadline")
    if consequence is not None:
        candidate.features.add("or-else")
    if asked is not None and cue_set("compel").matches(asked):
        candidate.features.add("compels")
    if consequence is None:
        candidate.features = {
            f for f in candidate.features if not f.startswith("code:")
        } | {"code:139"}
    return candidate


def _receiver(verb: Token, given: Token | None) -> Token | None:
    for child in verb.children:
        if child.dep_ in ("dative", "iobj"):
            if child.lower_ == "to":
                return next((n for n in child.children if n.dep_ == "pobj"), None)
            return child
    for holder in [verb, *([given] if given is not None else [])]:
        for child in holder.children:
            if child.lower_ == "to" and child.dep_ in ("prep", "dative"):
                return next((n for n in child.children if n.dep_ == "pobj"), None)
    if given is not None and lemma(given) != "ultimatum" and given.ent_type_ not in (
        "TIME", "DATE"
    ):
        return given
    # "gave the colonels a week": one noun phrase for the parser, two for the reader.
    for child in verb.children:
        if child.i > verb.i and child.pos_ in ("NOUN", "PROPN", "PRON") and child.dep_ in (
            "nsubj", "dep", "npadvmod"
        ):
            return child
    return None


def _deadline(verb: Token, sentence: Span) -> Span | None:
    for token in verb.doc[verb.i + 1 : min(verb.i + 16, sentence.end)]:
        if token.lower_ in _TIMES and token.i + 1 < sentence.end:
            rest = verb.doc[token.i + 1 : min(token.i + 8, sentence.end)]
            if any(t.ent_type_ in ("DATE", "TIME") or lemma(t) in (
                "noon", "dawn", "midnight", "dusk", "sunset", "sunrise", "end", "tomorrow"
            ) for t in rest[:3]):
                stop = token.i + 1
                while stop < sentence.end and (
                    verb.doc[stop].ent_type_ in ("DATE", "TIME")
                    or verb.doc[stop].lower_ in ("on", "the", "of", "at", "local", "time")
                ):
                    stop += 1
                return verb.doc[token.i : stop]
        if lemma(token) in ("hour", "day", "week", "minute", "month") and (
            token.i > verb.i + 1 and verb.doc[token.i - 1].pos_ in ("NUM", "DET", "ADJ", "NOUN")
        ):
            start = token.i
            while verb.doc[start - 1].pos_ in ("NUM", "DET", "ADJ") and start - 1 > verb.i:
                start -= 1
            return verb.doc[start : token.i + 1]
        if lemma(token) in ("deadline", "ultimatum"):
            return verb.doc[token.left_edge.i : token.i + 1]
        if is_verb(token) and token.tag_ != "VB":
            return None
    return None


def _or_else(verb: Token, sentence: Span) -> Span | None:
    """What stands behind "or": "or face arrest", "or be shot", "or else"."""
    for token in verb.doc[verb.i + 1 : sentence.end]:
        if token.lower_ != "or" or token.i + 1 >= sentence.end:
            continue
        following = verb.doc[token.i + 1]
        if following.is_quote and token.i + 2 < sentence.end:
            following = verb.doc[token.i + 2]
        behind = verb.doc[token.i + 1 : min(token.i + 8, sentence.end)]
        bare = following.tag_ in ("VB", "VBP", "MD") or following.lower_ in ("else", "be", "face")
        clause = any(t.lower_ in ("will", "would", "'ll", "’ll", "could", "may") for t in behind)
        if not bare and not clause:
            continue
        if bare and not clause and following.lower_ == "be":
            pass
        elif bare and not clause and following.lower_ not in ("else", "be", "face", "risk", "lose",
                                                            "suffer", "die", "pay", "get", "have",
                                                            "see", "leave", "go"):
            if category(following, list(following.subtree)) is None:
                continue
        head = following
        if head.dep_ in ("aux", "auxpass"):
            head = head.head
        if not is_verb(head):
            head = next((t for t in behind if is_verb(t) and t.dep_ not in ("aux",)), head)
        tokens = [t for t in head.subtree if t.i > token.i and t.i < sentence.end]
        if not tokens:
            return verb.doc[token.i + 1 : token.i + 2]
        start = token.i + 1
        return trim(verb.doc[start : max(t.i for t in tokens) + 1])
    return None


def _after_which(start: int, sentence: Span) -> Span | None:
    """What a sentence says will follow the deadline: "after which", "otherwise", "if not"."""
    doc = sentence.doc
    joined = False
    for token in doc[start : sentence.end]:
        joined = joined or token.lower_ == "otherwise" or (
            token.lower_ in ("which", "that") and token.i and doc[token.i - 1].lower_ == "after"
        ) or (token.lower_ == "not" and doc[token.i - 1].lower_ == "if")
        if joined and is_verb(token) and is_future(token):
            subject = surface_subject(token)
            first = subject.left_edge.i if subject is not None and subject.i > start else token.i
            last = max(t.i for t in token.subtree if t.i < sentence.end)
            return trim(doc[max(first, start) : last + 1])
    return None


def _faces(verb: Token, sentence: Span, context: Context) -> ThreatCandidate | None:
    """"X faces fines unless ...": who holds it over X is the one who says so."""
    harm = direct_object(verb)
    if harm is None or not cue_set("consequence_noun").matches(harm):
        return None
    condition = find_condition(verb, sentence)
    sufferer = logical_subject(verb)
    if condition is None or sufferer is None:
        return None
    speeches = [
        speech for speech in context.attribution.speeches(verb)
        if speech.kind is not SpeechKind.NOUN
    ]
    speaker = speeches[0].speaker if speeches else None
    action = _noun_phrase(harm, condition)
    return _candidate(
        harm, "faces", action, trim(verb.doc[sufferer.left_edge.i : action.end])
        if sufferer.i < verb.i else trim(verb.doc[verb.i : action.end]),
        sentence, context, threatener=speaker, hearer=None, victims=[[sufferer], list(sufferer.subtree)],
        speeches=speeches, cue=verb, condition=condition,
    )


def _order_or(verb: Token, sentence: Span, context: Context) -> ThreatCandidate | None:
    """"ordered the station to close or be burned", "must leave or be shot"."""
    if context.attribution.speech_quote(verb) is not None and lemma(verb) in ("have",):
        return None
    consequence = _or_else(verb, sentence)
    if consequence is None or consequence.start - verb.i > 40:
        return None
    must = lemma(verb) in ("must", "have")
    modal_tokens = [t for t in verb.children if t.lower_ == "must"]
    asked = next((t for t in verb.doc[verb.i + 1 : consequence.start] if t.tag_ == "VB"), None)
    if asked is None and not modal_tokens:
        return None
    speeches = context.attribution.speeches(verb)
    if must:
        threatener = speeches[0].speaker if speeches else None
        hearer = logical_subject(verb)
        start = asked.i if asked is not None else verb.i
    else:
        passive = is_passive(verb)
        threatener = passive_agent(verb) if passive else agent(verb)
        hearer = surface_subject(verb) if passive else direct_object(verb)
        start = asked.i if asked is not None else verb.i
        if hearer is None:
            hearer = next(
                (c for c in verb.subtree if c.i > verb.i and c.dep_ == "nsubj"
                 and c.i < (asked.i if asked is not None else verb.i)), None,
            )
    condition = trim(verb.doc[start : consequence.start - 1])
    candidate = _candidate(
        consequence.root, "order-or", consequence,
        trim(verb.doc[verb.i : consequence.end]), sentence, context, threatener=threatener,
        hearer=hearer, victims=victim_rings(consequence.root, None, None), speeches=speeches,
        cue=verb, condition=condition,
    )
    candidate.features.add("or-else")
    if hearer is not None and not (
        is_agentive(hearer, context.index) and (
            cue_set("human_group").matches(hearer) or hearer.pos_ in ("PRON", "PROPN")
            or context.index.resolve(hearer) is not None
        )
    ):
        candidate.features.add("inanimate")
    if consequence[0].lower_ in ("else", "face", "be") or consequence.root.lower_ == "else":
        candidate.features.add("else")
    return candidate


def _threat_noun(noun: Token, sentence: Span, context: Context) -> ThreatCandidate | None:
    """"a threat by Tehran to close the strait", "Ankara's threats of force"."""
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
            (t for t in noun.subtree if t.tag_ == "VB" and t.i > noun.i
             and t.dep_ in ("acl", "xcomp", "relcl")), None,
        )
    if harm is None:
        # So does the clause: "threats by the president that he would ...".
        harm = next(
            (t for t in noun.doc[noun.i + 1 : min(noun.i + 18, sentence.end)]
             if is_verb(t) and is_future(t) and any(
                c.lower_ == "that" and c.dep_ == "mark" for c in t.children)), None,
        )
    if harm is None or by is None:
        return None
    condition = find_condition(harm, sentence)
    inside = range(condition.start, condition.end) if condition is not None else range(0)
    action = contiguous([t for t in harm.subtree if t.i not in inside and t.i >= harm.i
                         or harm.pos_ == "NOUN" and t.i not in inside], harm)
    victims = [*victim_rings(harm, None, condition), [t for t in harm.subtree if t != harm]]
    start = min(noun.left_edge.i, by.left_edge.i)
    candidate = _candidate(
        harm, "threat-noun", action, trim(noun.doc[start : action.end]), sentence, context,
        threatener=by, hearer=None, victims=victims,
        speeches=context.attribution.speeches(noun), cue=noun, condition=condition,
    )
    if any(child.lower_ in ("no", "alleged") for child in noun.children):
        candidate.features.add(
            "untold" if any(c.lower_ == "no" for c in noun.children) else "alleged"
        )
    if is_verb(harm):
        candidate.features.add("infinitive")
    return candidate
