"""The vectors of a text's tokens by one of the model's encoders, with less work than in spaCy.

A token's vector begins with what its word alone gives, by hashed features and the largest of the
products; four layers then mix in its neighbours. What words give is kept from text to text,
and worked out for those that are new in blocks of a fixed size, so that it is the same whatever
other words are new. The layers are those of ``spacy.MaxoutWindowEncoder.v2`` in a few array
operations, without what only training needs; their results are equal to spaCy's (tested).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy

from pipeline.extraction import token_arrays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from spacy.tokens import Doc

_MAX_WORDS = 30_000
"""Words that are kept: some twelve megabytes."""
_BLOCK = 32
"""New words that are worked out at a time; the last block is filled up."""
_BY_WORD = ["ORTH", "NORM", "SPACY"]
"""What a token's features depend on."""
_ROW = f"V{8 * len(_BY_WORD)}"
_LAYERS = (
    "extract_features", "list2ragged", "with_array", "with_array", "ragged2list", "with_array",
)  # fmt: skip
_HASHED = ("ints-getitem", "hashembed")
_WINDOW = ("residual", "expand_window", "maxout", "layernorm", "dropout")
_TINY = 1e-8
"""As ``thinc.layers.layernorm`` adds to a variance."""

_Key = bytes
_Model = Any
"""A thinc model, whose layers' types are known only to itself."""


def encoder_of(model: _Model) -> Any:
    """Something whose ``predict`` gives what the encoder's does, faster where its make allows."""
    return TokenVectors(model) if TokenVectors.fits(model) else model


