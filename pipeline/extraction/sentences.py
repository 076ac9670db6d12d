"""Where sentences begin, decided from tokens alone, before anything is parsed.

The parser's own bounds break on wire copy (datelines, "Rear Adm.", a quotation that closes
behind its full stop), and a sentence that is never parsed needs bounds too. A new line is a
bound: those that stand inside a sentence are taken out before (`wrapping.py`).
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy

from pipeline.extraction import token_arrays

if TYPE_CHECKING:
    from pipeline.extraction.texts import Doc, Token

_TERMINALS = frozenset({".", "!", "?", "...", "…", "?!", "!?", "!!", "??", "....", ". . ."})
_CLOSERS = frozenset("\"”’')]}»“") | {"''"}
_QUOTES = frozenset("\"”’'»“") | {"''"}
_DASHES = frozenset({"-", "--", "–", "—", "―", "---", "_"})
_OPENERS = frozenset("\"“‘'([{«„*•·-–—") | {"``", "--"}
_INITIALS = re.compile(r"(?:[A-Z]\.)+(?:[A-Z]\.?)?")
_BEHIND_HOURS = frozenset(
    "GMT EDT EST ET PDT PST CDT CST MDT MST CET CEST BST UTC MSK IST JST AEST"
    " Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
)
"""What may follow "9 p.m." in its sentence though it has a capital."""
_DATELINE_TOKENS = 24
"""A dateline ("KYIV/MOSCOW, Feb. 3, 2022 (Agency) -") has at most so many tokens."""


@cache
def _words() -> dict[str, frozenset[str]]:
    text = (resources.files(__package__) / "knowledge" / "sentences.json").read_text("utf-8")
    return {name: frozenset(words) for name, words in json.loads(text).items()}


def set_sentence_starts(doc: Doc) -> None:
    """Mark each token of ``doc`` as the start of a sentence, or not."""
    if not len(doc):
        return
    starts = [False] * len(doc)
    paragraph = 0
    opened = False  # only opening marks stand between the last start and this token
    new_paragraph = True
    last = 0  # the token before that is no closing mark, or the paragraph's first
    closed = False  # a closing quotation mark stands behind it
    for token in doc:
        if token.is_space:
            new_paragraph = new_paragraph or _ends_paragraph(token)
            continue
        if new_paragraph:
            starts[token.i] = True
            new_paragraph = False
            paragraph = last = token.i
            dash = dateline_end(doc, paragraph) or _slug_end(doc, paragraph)
            if dash is not None and dash + 1 < len(doc):
                starts[dash + 1] = True
        elif not starts[token.i] and not opened:
            starts[token.i] = _begins(token, paragraph, last, closed=closed)
        opened = (starts[token.i] or opened) and token.text in _OPENERS
        if token.text not in _CLOSERS:
            last, closed = token.i, False
        else:
            closed = token.i > paragraph and (closed or token.text in _QUOTES)
    starts[0] = True
    # As an array: setting a single token's bound looks through the whole document each time.
    marks = numpy.where(numpy.array(starts), 1, -1).astype("int64").view("uint64")
    token_arrays.write(doc, ["SENT_START"], marks)


def sentence_bounds(doc: Doc) -> list[tuple[int, int]]:
    """First token of each sentence, and the one behind it."""
    starts = numpy.flatnonzero(token_arrays.read(doc, ["SENT_START"]) == 1).tolist()
    return list(pairwise([*starts, len(doc)]))


def dateline_end(doc: Doc, start: int) -> int | None:
    """The token that ends the dateline which begins a paragraph at ``start``, or None.

    A dateline is a place in capitals, with what may follow it (region, agency, date), up to
    a dash: "TEHRAN, Jan 8, 2012 -", "NIARO, Sahelia (Meridian) —".
    """
    first = doc[start]
    if first.is_punct and start + 1 < len(doc):
        first = doc[start + 1]
    if not (first.is_upper and first.is_alpha and len(first) > 1):
        return None
    for token in doc[start + 1 : start + _DATELINE_TOKENS]:
        if token.is_space or token.text in {":", ";", "?", "!"}:
            return None
        if token.text in _DASHES and (_spaced(token) or token.text != "-"):
            return token.i
        if token.is_lower and token.is_alpha and token.text not in {"de", "la", "and", "of", "al"}:
            return None
    return None


def _slug_end(doc: Doc, start: int) -> int | None:
    """The hyphen behind a headline's slug: "UPDATE 2-", "CORRECTED-"."""
    if doc[start].text not in _words()["slugs"]:
        return None
    for token in doc[start + 1 : start + 4]:
        if token.text == "-" and not token.whitespace_:
            return int(token.i)
        if not (token.is_digit or token.is_upper):
            return None
    return None


def _spaced(token: Token) -> bool:
    return bool(token.whitespace_) and bool(token.i and token.nbor(-1).whitespace_)


def _ends_paragraph(space: Token) -> bool:
    return any(mark in space.text for mark in "\n\r\u2029")


def _begins(token: Token, paragraph: int, last: int, *, closed: bool) -> bool:
    """Whether ``token``, not the first of its paragraph, begins a sentence.

    Args:
        token: the one in question.
        paragraph: the paragraph's first token.
        last: the token before that is no closing mark.
        closed: whether a quotation mark closes behind that.
    """
    if token.text in _CLOSERS and not _opens(token):
        return False
    end = token.doc.tokens[last]
    if end.text in _TERMINALS:
        if end.text == "." and last > paragraph and not end.nbor(-1).whitespace_:
            return _after_stop(end.nbor(-1).text + ".", token) and _may_start(token)
        return _may_start(token) and not (
            closed and end.text != "." and _attribution_follows(token)
        )
    if end.text.endswith(".") and len(end) > 1:
        return _after_stop(end.text, token) and _may_start(token)
    return False


def _opens(token: Token) -> bool:
    """A mark that may close or open stands before a word without a space: it opens."""
    before = token.i == 0 or bool(token.nbor(-1).whitespace_) or token.nbor(-1).is_space
    return before and not token.whitespace_ and token.text in _OPENERS


def _may_start(token: Token) -> bool:
    text = token.text
    if text in _DASHES:
        return token.i + 1 < len(token.doc) and _may_start(token.nbor())
    if text in _OPENERS or token.is_digit or text[0].isupper() or text[0].isdigit():
        return True
    return text[0] in "$€£¥" or (not text[0].isascii() and not text[0].islower())


def _after_stop(word: str, token: Token) -> bool:
    """Whether a full stop behind ``word`` can end a sentence before ``token``."""
    words = _words()
    if word in words["titles"] or word in words["inner"]:
        return False
    if word in words["before_numbers"]:
        return not token.text[0].isdigit() and token.text in words["starters"]
    if word in words["may_end"] or _INITIALS.fullmatch(word):
        if word in {"a.m.", "p.m."}:
            return token.text[0].isupper() and token.text not in _BEHIND_HOURS
        return token.text in words["starters"] or (token.text in _OPENERS and token.text != "(")
    return True


def _attribution_follows(token: Token) -> bool:
    """'“Will you go?” Smith asked': the words behind the question only say whose it is."""
    saying = _words()["saying"]
    for word in token.doc[token.i : token.i + 7]:
        if word.lower_ in saying:
            return True
        if word.is_space or word.text in _TERMINALS or word.text in _OPENERS:
            return False
    return False
