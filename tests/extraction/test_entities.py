from __future__ import annotations

from importlib.resources import files

from pipeline.articles import decode_json
from pipeline.extraction import language
from pipeline.extraction.entities import EntityRecogniser
from pipeline.extraction.sentences import set_sentence_starts
from pipeline.extraction.texts import Doc


def words(nlp, text: str) -> Doc:
    doc = Doc(nlp.tokenizer(text))
    set_sentence_starts(doc)
    return doc


def entities(doc) -> list[tuple[int, int, str]]:
    return [(entity.start, entity.end, entity.label_) for entity in doc.ents]


def test_entities_are_those_of_the_models_own_recogniser():
    nlp = language.load_language()
    recogniser, own = EntityRecogniser(nlp), nlp.get_pipe("ner")
    lines = files("pipeline").joinpath("data", "feed.jsonl").read_bytes().splitlines()
    found = 0
    for line in lines:
        article = decode_json(line)
        texts = [text for text in (article.headline, article.body) if text]
        docs = [words(nlp, text) for text in texts]
        expected = [entities(own(doc.spacy.copy())) for doc in docs]
        recogniser.mark(docs)
        assert [entities(doc) for doc in docs] == expected
        found += sum(map(len, expected))
    assert found > 100


def test_no_entity_goes_over_the_end_of_its_sentence():
    nlp = language.load_language()
    doc = words(nlp, "He flew to New\nYork City Council met on Monday.")
    EntityRecogniser(nlp).mark([doc])
    assert all(entity.start_char >= 15 or entity.end_char <= 15 for entity in doc.ents)
