"""Parses chosen sentences of a text, each as it would be parsed in the whole text.

The model's vector of a token depends on the four tokens to its either side, and a step of the
parser on the tokens up to two behind the sentence: with so much context a sentence gets the
same tags and arcs whatever else of its text is parsed. All sentences are parsed side by side,
for most of the cost of a step of spaCy's parser does not grow with their number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy
from spacy.tokens import Doc

from pipeline.extraction import token_arrays
from pipeline.extraction.morphology import ATTRIBUTES, Morphology

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spacy.language import Language

Bounds = tuple[int, int]
"""First token of a sentence, and the one behind it."""

_REACH = 4
"""Tokens to either side that a token's vector depends on: the encoder's layers."""
_AHEAD = 2
"""Tokens behind a sentence that the parser looks at."""
_CHUNK = 2_000
"""Tokens that are parsed at a time, so that a long text takes no more memory than a short one."""
_ATTRIBUTES = [*ATTRIBUTES, "HEAD"]
_ARCS = ["TAG", "DEP", "HEAD"]
_BOUNDS = ["SENT_START"]


class SentenceParser:
    """Tagger, parser, ruler and lemmatizer of a spaCy pipeline; holds nothing of a text."""

    def __init__(self, nlp: Language) -> None:
        self._vocab = nlp.vocab
        self._vectors: Any = nlp.get_pipe("tok2vec")
        self._tagger: Any = nlp.get_pipe("tagger")
        self._parser: Any = nlp.get_pipe("parser")
        self._morphology = Morphology(nlp)

    def parse(self, doc: Doc, sentences: Sequence[Bounds]) -> None:
        """Set tags, lemmas and arcs of these sentences, given in the order of the text.

        The tokens of other sentences keep what they have; without arcs each is its own head,
        with no dependency label.
        """
        if not sentences:
            return
        starts = token_arrays.read(doc, _BOUNDS)
        annotated = token_arrays.read(doc, _ATTRIBUTES)
        for chunk in _chunks(sentences):
            at = numpy.concatenate([numpy.arange(start, end) for start, end in chunk])
            annotated[at] = self._annotate(doc, chunk)
        token_arrays.write(doc, _ATTRIBUTES, annotated)
        # The arcs have set their own bounds.
        token_arrays.write(doc, _BOUNDS, starts)

    def _annotate(self, doc: Doc, sentences: Sequence[Bounds]) -> Any:
        words, spaces = [token.text for token in doc], [bool(t.whitespace_) for t in doc]
        context, places = _with_context(sentences, len(doc))
        around = Doc(self._vocab, [words[at] for at in context], [spaces[at] for at in context])
        # The tokenizer writes "n’t" as "not"; the vectors go by that.
        token_arrays.write(around, ["NORM"], token_arrays.read(doc, ["NORM"])[context])
        vectors = self._vectors.predict([around])[0]
        parsed = []
        for (start, end), place in zip(sentences, places, strict=True):
            stop = min(end + _AHEAD, len(doc))
            sentence = Doc(
                self._vocab,
                words[start:stop],
                spaces[start:stop],
                sent_starts=[at in {0, end - start} for at in range(stop - start)],
            )
            sentence.tensor = vectors[place : place + stop - start]
            parsed.append(sentence)
        self._tagger.set_annotations(parsed, self._tagger.predict(parsed))
        self._parser.set_annotations(parsed, self._parser.predict(parsed))
        whole = Doc(self._vocab, [word for start, end in sentences for word in words[start:end]])
        arcs = numpy.concatenate(
            [
                token_arrays.read(sentence, _ARCS)[: end - start]
                for sentence, (start, end) in zip(parsed, sentences, strict=True)
            ]
        )
        token_arrays.write(whole, _ARCS[:2], arcs[:, :2])
        return numpy.column_stack([self._morphology.annotate(whole), arcs[:, 2]])


def _chunks(sentences: Sequence[Bounds]) -> Iterator[list[Bounds]]:
    chunk: list[Bounds] = []
    size = 0
    for start, end in sentences:
        if chunk and size + end - start > _CHUNK:
            yield chunk
            chunk, size = [], 0
        chunk.append((start, end))
        size += end - start
    yield chunk


def _with_context(sentences: Sequence[Bounds], length: int) -> tuple[list[int], list[int]]:
    """The tokens that the sentences' vectors depend on, and where in them each sentence begins."""
    context: list[int] = []
    places = []
    done = 0  # up to here in the text
    for start, end in sentences:
        first = max(start - _REACH, 0)
        if first <= done and context:
            first = done
        context.extend(range(first, min(end + _REACH + _AHEAD, length)))
        done = context[-1] + 1
        places.append(len(context) - (done - start))
    return context, places
