"""The words of a threatened action in which its victims stand, and whether they are a class."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.extraction.clauses import direct_object, is_passive, is_verb
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.participants import (
    DOERS,
)
from pipeline.extraction.subjects import befalls

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.extraction.texts import Span, Token


_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "ADJ"})
_WITHIN = frozenset({"compound", "amod", "nmod"})
_PLACES = frozenset({"in", "into", "for", "out", "over", "between"})
_HARMED_BY = frozenset(
    {
        "on",
        "against",
        "at",
        "to",
        "from",
        "of",
        "with",
        "upon",
        "over",
        "for",
        "out",
        "into",
        "in",
        "between",
    }
)
_CLOSE = 2
"""The outermost ring whose place says something: all behind it are far."""
_LEAD = 8
"""Words of a sentence, dateline and opening mark aside, within which its subject begins."""
_CLASS = frozenset({"any", "anyone", "anybody", "whoever", "every", "everyone", "those"})


def victim_rings(
    predicate: Token, patient: Token | None, condition: Span | None
) -> list[list[Token]]:
    """The words of an action where its victims stand, ring by ring outwards.

    First the patient or object and what describes it directly, then what hangs on these, then
    the prepositional phrases, those of place last.
    """
    inside = range(condition.start, condition.end) if condition is not None else range(0)
    return [
        [t for t in ring if t.i not in inside and not _is_time_or_means(t)]
        for ring in _rings(predicate, patient, inside)
    ]


def _rings(predicate: Token, patient: Token | None, inside: range) -> list[list[Token]]:
    objects = [patient] if patient is not None else []
    near: list[Token] = []
    far: list[Token] = []
    beside: list[list[Token]] = []
    for child in predicate.children:
        if child.dep_ in ("dobj", "obj", "dative", "attr", "iobj") and child.lower_ != "to":
            objects += [child, *(t for t in child.conjuncts if t.pos_ in _NOMINAL)]
        elif child.lower_ == "by" and child.dep_ == "prep":
            near += [t for t in child.subtree if t.dep_ in ("dobj", "pobj", "compound", "amod")]
        elif child.dep_ in ("prep", "agent", "prt", "advmod", "dative") and (
            child.lower_ in _HARMED_BY
        ):
            if not _is_forum(predicate, child):
                (far if child.lower_ in _PLACES else near).extend(child.subtree)
        elif child.dep_ in ("xcomp", "conj", "ccomp") and is_verb(child):
            # "arrest whoever blocked the road"
            objects += [t for t in child.children if t.lower_ in ("whoever", "whatever")]
            beside += _rings(child, None, inside)
    rings: list[list[Token]] = []
    ring = objects
    met: set[int] = set()
    while ring:
        if len(rings) > _CLOSE:
            # In a list of names each hangs on the one before: once is enough for the far rings.
            ring = list({token.i: token for token in ring if token.i not in met}.values())
            met.update(token.i for token in ring)
        rings.append(ring)
        ring = [
            child
            for token in ring
            for child in token.children
            if child.dep_ not in ("relcl", "acl", "punct", "cc") or child.dep_ == "acl"
        ]
        ring = [token for token in ring if token.i not in inside]
    return [*rings, near, far, *beside]


def _is_forum(predicate: Token, preposition: Token) -> bool:
    """ "take it to the court", "go to the Security Council": there one turns, it is not harmed."""
    if preposition.lower_ not in ("to", "before", "with", "at"):
        return False
    return lemma(predicate) in (
        "go",
        "turn",
        "appeal",
        "refer",
        "complain",
        "report",
        "return",
    ) or (any(cue_set("forum").matches(token) for token in preposition.subtree))


def _is_time_or_means(token: Token) -> bool:
    return token.ent_type_ in ("DATE", "TIME", "CARDINAL", "MONEY", "PERCENT", "ORDINAL")


def leads_with_class(verb: Token) -> bool:
    """Whether the sentence begins "Any club that ...", however the parser reads what follows."""
    words = [token for token in verb.doc[verb.sent.start : verb.i] if token.is_alpha]
    for position, token in enumerate(words[:_LEAD]):
        if token.lower_ in _CLASS and not token.text.isupper():
            behind = words[position + 1 : position + 6]
            return token.lower_ == "whoever" or any(
                word.lower_ in ("that", "who", "which") and lemma(deed) not in ("be", "have")
                for word, deed in pairwise(behind)
            )
    return False


def leading_class(verb: Token) -> Token | None:
    """Whoever does it in "Any club that ...", "Anyone who ..." at the head of the sentence."""
    if not leads_with_class(verb):
        return None
    for token in verb.doc[verb.sent.start : verb.i]:
        if token.lower_ in ("who", "that", "which") and token.i > verb.sent.start:
            before = token.nbor(-1)
            return before if before.pos_ in ("NOUN", "PROPN", "PRON") else None
    return None


def is_doer(predicate: Token) -> bool:
    """ "the trust would pursue her": the subject of a verb with an object may be who harms."""
    return (
        not is_passive(predicate)
        and not befalls(predicate)
        and direct_object(predicate) is not None
    )


def is_bidden(token: Token, predicate: Token) -> bool:
    """ "ask the court to freeze its votes", "ask it for a fine", "have providers block it"."""
    if not cue_set("brings_about").matches(predicate):
        return False
    while token.dep_ in _WITHIN and token.head != predicate:
        token = token.head
    clause = token.head
    if token.dep_ in ("nsubj", "poss") and clause.head == predicate:
        return clause.dep_ in ("ccomp", "xcomp") and clause.tag_ in ("VB", "VBG")
    return (
        clause == predicate
        and token.dep_ == "dobj"
        and any(
            c.dep_ in ("xcomp", "ccomp") or (c.lower_ == "for" and c.dep_ == "prep")
            for c in predicate.children
            if c.i > token.i
        )
    )


def _does_something(noun: Token) -> bool:
    """ "a captain who turns off", "the first man to flag down", "each barracks attacked"."""
    marks = {child.lower_ for child in noun.children}
    deeds = [child for child in noun.children if child.dep_ in ("relcl", "acl")]
    if not deeds:
        return False
    if marks & {"a", "an"}:
        return noun.tag_ == "NN" and any(
            _acts_now(deed) and any(c.lower_ in ("who", "that", "which") for c in deed.children)
            for deed in deeds
        )
    if marks & {"first", "next"}:
        return any(deed.tag_ == "VB" or _acts_now(deed) for deed in deeds)
    return "each" in marks


def _acts_now(verb: Token) -> bool:
    """Whether the clause speaks of any time: "turns off", not "turned off"."""
    return verb.tag_ in ("VBZ", "VBP") or any(
        child.dep_ == "aux" and child.tag_ in ("VBZ", "VBP") for child in verb.children
    )


def is_class(tokens: Iterable[Token]) -> bool:
    """Whether harm is held over whoever does something: "any ship that", "the next convoy"."""
    for token in tokens:
        noun = token if token.pos_ == "PRON" or token.head == token else token.head
        someone = noun.pos_ == "PRON" or cue_set("human_group").matches(noun)
        if token.lower_ in ("whoever", "anyone", "anybody"):
            return token.lower_ == "whoever" or any(
                c.dep_ in ("relcl", "acl", "prep") for c in token.children
            )
        if token.lower_ in _CLASS and someone:
            described = [*noun.children, *token.children]
            if any(child.dep_ in ("relcl", "acl") for child in described):
                return True
        if token.pos_ == "NOUN" and someone and _does_something(token):
            return True
        if token.lower_ in ("any", "every", "each") and any(
            child.dep_ == "relcl" and lemma(child) not in ("be", "have") for child in noun.children
        ):
            # "any drone that crossed": whatever does it, someone sends it.
            return True
        if token.lower_ in _CLASS and someone:
            if token.lower_ == "any" or (
                token.lower_ == "every" and any(c.dep_ == "prep" for c in described)
            ):
                return True
        if (
            token.tag_ == "NNS"
            and (cue_set("human_group").matches(token) or lemma(token).endswith(DOERS))
            and any(child.dep_ == "relcl" for child in token.children)
            and not any(child.dep_ in ("det", "poss", "nummod") for child in token.children)
        ):
            return True
        if (
            token.lower_ == "next"
            and token.dep_ == "amod"
            and (
                cue_set("human_group").matches(token.head) or cue_set("weapon").matches(token.head)
            )
        ):
            return True
    return False
