"""Who is a subject, in parsed sentences by their arcs and in others by the words that follow.

For sentences that are not parsed the guess rests on tags (`shallow_tags.py`): a subject is the
noun that a finite verb follows, adverbs and what stands between commas left aside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extraction.texts import Token

SUBJECTS = frozenset({"nsubj", "nsubjpass"})
"""Dependency labels of subjects."""

_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
_NOMINAL = frozenset({"NN", "NNS", "NNP", "PRP", "CD", "DT"})
_OF_NAMES = frozenset({"NNP", "DT", "JJ", "NN", "NNS"})
_OF_NOUN_PHRASES = _OF_NAMES | {"CD", "POS", "PRP$"}
_TIME = frozenset(
    """on last this next late early earlier monday tuesday wednesday thursday friday saturday sunday
    week month year""".split()
)
_REACH = 12
"""Tokens that may stand between a subject and its verb, of each kind."""


def is_parsed(token: Token) -> bool:
    """Whether the token's sentence is parsed (`gate.py` decides which are)."""
    return bool(token.dep_)


def subject_rank(token: Token) -> int:
    """2 for the subject of its sentence, 1 for that of another clause, 0 for none."""
    if is_parsed(token):
        if token.dep_ not in SUBJECTS:
            return 0
        return 2 if token.head.dep_ == "ROOT" else 1
    if token.tag_ not in _NOMINAL or predicate(token) is None:
        return 0
    at, tokens = token.i, token.doc.tokens
    while at >= 0:
        before = tokens[at]
        if before.tag_ in _FINITE:
            return 1
        if before.is_sent_start:
            return 2
        at -= 1
    return 2


def predicate(token: Token) -> Token | None:
    """The finite verb of which a noun is the subject, in a sentence that is not parsed."""
    doc = token.doc.tokens
    limit = min(token.i + 1 + 4 * _REACH, len(doc))
    end = next((at for at in range(token.i + 1, limit) if doc[at].is_sent_start), limit)
    at = token.i + 1
    for skip in (_past_coordination, _past_preposition, _past_commas, _past_time):
        at = skip(doc, at, end)
    return doc[at] if at < end and doc[at].tag_ in _FINITE else None


def _past_coordination(doc: Sequence[Token], at: int, end: int) -> int:
    """ "Russia, China and the US agreed": behind the last of them."""
    stop = at
    while stop < min(at + _REACH, end) and (
        doc[stop].tag_ in _OF_NAMES or doc[stop].text == "," or doc[stop].lower_ in {"and", "or"}
    ):
        stop += 1
    joined = any(doc[inner].lower_ in {"and", "or"} for inner in range(at, stop))
    return stop if joined and doc[stop - 1].tag_ in _NOMINAL else at


def _past_preposition(doc: Sequence[Token], at: int, end: int) -> int:
    """ "the ambassador to Estonia said": behind the noun of a preposition."""
    if at >= end or doc[at].tag_ not in {"IN", "TO"}:
        return at
    stop = at + 1
    while stop < min(at + _REACH, end) and doc[stop].tag_ in _OF_NOUN_PHRASES:
        stop += 1
    return stop if doc[stop - 1].tag_ in _NOMINAL else at


def _past_commas(doc: Sequence[Token], at: int, end: int) -> int:
    """ "the ambassador, a former spy, said": behind what stands between commas."""
    if at >= end or doc[at].text != ",":
        return at
    closing = (inner for inner in range(at + 1, min(at + _REACH, end)) if doc[inner].text == ",")
    return next(closing, end - 1) + 1


def _past_time(doc: Sequence[Token], at: int, end: int) -> int:
    """ "Denmark last week announced": behind adverbs and words of time."""
    while at < end and (doc[at].tag_ == "RB" or doc[at].lower_ in _TIME):
        at += 1
    return at
