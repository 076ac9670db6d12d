"""Whom a verb of saying names as its hearer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction.clauses import OBJECTS, direct_object
from pipeline.extraction.lexicon import cue_set, lemma

if TYPE_CHECKING:
    from pipeline.extraction.texts import Token

_MESSAGES = frozenset({"letter", "note", "message", "text", "warning", "threat", "ultimatum"})
_PHRASE = 6
"""Tokens behind a verb of saying within which its hearer's noun phrase ends."""
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON"})


def spoken_to(verb: Token) -> Token | None:
    """The noun that the verb of saying names as hearer."""
    if cue_set("addressing").matches(verb):
        told = direct_object(verb)
        if told is not None and told.i > verb.i and told.pos_ in _NOMINAL:
            return told
        # "told ministers the company would": the parser makes one clause's subject of both.
        following = verb.doc[verb.i + 1] if verb.i + 1 < len(verb.doc) else None
        if (
            following is not None
            and following.dep_ not in ("nsubj", "det")
            and (
                following.pos_ in ("PROPN", "PRON", "NOUN")
                and following.head.i > following.i
                and following.dep_ not in ("compound", "poss", "amod", "mark", "npadvmod")
                and not following.tag_.startswith("W")
            )
        ):
            return following
        hearer = _torn_off(verb)
        if hearer is not None:
            return hearer
    for child in verb.children:
        if child.lower_ in ("to", "with") and child.dep_ in ("prep", "dative"):
            if child.lower_ == "with" and child.i > verb.i:
                continue
            for noun in child.children:
                if noun.dep_ == "pobj":
                    return noun
    if verb.dep_ == "advcl" and verb.tag_ == "VBG":
        # "He recalled a warning to the mayor, claiming that he had threatened ..."
        return _sent_to(verb) or _sent_to(verb.head)
    return _sent_to(verb)


def _torn_off(verb: Token) -> Token | None:
    """ "told an Italian contractor it would": the parser hangs the hearer on what he is told."""
    for noun in verb.doc[verb.i + 1 : min(verb.i + _PHRASE, verb.sent.end - 1)]:
        behind = noun.nbor()
        if noun.pos_ in ("NOUN", "PROPN") and behind.tag_ not in ("NN", "NNS", "NNP", "POS"):
            told = behind.lower_ == "that" or (behind.pos_ == "PRON" and behind.dep_ == "nsubj")
            return noun if told and noun.head.i > noun.i else None
        if noun.pos_ not in ("DET", "ADJ", "NUM", "PROPN", "NOUN"):
            return None
    return None


def _sent_to(verb: Token) -> Token | None:
    for child in verb.children:
        if child.dep_ in OBJECTS and lemma(child) in _MESSAGES:
            # The parser hangs "to" on the message or on its verb.
            for word in (*child.children, *verb.children):
                if word.lower_ == "to" and word.i > child.i:
                    return next((n for n in word.children if n.dep_ == "pobj"), None)
    return None
