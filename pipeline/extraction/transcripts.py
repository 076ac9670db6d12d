"""Turns of a transcript: "Q: ...", "RÉDEY: ..." are speech without quotation marks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.extraction.document import Quote

if TYPE_CHECKING:
    from pipeline.extraction.texts import Doc, Token

_TURN = re.compile(r"^[ \t]*([A-Z][\w.’' -]{0,40}?)[ \t]*:[ \t]+(?=\S)", re.MULTILINE)
_ASKING = frozenset({"q", "question", "reporter", "journalist", "interviewer", "moderator"})
_ANSWERING = frozenset({"a", "answer"})
_LEAST_TURNS = 4


def turns(doc: Doc) -> list[Quote]:
    """The answers of a transcript, each with its speaker; empty where the text is none.

    Questions are left out: who asks says nothing that anyone vouches for.
    """
    text = doc.text
    found = list(_TURN.finditer(text))
    labels = [match.group(1).lower() for match in found]
    if len(found) < _LEAST_TURNS or len(set(labels)) > len(labels) / 2:
        return []
    answerer = _person(doc, found[0].start())
    quotes = []
    for match, label in zip(found, labels, strict=True):
        end = text.find("\n", match.end())
        span = doc.char_span(
            match.end(), end if end != -1 else len(text), alignment_mode="contract"
        )
        if span is None or label in _ASKING:
            continue
        named = doc.char_span(match.start(1), match.end(1), alignment_mode="expand")
        speaker = answerer if label in _ANSWERING else named[-1] if named is not None else None
        quotes.append(Quote(span, speaker=speaker))
    return quotes


def _person(doc: Doc, end: int) -> Token | None:
    """The person whom the words before the first turn introduce."""
    for entity in doc.ents:
        if entity.label_ == "PERSON" and entity.start_char < end:
            return entity[-1]
    return None
