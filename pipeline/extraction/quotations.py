"""Lists what an article brings forward as said, in quotation marks and without, and by whom.

Threats and denials ask who speaks around a clause (`attribution.py`); this is the same knowledge
turned the other way about, for those who want the speech itself: speaker and words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extraction.attribution import Attribution
from pipeline.extraction.clauses import (
    agent,
    apart,
    is_passive,
    negation,
    prepositional_objects,
    surface_subject,
    trim,
)
from pipeline.extraction.document import to_span
from pipeline.extraction.lexicon import cue_set, lemma
from pipeline.extraction.participants import participant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extraction.document import ActorIndex, Document, Quote
    from pipeline.extraction.texts import Doc, Token
    from pipeline.extraction.texts import Span as DocSpan
    from pipeline.records import Span

_CLAUSES = frozenset({"ccomp", "parataxis"})
_MEANING = frozenset({"NOUN", "PROPN", "VERB", "ADJ", "ADV", "NUM"})
"""A piece without any of these ("It was, said X, ...") says nothing."""
_OPENING = frozenset({"that", "-", "–", "—", ":"})


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words and who is said to have said or written them."""

    speaker: str
    """The actor's canonical name, or the text's own words for who is no actor."""
    content: tuple[Span, ...]
    """The words, in as many pieces as the text splits them into; without the outer marks."""
    indirect: bool
    """Told in a clause of the text's own ("said it would ..."), whatever marks stand in it."""


@dataclass(frozen=True, slots=True)
class _Told:
    speaker: Token
    pieces: list[DocSpan]
    indirect: bool


def find_quotations(document: Document, index: ActorIndex) -> list[Quotation]:
    """The quotations that have a speaker, in the order of the text.

    Args:
        document: parsed, with its quotations found.
        index: the article's actors; unnamed groups that speak are added.
    """
    attribution = Attribution(document)
    indirect = [told for doc in document.docs for told in _indirect(doc, attribution)]
    covered = {(id(p.doc), t.i) for told in indirect for p in told.pieces for t in p}
    found = [*indirect, *_direct(document, covered)]
    found.sort(key=lambda told: (document.docs.index(told.speaker.doc), told.pieces[0].start))
    return [
        Quotation(
            speaker=_name(told.speaker, attribution, index),
            content=tuple(to_span(piece) for piece in told.pieces),
            indirect=told.indirect,
        )
        for told in found
    ]


def _direct(document: Document, covered: set[tuple[int, int]]) -> Iterator[_Told]:
    """Quotations in marks; those that one verb of saying brings forward are one."""
    together: dict[tuple[int, ...], list[Quote]] = {}
    for quote in document.quotes:
        first = (id(quote.span.doc), quote.span.start)
        if quote.speaker is not None and first not in covered:
            cue = quote.cue.i if quote.cue is not None else -1
            together.setdefault((first[0], quote.speaker.i, cue, id(quote.parent)), []).append(
                quote
            )
    for quotes in together.values():
        speaker = quotes[0].speaker
        if speaker is not None:
            yield _Told(speaker, [trim(quote.span) for quote in quotes], indirect=False)


def _indirect(doc: Doc, attribution: Attribution) -> Iterator[_Told]:
    for token in doc:
        if attribution.speech_quote(token) is not None:
            continue
        if token.lower_ == "according":
            told = _according(token, attribution)
        elif cue_set("say").matches(token) and not is_passive(token):
            told = _clause(token, attribution)
        else:
            continue
        if told is not None and told.pieces:
            yield told


def _clause(verb: Token, attribution: Attribution) -> _Told | None:
    speaker, named = _speaker(verb)
    if speaker is None or negation(verb) is not None:
        return None
    for clause in _complements(verb):
        aside = clause.i < verb.i and speaker in list(clause.children)
        if attribution.speech_quote(clause) is None and not aside and not _is_question(clause):
            return _Told(speaker, _pieces(clause, named), indirect=True)
    return None


def _speaker(verb: Token) -> tuple[Token | None, set[int]]:
    """Who says it, and the places of the words that say so."""
    at = verb.i + 1
    while at < len(verb.doc) and verb.doc[at].pos_ in ("PROPN", "NOUN"):
        at += 1
    ends = at < len(verb.doc) and verb.doc[at].text == ","
    if surface_subject(verb) is None and at > verb.i + 1 and ends:
        # "Under the deal, said Minister X, savers will ...": the parser takes X for who will.
        return verb.doc[at - 1], set(range(verb.i, at))
    if verb.dep_ == "parataxis":
        return agent(verb), {token.i for token in verb.subtree}
    speaker = agent(verb)
    return speaker, {verb.i} if speaker is None else {verb.i, speaker.i}


def _complements(verb: Token) -> Iterator[Token]:
    """Heads of the clauses that may hold what is said, the likeliest first."""
    yield from (
        child for child in verb.children if child.dep_ in _CLAUSES and not apart(child, verb)
    )
    # "said in a statement that ..."
    for _, noun in prepositional_objects(verb):
        yield from (c for c in noun.children if c.dep_ == "acl" and c.left_edge.lower_ == "that")
    # "The dam, she said, was closed."
    if verb.dep_ == "parataxis" and verb.head != verb:
        yield verb.head


def _is_question(clause: Token) -> bool:
    """ "did not say what it cost", "asked whether": nothing is said to be so."""
    first = clause.left_edge
    return first.tag_ in ("WDT", "WP", "WP$", "WRB") or first.lower_ in ("whether", "if")


def _according(token: Token, attribution: Attribution) -> _Told | None:
    """ "According to X, ...": the words are the clause that it belongs to."""
    to = next((child for child in token.children if child.lower_ == "to"), None)
    speaker = next((child for child in to.children if child.dep_ == "pobj"), None) if to else None
    if speaker is None or token.head == token or cue_set("say").matches(token.head):
        return None
    if attribution.speech_quote(token.head) is not None:
        return None
    own = {inner.i for inner in token.subtree}
    return _Told(speaker, _pieces(token.head, own), indirect=True)


def _pieces(head: Token, without: set[int]) -> list[DocSpan]:
    """The runs of the head's words, without those named, "that" and marks at their ends."""
    runs: list[list[int]] = []
    for token in head.subtree:
        if token.i in without:
            continue
        if runs and runs[-1][-1] == token.i - 1:
            runs[-1].append(token.i)
        else:
            runs.append([token.i])
    pieces = []
    for run in runs:
        start = run[0]
        while start < run[-1] and (head.doc[start].lower_ in _OPENING or head.doc[start].is_punct):
            start += 1
        piece = trim(head.doc[start : run[-1] + 1])
        if any(token.pos_ in _MEANING for token in piece):
            pieces.append(piece)
    return pieces


def _name(speaker: Token, attribution: Attribution, index: ActorIndex) -> str:
    entity = participant(speaker, attribution.speeches(speaker), index)
    if entity is not None:
        return entity.name
    end = max(
        (c.right_edge.i for c in speaker.children if c.dep_ == "prep" and c.i > speaker.i),
        default=speaker.i,
    )
    first = speaker.left_edge
    if lemma(first) in ("a", "the") and first.i < speaker.i:
        first = first.nbor()
    return speaker.doc[first.i : end + 1].text
