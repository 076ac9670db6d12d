"""A process that reads for months keeps no more words than one that reads for a day."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import spacy.lang.en

from pipeline.articles import Article
from pipeline.extraction import vocabulary
from pipeline.extraction.extractor import Extractor
from pipeline.extraction.language import load_language
from pipeline.extraction.vocabulary import Vocabulary, vocabulary_of

TEXT = """Harbour minister {name} Quellmark{number} warned on Tuesday that the port of {name}stad
would seize the ferries of {name}line unless the company paid its pilots. {name}line denied that it
owed them anything; its {name}ers had {name}ed the bills."""


def article(number: int) -> Article:
    name = "".join(chr(ord("a") + int(digit)) for digit in f"{number:06d}").capitalize()
    return Article(id=str(number), body=TEXT.format(name=name, number=number))


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> Iterator[Extractor]:
    """An extractor that has all the words it may keep, and forgets often."""
    monkeypatch.setattr(vocabulary, "ZONE_ARTICLES", 3)
    own = vocabulary_of(load_language())
    monkeypatch.setattr(own, "_max_words", -1)
    monkeypatch.setattr(own, "_keeps_all", False)
    yield Extractor()
    own._end_zone()


def test_words_beyond_the_limit_are_forgotten_and_records_are_the_same(
    forgetful: Extractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    strings = load_language().vocab.strings
    found = [forgetful.extract(article(number)) for number in range(9)]
    before = len(strings)
    found += [forgetful.extract(article(number)) for number in range(9, 30)]
    assert len(strings) == before
    assert all(each.threats and each.denials for each in found)
    monkeypatch.setattr(vocabulary_of(load_language()), "_keeps_all", True)
    assert [forgetful.extract(article(number)) for number in range(30)] == found


def test_an_explanation_is_told_with_its_words(forgetful: Extractor) -> None:
    for number in range(100, 107):
        extraction, explanation = forgetful.explain(article(number))
        assert extraction.threats and explanation.threats


def test_several_threads_read_one_after_the_other(forgetful: Extractor) -> None:
    alone = {number: forgetful.extract(article(number)) for number in range(200, 216)}
    found = {}

    def read(numbers: range) -> None:
        found.update({number: forgetful.extract(article(number)) for number in numbers})

    threads = [
        threading.Thread(target=read, args=(range(start, 216, 4),)) for start in range(200, 204)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == alone


def test_nothing_is_forgotten_where_documents_are_handed_out() -> None:
    nlp = spacy.lang.en.English()
    own = Vocabulary(nlp, max_words=-1)
    nlp("word")
    with own.reading():
        nlp("forgotten")
        own.keep_all()
    with own.reading():
        document = nlp("kept")
    assert document[0].text == "kept" and "kept" in nlp.vocab.strings
