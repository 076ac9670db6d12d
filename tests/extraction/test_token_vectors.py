from __future__ import annotations

from importlib.resources import files

import numpy
import pytest

from pipeline.articles import decode_json
from pipeline.extraction import language
from pipeline.extraction.token_vectors import TokenVectors
from pipeline.extraction.tokenizing import Tokenizer


def encoders() -> dict[str, object]:
    nlp = language.load_language()
    return {
        "entities": nlp.get_pipe("ner").model.layers[0],
        "parser": nlp.get_pipe("tok2vec").model,
    }


def texts() -> list[str]:
    lines = files("pipeline").joinpath("data", "feed.jsonl").read_bytes().splitlines()
    return [decode_json(line).body for line in lines[:20]]


@pytest.mark.parametrize("name", ["entities", "parser"])
def test_vectors_are_those_of_the_models_own_encoder(name):
    encoder, tokenizer = encoders()[name], Tokenizer(language.load_language())
    assert TokenVectors.fits(encoder)
    vectors = TokenVectors(encoder)
    for text in texts():
        # Two texts at a time, as headline and body are.
        docs = [tokenizer(text), tokenizer(text[:300])]
        numpy.testing.assert_array_equal(
            numpy.concatenate(list(vectors.predict(docs))),
            numpy.concatenate(list(encoder.predict(docs))),
        )


def test_what_was_read_before_changes_no_vector():
    encoder, tokenizer = encoders()["entities"], Tokenizer(language.load_language())
    fresh, used = TokenVectors(encoder), TokenVectors(encoder)
    *before, last = [tokenizer(text) for text in texts()]
    for doc in before:
        used.predict([doc])
    numpy.testing.assert_array_equal(used.predict([last]), fresh.predict([last]))
