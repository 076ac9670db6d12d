"""Who stands behind a letter or a claim, and which words hedge what is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extraction import tracing
from pipeline.extraction.clauses import (
    agent,
    is_verb,
    passive_agent,
)
from pipeline.extraction.lexicon import cue_set, lemma

if TYPE_CHECKING:
    from pipeline.extraction.texts import Token


_NOMINAL = frozenset({"NOUN", "PROPN", "PRON"})
_STATEMENTS = frozenset({"statement", "communique", "communiqué", "tweet"})
"""Nouns for words that name before them whose they are."""
_MEDIA = frozenset({"press", "news", "video", "television", "radio", "internet", "website"})


def author(noun: Token) -> Token | None:
    """Who stands behind a letter, claim or threat: its possessor, "by", "from", its sender."""
    for child in noun.children:
        if child.dep_ in ("poss", "nmod") and child.pos_ in _NOMINAL:
            return child
    behind = next((word for child in noun.children if (word := _behind(noun, child))), None)
    if behind is not None:
        return behind
    if lemma(noun) in _STATEMENTS:
        # "a ministry statement": not what it is of, as in "a fraud report".
        bodies = (c for c in noun.children if c.dep_ == "compound" and c.pos_ in _NOMINAL)
        body = next((c for c in bodies if lemma(c) not in _MEDIA), None)
        if body is not None:
            return body
    if (
        noun.dep_ in ("dobj", "obj")
        and is_verb(noun.head)
        and (cue_set("authoring").matches(noun.head))
    ):
        return agent(noun.head)
    return None


def _behind(noun: Token, child: Token) -> Token | None:
    """The author that a word below the noun leads to."""
    if child.dep_ in ("prep", "acl") and child.lower_ in ("by", "from"):
        found = next((word for word in child.children if word.dep_ == "pobj"), None)
        if found is not None:
            return found
    if child.dep_ == "prep" and child.lower_ in ("on", "in") and _carries_words(noun):
        # "a post on the group's page", "a letter in its name"
        for place in child.children:
            owner = next((c for c in place.children if c.dep_ == "poss"), None)
            if place.dep_ == "pobj" and owner is not None:
                return owner
    if child.dep_ in ("acl", "relcl") and lemma(child) == "sign":
        for name in child.children:
            if name.i > child.i and name.pos_ in ("PROPN", "NOUN"):
                return name
    if child.dep_ == "acl" and child.tag_ == "VBN":
        maker = passive_agent(child)
        if maker is not None and cue_set("authoring").matches(child):
            return maker
    return None


def _carries_words(noun: Token) -> bool:
    return cue_set("advise_harm").matches(noun)


@tracing.step("hedged")
def hedge(token: Token) -> Token | None:
    """The word that hedges the clause of ``token``: an adverb of it or of one that holds it."""
    hedges = cue_set("hedge")
    at = token
    for _ in range(20):
        for child in at.children:
            if hedges.matches(child) and child.dep_ in ("advmod", "amod", "prep"):
                return child
        if at.head == at or (at.dep_ in ("relcl",) and is_verb(at)):
            break
        at = at.head
    before = token.doc[token.i - 1] if token.i > token.sent.start else None
    return before if before is not None and hedges.matches(before) else None
