"""Parses chosen sentences of a text, each as it would be parsed in the whole text.

The model's vector of a token depends on the four tokens to its either side, and a step of the
parser on the tokens up to two behind the sentence: with so much context a sentence gets the
same tags and arcs whatever else of its text is parsed. All sentences are parsed side by side,
for most of the cost of a step of spaCy's parser does not grow with their number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy
from spacy import symbols
from spacy.tokens import Doc

from pipeline.extraction import token_arrays
from pipeline.extraction.morphology import ATTRIBUTES, GIVEN, Morphology
from pipeline.extraction.token_vectors import encoder_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from spacy.language import Language

    from pipeline.extraction.texts import Doc as Text
    from pipeline.extraction.token_arrays import Bounds

_Place = tuple[int, tuple[int, int]]
"""Which of several documents a sentence is of, and where in it."""

_AHEAD = 2
"""Tokens behind a sentence that the parser looks at."""
_CHUNK = 2_000
"""Tokens that are parsed at a time, so that a long text takes no more memory than a short one."""
_ATTRIBUTES = [*ATTRIBUTES, "HEAD"]
_BOUNDS = ["SENT_START"]
_CONJUNCT = symbols.conj
_NOUNS = [symbols.NOUN, symbols.PROPN, symbols.NUM, symbols.PRON]


class SentenceParser:
    """Tagger, parser, ruler and lemmatizer of a spaCy pipeline; holds nothing of a text."""

    def __init__(self, nlp: Language) -> None:
        self._vocab = nlp.vocab
        encoder = nlp.config["components"]["tok2vec"]["model"]["encode"]
        # Tokens to either side that a token's vector depends on.
        self._reach = int(encoder["depth"]) * int(encoder["window_size"])
        self._vectors: Any = encoder_of(cast("Any", nlp.get_pipe("tok2vec")).model)
        self._tagger: Any = nlp.get_pipe("tagger")
        self._parser: Any = nlp.get_pipe("parser")
        self._morphology = Morphology(nlp)

    def parse(self, chosen: Sequence[tuple[Text, Sequence[Bounds]]]) -> None:
        """Set tags, lemmas and arcs of sentences of these documents, in the order of each text.

        The tokens of other sentences keep what they have; without arcs each is its own head,
        with no dependency label.
        """
        chosen = [(doc, sentences) for doc, sentences in chosen if sentences]
        bounds = [token_arrays.read(doc, _BOUNDS) for doc, _ in chosen]
        annotated = [token_arrays.read(doc, _ATTRIBUTES) for doc, _ in chosen]
        whole = [
            (number, each) for number, (_, sentences) in enumerate(chosen) for each in sentences
        ]
        for chunk in _chunks(whole):
            rows = self._annotate([doc for doc, _ in chosen], chunk)
            for (number, (start, end)), values in zip(chunk, rows, strict=True):
                annotated[number][start:end] = values
        for (doc, _), values, starts in zip(chosen, annotated, bounds, strict=True):
            token_arrays.write(doc, _ATTRIBUTES, values)
            # The arcs have set their own bounds, in spaCy's document alone.
            token_arrays.write(doc.spacy, _BOUNDS, starts)

    def _annotate(self, docs: Sequence[Text], sentences: Sequence[_Place]) -> list[NDArray[Any]]:
        parsed = self._parsed(docs, sentences)
        sizes = [end - start for _, (start, end) in sentences]
        rows = numpy.concatenate(
            [
                token_arrays.read(part, [*GIVEN, "HEAD"])[:size]
                for part, size in zip(parsed, sizes, strict=True)
            ]
        )
        values = numpy.column_stack([self._morphology.annotate(rows[:, :4]), rows[:, 4]])
        return numpy.split(values, numpy.cumsum(sizes)[:-1])

    def _parsed(self, docs: Sequence[Text], sentences: Sequence[_Place]) -> list[Doc]:
        """Each sentence, with the words behind it that the parser looks at, as a document."""
        around, places = [], []
        for number, doc in enumerate(docs):
            own = [bounds for at, bounds in sentences if at == number]
            if own:
                context, starts = token_arrays.with_context(
                    own, len(doc), self._reach, self._reach + _AHEAD
                )
                around.append(token_arrays.excerpt(doc, context))
                places += [(len(around) - 1, start) for start in starts]
        vectors = self._vectors.predict(around)
        parsed = []
        for (number, (start, end)), (at, place) in zip(sentences, places, strict=True):
            doc = docs[number]
            words = list(doc[start : min(end + _AHEAD, len(doc))])
            sentence = Doc(
                self._vocab,
                [token.text for token in words],
                sent_starts=[at in {0, end - start} for at in range(len(words))],
            )
            sentence.tensor = vectors[at][place : place + len(words)]
            parsed.append(sentence)
        self._tagger.set_annotations(parsed, self._tagger.predict(parsed))
        self._parser.set_annotations(parsed, self._parser.predict(parsed))
        return parsed


def depth(doc: Text) -> int:
    """How many heads lie above the token of which the most do; 0 where nothing is parsed.

    The names of a list hang each on the one before, and are no deeper for it.
    """
    rows = token_arrays.read(doc, ["HEAD", "DEP", "POS"])
    heads = rows[:, 0].astype("int64") + numpy.arange(len(doc))
    listed = (rows[:, 1] == _CONJUNCT) & numpy.isin(rows[:, 2], _NOUNS)
    step = (heads != numpy.arange(len(doc))) & ~listed
    depths, above = step.astype("int64"), heads
    while (above != heads[above]).any():
        depths += step[above]
        above = heads[above]
    return int(depths.max(initial=0))


def _chunks(sentences: Sequence[_Place]) -> Iterator[list[_Place]]:
    chunk: list[_Place] = []
    size = 0
    for place in sentences:
        start, end = place[1]
        if chunk and size + end - start > _CHUNK:
            yield chunk
            chunk, size = [], 0
        chunk.append(place)
        size += end - start
    if chunk:
        yield chunk
