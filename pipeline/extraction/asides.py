"""Attributions that stand beside a clause, by the words: ", the minister said", "according to"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.clauses import is_verb, surface_subject
from pipeline.extraction.lexicon import cue_set

if TYPE_CHECKING:
    from pipeline.extraction.texts import Token


def aside(token: Token) -> frozenset[int] | None:
    """Where the clauses that the word itself brings begin, if an attribution may begin with it."""
    if token.lower_ == "according" and token.i + 2 < len(token.doc):
        return frozenset()
    if not is_verb(token) or not cue_set("report").matches(token) or not _stands_aside(token):
        return None
    return frozenset(
        child.i
        for child in token.children
        if child.dep_ in ("ccomp", "xcomp")
        and child.i > token.i
        and not any(c.lower_ in ("when", "if", "unless", "until", "as") for c in child.children)
    )


def _stands_aside(verb: Token) -> bool:
    """ ", he said," or ", said the minister": a comma before."""
    if verb.tag_ not in ("VBD", "VBZ", "VBP"):
        return False
    subject = surface_subject(verb)
    start = min(verb.i, subject.left_edge.i) if subject is not None else verb.i
    before = verb.doc[start - 1] if start > verb.sent.start else None
    if before is None or not (before.text in (",", "—", "–", "--") or before.is_quote):
        if subject is None or subject.i < verb.i:
            return False
    if any(child.dep_ == "mark" for child in verb.children):
        return False
    if verb.dep_ == "relcl" and not (
        subject is not None
        and subject.pos_ == "PRON"
        and verb.i + 1 < len(verb.doc)
        and verb.nbor().text == ","
    ):
        return False
    return subject is not None and subject.lower_ not in ("which", "who", "that")


def ends_sentence(verb: Token) -> bool:
    """Whether ", X said" closes the sentence."""
    subject = surface_subject(verb)
    return (
        cue_set("report").matches(verb)
        and subject is not None
        and subject.left_edge.i > verb.sent.start
        and verb.doc[subject.left_edge.i - 1].text == ","
        and verb.sent.end - verb.i < 12
    )
