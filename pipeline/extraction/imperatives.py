"""Commands that a threat hangs on: "Pass the bill, or we will ..."."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extraction.clauses import is_verb, surface_subject, trim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extraction.texts import Span, Token


@dataclass(frozen=True, slots=True)
class Command:
    """Words before "or" or "and" that a threat behind it can hang on."""

    span: Span
    joint: int
    """The token "or" or "and"."""
    promised: bool
    """Whether a word of the future has to follow, for there to be a threat."""


def commands(limits: Span) -> Iterator[Command]:
    """The commands of the words, in their order."""
    for token in limits:
        if token.lower_ not in ("or", "and") or token.pos_ != "CCONJ":
            continue
        first = _sentence_part_start(token, limits)
        before = limits.doc[first : token.i]
        closed = next((t.i for t in before[1:] if t.text in ('"', "”", "»")), None)
        if closed is not None:
            before = limits.doc[first:closed]
        if len(before) < 2:
            continue
        either = token.lower_ == "or"
        alone = not either and _one_more(before)
        if alone or is_command(before) or (either and _bare_words(before, limits)):
            yield Command(trim(before), token.i, promised=not either and not alone)


def _sentence_part_start(token: Token, limits: Span) -> int:
    at = token.i
    while at > limits.start and limits.doc[at - 1].text not in (".", "!", "?", ":", ";"):
        if limits.doc[at - 1].is_quote and limits.doc[at].is_title:
            break
        at -= 1
    while at < token.i and (
        limits.doc[at].is_quote or limits.doc[at].is_punct or limits.doc[at].is_space
    ):
        at += 1
    return at


def _bare_words(span: Span, limits: Span) -> bool:
    """Words that open a quotation and hold no subject: the parser has missed the command."""
    opens = span.start == limits.start or limits.doc[span.start - 1].is_quote
    return (
        opens
        and len(span) < 14
        and span[0].pos_ not in ("DET", "PRON", "ADP", "AUX")
        and not (any(surface_subject(token) is not None for token in span if is_verb(token)))
    )


def _one_more(span: Span) -> bool:
    """ "One more headline", "Another step": a noun alone stands for the deed that is dared."""
    first = [token.lower_ for token in span if not token.is_punct][:2]
    return (
        bool(first)
        and (
            first in (["one", "more"], ["any", "more"], ["a", "single"], ["once", "more"])
            or first[0] == "another"
        )
        and not any(is_verb(token) and surface_subject(token) is not None for token in span)
    )


def is_command(span: Span) -> bool:
    """Whether the words are a command: a bare verb leads them, and it has no subject."""
    first = span[0]
    if first.lower_ in ("do", "don't", "never") and len(span) > 2:
        return True
    if first.tag_ in ("VB", "VBP") or (
        first.tag_ in ("NN", "NNP", "JJ")
        and (first.head == first or first.dep_ in ("ROOT", "ccomp"))
        and first.lemma_.lower() == first.lower_
    ):
        subject = surface_subject(first)
        return subject is None or subject.i > first.i
    return False
