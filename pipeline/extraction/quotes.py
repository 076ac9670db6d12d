"""Finds quotations: between which marks words stand, and who says them to whom.

Knows straight and curly marks, single and double, „…“ and «…», quotations inside quotations,
and those that run over paragraphs with the opening mark repeated. A quotation may be whole
speech or a few words of it; one whose speaker the text does not name has none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.extraction.document import Document, Quote, source_of
from pipeline.extraction.speakers import attribute
from pipeline.extraction.transcripts import turns

if TYPE_CHECKING:
    from spacy.tokens import Doc

_PAIRS = {'"': '"', "“": "”", "„": "“”", "«": "»", "‘": "’", "'": "'", "‚": "‘", "‹": "›"}
_SINGLE = frozenset("'‘‚")
_ELISIONS = re.compile(r"(?:em|til|tis|twas|cause|round|bout|n|\d0s|\d\d)\b", re.IGNORECASE)
_SENTENCE_END = ".!?…"
_MAX_QUOTE = 4_000
"""Characters; a longer one is rather a closing mark that is missing."""


def find_quotes(document: Document) -> list[Quote]:
    """The quotations of headline and body in the order of the text, with their speakers."""
    quotes: list[Quote] = []
    for doc in document.docs:
        found = _quotes_of(doc)
        attribute(doc, found)
        spoken = turns(doc)
        for quote, _ in found:
            for turn in spoken:
                if turn.span.start <= quote.span.start and quote.span.end <= turn.span.end:
                    quote.parent = quote.parent or turn
        quotes += sorted(
            [*spoken, *(quote for quote, _ in found)], key=lambda quote: quote.span.start
        )
    return quotes


def quoted_words(doc: Doc) -> list[bool]:
    """For each token whether it stands in a quotation or in a transcript's turn; needs no parse."""
    quoted = [False] * len(doc)
    for quote in (*turns(doc), *(quote for quote, _ in _quotes_of(doc))):
        for at in range(quote.span.start, quote.span.end):
            quoted[at] = True
    return quoted


def is_speech(quote: Quote) -> bool:
    """Whether the quotation is a clause or more of its own, not a few words of another's."""
    words = [token for token in quote.span if not token.is_punct and not token.is_space]
    if len(words) < 2:
        return bool(words) and quote.span[-1].text in "!?."
    starts_anew = words[0].is_title or words[0].is_digit or words[0].is_upper
    ends = quote.span[-1].text[-1] in ".!?,…"
    has_verb = any(token.pos_ in ("VERB", "AUX") for token in words)
    if starts_anew and (ends or len(words) > 5):
        return True
    subject = any(token.dep_ in ("nsubj", "nsubjpass") for token in words)
    return ends and has_verb and subject


def _quotes_of(doc: Doc) -> list[tuple[Quote, bool]]:
    """Quotations with whether each carries on the one of the paragraph before."""
    found: list[tuple[Quote, bool]] = []
    for start, end, carries_on in sorted(_spans(source_of(doc))):
        span = doc.char_span(start, end, alignment_mode="contract")
        if span is None or not any(not t.is_space and not t.is_punct for t in span):
            continue
        quote = Quote(span)
        for other, _ in reversed(found):
            if other.span.start <= span.start and span.end <= other.span.end:
                quote.parent = other
                break
        found.append((quote, carries_on))
    return found


def _spans(text: str) -> list[tuple[int, int, bool]]:
    spans: list[tuple[int, int, bool]] = []
    stack: list[tuple[str, int, bool]] = []
    carried: str | None = None
    at = 0
    for match in re.finditer(r"[\"“”„«»‘’'‚‹›]|\n", text):
        at, mark = match.start(), match.group()
        if stack and at - stack[0][1] > _MAX_QUOTE:
            stack.clear()
        if mark == "\n":
            carried = _at_line_end(text, at, stack, spans)
            continue
        if stack and mark in _PAIRS[stack[-1][0]] and _closes(text, at, mark):
            _, start, continued = stack.pop()
            spans.append((start, at, continued))
        elif len(stack) > 1 and mark in _PAIRS[stack[-2][0]] and _closes(text, at, mark):
            stack.pop()
            _, start, continued = stack.pop()
            spans.append((start, at, continued))
        elif mark in _PAIRS and len(stack) < 3 and _opens(text, at, mark):
            if not stack or stack[-1][0] != mark:
                stack.append((mark, at + 1, carried == mark))
                carried = None
    return spans


def _at_line_end(
    text: str, at: int, stack: list[tuple[str, int, bool]], spans: list[tuple[int, int, bool]]
) -> str | None:
    """Ends or carries on what is open at a line's end; returns the mark that is carried on."""
    if not stack:
        return None
    mark, start, continued = stack[0]
    following = text[at:].lstrip()[:1]
    if following == mark:
        spans.append((start, at, continued))
        stack.clear()
        return mark
    before = text[:at].rstrip()[-1:]
    if before in _SENTENCE_END or text[at : at + 2] == "\n\n":
        # The closing mark is missing: better no quotation than one that swallows the rest.
        stack.clear()
    return None


def _opens(text: str, at: int, mark: str) -> bool:
    before = text[at - 1] if at else " "
    behind = text[at + 1] if at + 1 < len(text) else " "
    if behind.isspace():
        return False
    if mark in "“„«‹":
        return True
    if before.isalnum() or (before in ".,!?%" and mark in _SINGLE):
        return False
    if mark in _SINGLE:
        return not _ELISIONS.match(text, at + 1) and _single_close(text, at + 1) is not None
    return True


def _closes(text: str, at: int, mark: str) -> bool:
    before = text[at - 1] if at else " "
    behind = text[at + 1] if at + 1 < len(text) else " "
    if mark in "'’‘":
        return not behind.isalnum() and not before.isspace() and not _possessive(text, at)
    opens_again = before.isspace() and not behind.isspace() and behind not in ".,;:)"
    return mark != '"' or not opens_again


def _possessive(text: str, at: int) -> bool:
    """Whether the mark is the apostrophe of "the workers' leader", not the end of a quotation."""
    if at == 0 or text[at - 1] not in "sSzxZX" or text[at + 1 : at + 2] != " ":
        return False
    if not text[at + 2 : at + 3].islower():
        return False
    closer = _single_close(text, at + 1)
    return closer is not None


def _single_close(text: str, start: int) -> int | None:
    end = text.find("\n", start)
    for match in re.finditer(r"['’]", text[start : end if end != -1 else len(text)]):
        at = start + match.start()
        behind = text[at + 1 : at + 2]
        before = text[at - 1]
        if behind.isalnum() or before.isspace():
            continue
        if before in ".,!?…" or before not in "sS" or not behind.isspace():
            return at
        if not text[at + 2 : at + 3].islower() or _single_close(text, at + 1) is None:
            return at
    return None