class TokenVectors:
    """An encoder of spaCy's usual make; holds nothing of a text but words."""

    @staticmethod
    def fits(encoder: _Model) -> bool:
        """Whether the encoder is made of hashed features and windows of one token to each side."""
        layers = list(_unchained(encoder))
        if len(layers) < len(_LAYERS) or not all(
            layer.name.startswith(name) for layer, name in zip(layers, _LAYERS, strict=False)
        ):
            return False
        hashed = [each.name for each in _unchained(layers[2].layers[0])]
        if hashed != [*_HASHED] * (len(hashed) // 2):
            return False
        if [each.name for each in _unchained(layers[3].layers[0])] != list(_WINDOW[2:]):
            return False
        return all(
            layer.name.startswith(_WINDOW[0])
            and [each.name for each in _unchained(layer.layers[0])] == list(_WINDOW[1:])
            and _part(layer, "expand_window").attrs["window_size"] == 1
            for layer in _unchained(layers[5].layers[0])
        )

    def __init__(self, encoder: _Model) -> None:
        layers = list(_unchained(encoder))
        self._columns = layers[0].attrs["columns"]
        hashed = _unchained(layers[2].layers[0])
        self._features = [
            (column.attrs["index"], table.attrs["seed"], table.get_param("E"))
            for column, table in zip(hashed[::2], hashed[1::2], strict=True)
        ]
        self._mix = _Mixture(layers[3].layers[0])
        self._pad = layers[5].attrs["pad"]
        self._ops = encoder.ops
        self._windows = [_Mixture(layer) for layer in _unchained(layers[5].layers[0])]
        self._behind = layers[6:]
        """What may follow: a linear layer over all tokens of all texts."""
        self._places: dict[_Key, int] = {}
        self._words = numpy.zeros((0, self._windows[0].width), dtype="float32")

    def predict(self, docs: Sequence[Doc]) -> Any:
        """The vectors of documents, one array each; one array of all where a layer joins them."""
        # Each row as bytes: cheaper to make, and to look up, than a tuple of numbers.
        rows = [token_arrays.read(doc, _BY_WORD).view(_ROW) for doc in docs]
        of_words = self._by_word(docs, [own.ravel().tolist() for own in rows])
        flat = self._ops.flatten(of_words, pad=self._pad)
        for window in self._windows:
            mixed = window(_beside_neighbours(flat))
            mixed += flat
            flat = mixed
        lengths = self._ops.asarray1i(list(map(len, docs)))
        vectors: Any = self._ops.unflatten(flat, lengths, self._pad)
        for layer in self._behind:
            vectors = layer.predict(vectors)
        return vectors

    def _by_word(self, docs: Sequence[Doc], keys: Sequence[Sequence[_Key]]) -> list[NDArray[Any]]:
        if len(self._places) > _MAX_WORDS:
            self._places.clear()
        new: dict[_Key, NDArray[Any]] = {}
        for doc, words in zip(docs, keys, strict=True):
            unknown = [at for at, key in enumerate(words) if key not in self._places]
            if unknown:
                features = token_arrays.read(doc, self._columns)
                new.update((words[at], features[at]) for at in unknown)
        self._learn(new)
        return [self._words[[self._places[key] for key in words]] for words in keys]

    def _learn(self, new: dict[_Key, NDArray[Any]]) -> None:
        features = list(new.values())
        filled = features + features[-1:] * (-len(features) % _BLOCK)
        learnt = [
            self._mix(self._embedded(numpy.stack(filled[start : start + _BLOCK])))
            for start in range(0, len(filled), _BLOCK)
        ]
        if not learnt:
            return
        begin = len(self._places)
        needed = begin + len(new)
        if needed > len(self._words):
            larger = numpy.zeros((needed * 2, self._words.shape[1]), dtype="float32")
            larger[: len(self._words)] = self._words
            self._words = larger
        self._words[begin:needed] = numpy.concatenate(learnt)[: len(new)]
        self._places.update((key, begin + at) for at, key in enumerate(new))

    def _embedded(self, features: NDArray[Any]) -> NDArray[Any]:
        """Words of which these are the features, as ``thinc.layers.HashEmbed`` has them."""
        ops, parts = self._ops, []
        for index, seed, table in self._features:
            keys = ops.hash(numpy.ascontiguousarray(features[index]), seed) % len(table)
            parts.append(ops.gather_add(table, keys))
        return numpy.hstack(parts)


class _Mixture:
    """One layer: the largest of the products, scaled."""

    def __init__(self, layer: _Model) -> None:
        maxout, norm = _part(layer, "maxout"), _part(layer, "layernorm")
        weights = maxout.get_param("W")  # output, piece, input
        self.width, self._pieces, _ = weights.shape
        # Piece by piece, so that the largest is taken of rows that lie together.
        self._weights = weights.transpose(1, 0, 2).reshape(self.width * self._pieces, -1).T.copy()
        self._bias = maxout.get_param("b").T.reshape(-1).copy()
        self._scale, self._shift = norm.get_param("G"), norm.get_param("b")

    def __call__(self, given: NDArray[Any]) -> NDArray[Any]:
        width = self.width
        products = given @ self._weights
        products += self._bias
        best = products[:, :width].copy()
        for piece in range(1, self._pieces):
            numpy.maximum(best, products[:, piece * width : (piece + 1) * width], out=best)
        # As mean() does, which takes longer to begin than to add up a short text.
        best -= numpy.add.reduce(best, axis=1, keepdims=True) / width
        variance = numpy.add.reduce(numpy.square(best), axis=1, keepdims=True) / width + _TINY
        best *= variance ** (-1.0 / 2.0)
        best *= self._scale
        best += self._shift
        return best


def _beside_neighbours(given: NDArray[Any]) -> NDArray[Any]:
    """Each row between the one before it and the one behind it."""
    width = given.shape[1]
    around = numpy.empty((len(given), 3 * width), dtype="float32")
    around[1:, :width] = given[:-1]
    around[:, width : 2 * width] = given
    around[:-1, 2 * width :] = given[1:]
    around[:1, :width] = around[-1:, 2 * width :] = 0
    return around


def _unchained(model: _Model) -> list[_Model]:
    """The layers of a chain of chains, in their order."""
    if len(model.layers) < 2:
        return [model]
    return [part for layer in model.layers for part in _unchained(layer)]


def _part(model: _Model, name: str) -> _Model:
    return next(each for each in model.walk() if each.name == name)
