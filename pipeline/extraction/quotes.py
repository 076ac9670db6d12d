"""Finds quotations: between which marks words stand, and who says them to whom.

Knows straight and curly marks, single and double, „…“ and «…», quotations inside quotations,
and those that run over paragraphs with the opening mark repeated. A quotation may be whole
speech or a few words of it; one whose speaker the text does not name has none.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from pipeline.extraction.document import Document, Quote
from pipeline.extraction.speakers import attribute
from pipeline.extraction.transcripts import turns

if TYPE_CHECKING:
    from pipeline.extraction.texts import Doc

_PAIRS = {'"': '"', "“": "”", "„": "“”", "«": "»", "‘": "’", "'": "'", "‚": "‘", "‹": "›"}
_SINGLE = frozenset("'‘‚")
_ELISIONS = re.compile(r"(?:em|til|tis|twas|cause|round|bout|n|\d0s|\d\d)\b", re.IGNORECASE)
_MARKS = re.compile(r"[\"“”„«»‘’'‚‹›]|\n")
_SINGLE_OR_LINE = re.compile(r"['’\n]")
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
        begins = [turn.span.start for turn in spoken]
        for quote, _ in found:
            turn = spoken[bisect_right(begins, quote.span.start) - 1] if spoken else None
            if turn is not None and (
                turn.span.start <= quote.span.start and quote.span.end <= turn.span.end
            ):
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
    around: list[Quote] = []
    for start, end, carries_on in sorted(_spans(doc.text)):
        span = doc.char_span(start, end, alignment_mode="contract")
        if span is None or not any(not t.is_space and not t.is_punct for t in span):
            continue
        while around and around[-1].span.end <= span.start:
            around.pop()
        holders = (other for other in reversed(around) if span.end <= other.span.end)
        quote = Quote(span, parent=next(holders, None))
        around.append(quote)
        found.append((quote, carries_on))
    return found


def _spans(text: str) -> list[tuple[int, int, bool]]:
    spans: list[tuple[int, int, bool]] = []
    stack: list[tuple[str, int, bool]] = []
    carried: str | None = None
    closers = _SingleClosers(text)
    for match in _MARKS.finditer(text):
        at, mark = match.start(), match.group()
        if stack and at - stack[0][1] > _MAX_QUOTE:
            stack.clear()
        if mark == "\n":
            carried = _at_line_end(text, at, stack, spans)
            continue
        if stack and mark in _PAIRS[stack[-1][0]] and _closes(text, at, mark, closers):
            _, start, continued = stack.pop()
            spans.append((start, at, continued))
        elif len(stack) > 1 and mark in _PAIRS[stack[-2][0]] and _closes(text, at, mark, closers):
            stack.pop()
            _, start, continued = stack.pop()
            spans.append((start, at, continued))
        elif mark in _PAIRS and len(stack) < 3 and _opens(text, at, mark, closers):
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


def _opens(text: str, at: int, mark: str, closers: _SingleClosers) -> bool:
    before = text[at - 1] if at else " "
    behind = text[at + 1] if at + 1 < len(text) else " "
    if behind.isspace():
        return False
    if mark in "“„«‹":
        return True
    if before.isalnum() or (before in ".,!?%" and mark in _SINGLE):
        return False
    if mark in _SINGLE:
        return not _ELISIONS.match(text, at + 1) and closers.is_behind(at + 1)
    return True


def _closes(text: str, at: int, mark: str, closers: _SingleClosers) -> bool:
    before = text[at - 1] if at else " "
    behind = text[at + 1] if at + 1 < len(text) else " "
    if mark in "'’‘":
        return not behind.isalnum() and not before.isspace() and not _possessive(text, at, closers)
    opens_again = before.isspace() and not behind.isspace() and behind not in ".,;:)"
    return mark != '"' or not opens_again


def _possessive(text: str, at: int, closers: _SingleClosers) -> bool:
    """Whether the mark is the apostrophe of "the workers' leader", not the end of a quotation."""
    if at == 0 or text[at - 1] not in "sSzxZX" or text[at + 1 : at + 2] != " ":
        return False
    if not text[at + 2 : at + 3].islower():
        return False
    return closers.is_behind(at + 1)


class _SingleClosers:
    """Where single marks may close a quotation, worked out once a text from its end."""

    def __init__(self, text: str) -> None:
        self._ends = [match.start() for match in _SINGLE_OR_LINE.finditer(text)]
        self._closes = [False] * len(self._ends)
        """Whether, at each mark and line end, one that closes stands there or behind it."""
        behind = False
        for number in range(len(self._ends) - 1, -1, -1):
            at = self._ends[number]
            behind = text[at] != "\n" and (behind or _may_close(text, at))
            self._closes[number] = behind

    def is_behind(self, start: int) -> bool:
        """Whether one stands at ``start`` or behind it in the same line."""
        number = bisect_left(self._ends, start)
        return number < len(self._ends) and self._closes[number]


def _may_close(text: str, at: int) -> bool:
    return not text[at + 1 : at + 2].isalnum() and not text[at - 1].isspace()
