"""Ultimatums: a time that is set, or an order, with what follows if it is not obeyed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.candidates import Context, ThreatCandidate
from pipeline.extraction.categories import category
from pipeline.extraction.clauses import (
    agent,
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
from pipeline.extraction.menace_parts import make_candidate
from pipeline.extraction.participants import is_agentive
from pipeline.extraction.victims import victim_rings
from pipeline.records import ActorType

if TYPE_CHECKING:
    from pipeline.extraction.texts import Span, Token


_TIMES = frozenset({"until", "till", "by"})


def ultimatum(verb: Token, sentence: Span, context: Context) -> ThreatCandidate | None:
    """ "gave the gang until noon to leave or be bombed", "issued an ultimatum to Ankara"."""
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
        (
            t
            for t in sentence[verb.i - sentence.start :]
            if t.tag_ == "VB" and t.i > verb.i and t.i and t.nbor(-1).lower_ == "to"
        ),
        None,
    )
    end = deadline.end if deadline is not None else verb.i + 1
    if asked is not None:
        end = max(end, max(t.i for t in asked.subtree) + 1)
    behind = deadline.end if deadline is not None else end
    consequence = _or_else(verb, sentence) or _after_which(behind, sentence)
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
    candidate = make_candidate(
        predicate,
        "ultimatum",
        action,
        trim(verb.doc[verb.i : max(end, action.end)]),
        sentence,
        context,
        threatener=giver,
        hearer=hearer,
        victims=victim_rings(predicate, None, None) if consequence is not None else [],
        speeches=context.attribution.speeches(verb),
        cue=verb,
        condition=condition,
    )
    if named:
        candidate.features.add("named-ultimatum")
    if dated and hearer is not None:
        other = context.index.resolve(hearer)
        if other is not None and other.type in (
            ActorType.GOVERNMENT,
            ActorType.ARMED_GROUP,
            ActorType.PERSON,
        ):
            candidate.features.add("deadline")
    if consequence is not None:
        candidate.features.add("or-else")
    if asked is not None and cue_set("compel").matches(asked):
        candidate.features.add("compels")
    if consequence is None:
        candidate.features = {f for f in candidate.features if not f.startswith("code:")} | {
            "code:139"
        }
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
    if (
        given is not None
        and lemma(given) != "ultimatum"
        and given.ent_type_ not in ("TIME", "DATE")
    ):
        return given
    # "gave the colonels a week": one noun phrase for the parser, two for the reader.
    for child in verb.children:
        if (
            child.i > verb.i
            and child.pos_ in ("NOUN", "PROPN", "PRON")
            and child.dep_ in ("nsubj", "dep", "npadvmod")
        ):
            return child
    return None


def _deadline(verb: Token, sentence: Span) -> Span | None:
    for token in verb.doc[verb.i + 1 : min(verb.i + 16, sentence.end)]:
        if token.lower_ in _TIMES and token.i + 1 < sentence.end:
            rest = verb.doc[token.i + 1 : min(token.i + 8, sentence.end)]
            if any(
                t.ent_type_ in ("DATE", "TIME")
                or lemma(t)
                in ("noon", "dawn", "midnight", "dusk", "sunset", "sunrise", "end", "tomorrow")
                for t in rest[:3]
            ):
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
        elif bare and not clause and not cue_set("or_else").matches(following):
            if category(following, list(following.subtree)) is None:
                continue
        head = following
        if head.dep_ in ("aux", "auxpass"):
            head = head.head
        if not is_verb(head):
            head = next(
                (t for t in behind if is_verb(t) and t.dep_ not in ("aux", "auxpass")), head
            )
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
        joined = (
            joined
            or token.lower_ == "otherwise"
            or (token.lower_ == "failing" and doc[token.i + 1].lower_ in ("which", "that"))
            or (
                token.lower_ in ("which", "that") and token.i and doc[token.i - 1].lower_ == "after"
            )
            or (token.lower_ == "not" and doc[token.i - 1].lower_ == "if")
        )
        if joined and is_verb(token) and is_future(token):
            subject = surface_subject(token)
            first = subject.left_edge.i if subject is not None and subject.i > start else token.i
            last = max(t.i for t in token.subtree if t.i < sentence.end)
            return trim(doc[max(first, start) : last + 1])
    return None


def order_or(verb: Token, sentence: Span, context: Context) -> ThreatCandidate | None:
    """ "ordered the station to close or be burned", "must leave or be shot"."""
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
                (
                    c
                    for c in verb.subtree
                    if c.i > verb.i
                    and c.dep_ == "nsubj"
                    and c.i < (asked.i if asked is not None else verb.i)
                ),
                None,
            )
    condition = trim(verb.doc[start : consequence.start - 1])
    candidate = make_candidate(
        consequence.root,
        "order-or",
        consequence,
        trim(verb.doc[verb.i : consequence.end]),
        sentence,
        context,
        threatener=threatener,
        hearer=hearer,
        victims=victim_rings(consequence.root, None, None),
        speeches=speeches,
        cue=verb,
        condition=condition,
    )
    candidate.features.add("or-else")
    if hearer is not None and not is_agentive(hearer, context.index):
        candidate.features.add("inanimate")
    if consequence[0].lower_ in ("else", "face", "be") or consequence.root.lower_ == "else":
        candidate.features.add("else")
    return candidate
