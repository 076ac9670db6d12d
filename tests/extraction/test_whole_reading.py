"""Pipelines of another make than spaCy's usual ones are worked as a whole, with equal results."""

from __future__ import annotations

from typing import Any

import spacy

from pipeline.articles import Article
from pipeline.extraction.document import Document
from pipeline.extraction.limits import WorkLimits
from pipeline.extraction.reading import Reader, WholeReader, reader
from pipeline.extraction.settings import DEFAULT_SPACY_MODEL

ARTICLE = Article(
    id="a",
    headline="Tolk warns Orsha",
    body=(
        "ORSHA, Nov 3 - The harbour master said on Monday that rain would fall all week. \n"
        "Tolk threatened to bar Orsha's trucks unless tolls were lowered, said its minister, "
        "Ilka Varna. Orsha denied that it owed Tolk anything."
    ),
)


def annotations(document: Document) -> list[Any]:
    return [
        (token.text, token.tag_, token.lemma_, token.dep_, token.head.i, token.ent_type_)
        for doc in document.docs
        for token in doc
    ]


def test_a_recogniser_of_another_make_is_worked_as_a_whole() -> None:
    nlp = spacy.load(DEFAULT_SPACY_MODEL)
    assert isinstance(reader(nlp, WorkLimits()), Reader)
    recogniser: Any = nlp.get_pipe("ner")
    recogniser.add_label("VESSEL")
    assert type(reader(nlp, WorkLimits())) is WholeReader


def test_an_article_read_as_a_whole_is_annotated_as_one_read_in_parts_and_parsed_whole() -> None:
    nlp = spacy.load(DEFAULT_SPACY_MODEL)
    in_parts, whole = Reader(nlp, WorkLimits()), WholeReader(nlp, WorkLimits())
    parsed = in_parts.read(ARTICLE)
    in_parts.parse_all(parsed)
    document = whole.read(ARTICLE)
    assert whole.parse_some(document)
    whole.parse_all(document)
    assert annotations(document) == annotations(parsed)
    assert document.passed is None
