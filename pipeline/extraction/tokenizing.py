"""Text to words, by spaCy's tokenizer, in time that grows with the text and no faster.

The tokenizer takes marks off a word's ends one by one and looks through all of the word for each:
words without a space, a screen full of quotation marks say, take the square of their length. Such
a word is cut into pieces; no word that means anything is as long.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy
from spacy.tokens import Doc

from pipeline.extraction import token_arrays

if TYPE_CHECKING:
    from spacy.language import Language

LONGEST_WORD = 400
"""Characters without a space that the tokenizer gets at a time; web addresses are shorter."""

_TOO_LONG = re.compile(rf"\S{{{LONGEST_WORD}}}(?=\S)")
_NORM = ["NORM"]


class Tokenizer:
    """The tokenizer of a spaCy pipeline; holds nothing of a text."""

    def __init__(self, nlp: Language) -> None:
        # The tokenizer itself, and not nlp.make_doc: articles are limited where they are decoded.
        self._tokenize: Any = nlp.tokenizer

    def __call__(self, text: str) -> Doc:
        """The text's words, with nothing but themselves; together they are the text."""
        cuts = [0, *(match.end() for match in _TOO_LONG.finditer(text)), len(text)]
        parts = [self._tokenize(text[start:end]) for start, end in pairwise(cuts)]
        whole: Doc = parts[0]
        if len(parts) == 1:
            return whole
        whole = Doc(
            parts[0].vocab,
            [token.text for part in parts for token in part],
            [bool(token.whitespace_) for part in parts for token in part],
        )
        # The tokenizer writes "n’t" as "not"; the vectors go by that.
        norms = numpy.concatenate([token_arrays.read(part, _NORM) for part in parts])
        token_arrays.write(whole, _NORM, norms)
        return whole
