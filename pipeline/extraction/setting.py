"""What kind of text a sentence stands in: fiction, sport, a question."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.extraction.lexicon import cue_set, lemma

if TYPE_CHECKING:
    from pipeline.extraction.texts import Doc, Span, Token


_IN_FICTION = re.compile(
    r"\bin (?:the|a|an|his|her|their|its|one) (?:[\w’'-]+ ){0,3}"
    r"(?:film|movie|picture|novel|novella|play|thriller|drama|episode|series|game|sequel|opera|musical"
    r"|comedy|story|comic|sitcom|scene|trailer|finale)\b|\bon screen\b|\bstars as\b|\bplays an? "
)


_STORY_WORDS = 4
"""So many different words of stage, screen or page make an article one about a story."""
_STORY = "tells_a_story"
_SETTING = "newswire_setting"


def _tells_a_story(doc: Doc) -> bool:
    """Whether the whole text is about a story, as a review is; worked out once a text."""
    if _STORY not in doc.user_data:
        words = {lemma(token) for token in filter(cue_set("narrative").matches, doc)}
        doc.user_data[_STORY] = len(words) >= _STORY_WORDS
    return bool(doc.user_data[_STORY])


def setting(sentence: Span) -> frozenset[str]:
    """Features of the sentence as a whole, found once: "fiction", "sport", "question"."""
    kept: dict[tuple[int, int], frozenset[str]] = sentence.doc.user_data.setdefault(_SETTING, {})
    place = sentence.start, sentence.end
    found = kept.get(place)
    if found is None:
        found = kept[place] = frozenset(_found(sentence))
    return found


def _found(sentence: Span) -> set[str]:
    found = set()
    if _tells_a_story(sentence.doc):
        found.add("fiction")
    text = sentence.text.lower()
    if _IN_FICTION.search(text):
        found.add("fiction")
    nouns = [token for token in sentence if token.pos_ in ("NOUN", "PROPN")]
    for token in filter(cue_set("fiction").matches, nouns):
        behind = sentence[token.i - sentence.start : token.i - sentence.start + 8]
        if any(word.lower_ in ("which", "where", "whose", "about") for word in behind):
            found.add("fiction")
    if sum(1 for token in nouns if cue_set("sport").matches(token)) > 1:
        found.add("sport")
    if sentence.text.rstrip(" \n\"”’'»").endswith("?"):
        found.add("question")
    return found


def is_asked(verb: Token) -> bool:
    """Whether the words around the verb end in a question mark."""
    return next(
        (
            token.text == "?"
            for token in verb.doc[verb.i : min(verb.i + 40, len(verb.doc))]
            if token.text in (".", "!", "?")
        ),
        False,
    )
