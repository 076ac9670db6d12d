"""Attributions that stand beside a clause, by the words: ", the minister said", "according to"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.clauses import is_verb, surface_subject
from pipeline.extraction.lexicon import cue_set

if TYPE_CHECKING:
    from pipeline.extraction.texts import Token

_NOUN_PHRASE = 8
"""Words that a name and what goes before it take at most."""


def aside(token: Token) -> frozenset[int] | None:
    """Where the clauses that the word itself brings begin, if an attribution may begin with it."""
    if token.lower_ == "according" and token.i + 2 < len(token.doc):
        return frozenset()
    if not is_verb(token) or not (cue_set("report").matches(token) or _goes_on(token)):
        return None
    if not _stands_aside(token):
        return None
    return frozenset(
        child.i
        for child in token.children
        if child.dep_ in ("ccomp", "xcomp")
        and child.i > token.i
        and not any(c.lower_ in ("when", "if", "unless", "until", "as") for c in child.children)
    )


def _goes_on(verb: Token) -> bool:
    """ ", he went on,": with no more to it, or it is a strike that goes on."""
    following = verb.doc[verb.i + 1 : verb.i + 3]
    return verb.lower_ == "went" and [word.lower_ for word in following] == ["on", ","]


def closing(token: Token) -> Token | None:
    """The verb of ", its president, Ann Lee, said", which the parser tears from what she said.

    The comma behind her name hides that she speaks: by the words alone, a name between commas,
    a noun with its own before it, and the sentence's last verb of saying behind.
    """
    for verb in token.doc[token.i + 1 : token.sent.end]:
        # Torn off, it is a participle for the parser.
        if verb.tag_ not in ("VBD", "VBZ", "VBN") or not cue_set("report").matches(verb):
            continue
        name = name_before(verb)
        if name is None or any(word.lower_ == "that" for word in verb.nbor().subtree):
            continue
        noun = _comma_before(name) - 1
        opening = _comma_before(verb.doc[noun]) if noun > token.i else -1
        if opening > token.i and not any(is_verb(w) for w in verb.doc[opening : verb.i]):
            return verb
    return None


def name_before(verb: Token) -> Token | None:
    """The last word of a name between commas right before the verb: "a clerk, Ann Lee, said"."""
    last = verb.i - 2
    if last <= verb.sent.start or verb.doc[last + 1].text != ",":
        return None
    name = verb.doc[last]
    comma = _comma_before(name)
    if name.pos_ != "PROPN" or comma < 0 or any(is_verb(w) for w in verb.doc[comma:last]):
        return None
    return name


def _comma_before(token: Token) -> int:
    """Where the next comma to the left stands, a few words off; -1 where there is none."""
    for at in range(token.i - 1, max(token.sent.start, token.i - _NOUN_PHRASE) - 1, -1):
        if token.doc[at].text == ",":
            return at
    return -1


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
