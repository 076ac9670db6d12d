"""Named entities of a whole text, by the model's own recogniser, decoded in a few array operations.

spaCy's transition system takes a text token by token, and spends most of its time around each
step. But a step depends on what came before only through the entity that is open, if any: so
what it does where none is open is worked out for all tokens at once, and then all entities
that may be opened are followed side by side. The scores, and what may follow what, are those
of ``spacy.pipeline._parser_internals.ner`` (spaCy 3.8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy

from pipeline.extraction import token_arrays
from pipeline.extraction.token_vectors import encoder_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from spacy.language import Language

    from pipeline.extraction.texts import Doc


_BEGIN, _INSIDE, _LAST, _UNIT, _OUT = "BILUO"
_IOB_INSIDE, _IOB_OUT, _IOB_BEGIN = 1, 2, 3
"""Values of spaCy's attribute ENT_IOB."""
_ATTRIBUTES = ["ENT_IOB", "ENT_TYPE"]
_PIECE = 10_000
"""Tokens that are worked at a time, so that memory grows little with the text."""


class EntityRecogniser:
    """The entity recogniser of a spaCy pipeline; holds nothing of a text."""

    @staticmethod
    def fits(nlp: Language) -> bool:
        """Whether the pipeline's recogniser is of spaCy's usual make, with vectors of its own."""
        pipe: Any = nlp.get_pipe("ner")
        layers = pipe.model.layers
        return (
            len(layers) == 3
            and layers[1].has_dim("nF") is True
            and layers[1].get_dim("nF") == 3
            and bool(pipe.model.attrs["has_upper"])
            and not pipe.model.attrs["unseen_classes"]
            and not any(each.name.endswith("listener") for each in layers[0].walk())
        )

    def __init__(self, nlp: Language) -> None:
        pipe: Any = nlp.get_pipe("ner")
        encoder = nlp.config["components"]["ner"]["model"]["tok2vec"]["encode"]
        # Tokens to either side that a token's vector depends on.
        self._reach = int(encoder["depth"]) * int(encoder["window_size"])
        vectors, lower, upper = pipe.model.layers
        self._vectors = encoder_of(vectors)
        weights = lower.get_param("W")  # feature, hidden, piece, input
        self._pieces = weights.shape[2]
        self._width = weights.shape[1] * weights.shape[2]
        self._weights = weights.reshape(-1, weights.shape[3]).T.copy()
        self._bias = lower.get_param("b").reshape(-1)
        self._padding = lower.get_param("pad").reshape(3, -1)
        self._scores = upper.get_param("W")
        self._score_bias = upper.get_param("b")
        names = [pipe.moves.get_class_name(at) for at in range(pipe.moves.n_moves)]
        moves = [name.partition("-") for name in names]
        place = {(action, label): at for at, (action, _, label) in enumerate(moves)}
        self._action = numpy.array([action for action, _, _ in moves])
        self._closed = numpy.array(
            [
                action == _OUT or (action in {_BEGIN, _UNIT} and label != "")
                for action, _, label in moves
            ]
        )
        self._within_a_text = numpy.isin(self._action, [_BEGIN, _UNIT])
        self._begin = self._action == _BEGIN
        self._label = numpy.array(
            [nlp.vocab.strings.add(label) if label else 0 for _, _, label in moves], dtype="uint64"
        )
        self._goes_on = numpy.array([place.get((_INSIDE, label), 0) for _, _, label in moves])
        self._ends = numpy.array([place.get((_LAST, label), 0) for _, _, label in moves])

    def mark(self, docs: Sequence[Doc]) -> None:
        """Mark the entities of documents that are not empty and have their sentence bounds."""
        if not docs:
            return
        features = numpy.concatenate([part @ self._weights for part in self._parts(docs)])
        features = features.reshape(-1, 3, self._width)
        done = 0
        for doc in docs:
            self._decode(doc, features[done : done + len(doc)])
            done += len(doc)

    def _parts(self, docs: Sequence[Doc]) -> Iterator[NDArray[Any]]:
        """The vectors of all tokens; of a long text piece by piece, with what they depend on."""
        if sum(map(len, docs)) <= _PIECE:
            yield self._vectors.predict([doc.spacy for doc in docs])
            return
        for doc in docs:
            for start in range(0, len(doc), _PIECE):
                end = min(start + _PIECE, len(doc))
                first = max(start - self._reach, 0)
                around = range(first, min(end + self._reach, len(doc)))
                vectors = self._vectors.predict([token_arrays.excerpt(doc, around)])
                yield vectors[start - first : end - first]

    def _decode(self, doc: Doc, features: NDArray[Any]) -> None:
        """Mark the entities by their tokens' features."""
        marks = token_arrays.read(doc, ["IS_SPACE", "SENT_START"])
        space = marks[:, 0] != 0
        last = numpy.ones(len(doc), dtype=bool)
        """Tokens that no entity can go beyond."""
        last[:-1] = marks[1:, 1] == 1
        moves = self._without_open_entity(features, space, last)
        ends = self._ends_of_entities(features, moves, last)
        iob = numpy.full(len(doc), _IOB_OUT, dtype="uint64")
        kinds = numpy.zeros(len(doc), dtype="uint64")
        at = 0
        for start in numpy.flatnonzero(self._action[moves] != _OUT):
            if start < at:
                continue
            at = int(ends[start]) + 1
            iob[start:at] = _IOB_INSIDE
            iob[start] = _IOB_BEGIN
            kinds[start:at] = self._label[moves[start]]
        token_arrays.write(doc, _ATTRIBUTES, numpy.column_stack([iob, kinds]))

    def _hidden(self, summed: NDArray[Any]) -> NDArray[Any]:
        pieces = (summed + self._bias).reshape(len(summed), -1, self._pieces)
        # Several times as fast as the largest along a short axis.
        largest = pieces[:, :, 0]
        for piece in range(1, self._pieces):
            largest = numpy.maximum(largest, pieces[:, :, piece])
        return cast("NDArray[Any]", largest)

    def _without_open_entity(
        self, features: NDArray[Any], space: NDArray[Any], last: NDArray[Any]
    ) -> NDArray[Any]:
        """The best move at each token where no entity is open."""
        hidden = self._hidden(features[:, 0] + self._padding[1] + self._padding[2])
        scores = hidden @ self._scores.T + self._score_bias
        allowed = numpy.broadcast_to(self._closed, scores.shape).copy()
        allowed[space] &= ~self._within_a_text
        allowed[last] &= ~self._begin
        scores[~allowed] = -numpy.inf
        return cast("NDArray[Any]", scores.argmax(axis=1))

    def _ends_of_entities(
        self, features: NDArray[Any], moves: NDArray[Any], last: NDArray[Any]
    ) -> NDArray[Any]:
        """For each token that may open an entity the token that would close it."""
        ends = numpy.arange(len(moves))
        starts = numpy.flatnonzero(self._begin[moves])
        at = starts + 1
        while len(starts):
            opened = moves[starts]
            hidden = self._hidden(features[at, 0] + features[starts, 1] + features[at - 1, 2])
            on, end = self._goes_on[opened], self._ends[opened]
            score_on = (hidden * self._scores[on]).sum(axis=1) + self._score_bias[on]
            score_end = (hidden * self._scores[end]).sum(axis=1) + self._score_bias[end]
            goes_on = (score_on >= score_end) & ~last[at]
            ends[starts[~goes_on]] = at[~goes_on]
            starts, at = starts[goes_on], at[goes_on] + 1
        return ends
