from __future__ import annotations

from importlib.resources import files

from pipeline.articles import decode_json
from pipeline.extraction import language
from pipeline.extraction.entities import EntityRecogniser
from pipeline.extraction.sentences import set_sentence_starts


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
        docs = [set_sentence_starts(nlp.tokenizer(text)) for text in texts]
        expected = [entities(own(doc.copy())) for doc in docs]
        recogniser.mark(docs)
        assert [entities(doc) for doc in docs] == expected
        found += sum(map(len, expected))
    assert found > 100


def test_no_entity_goes_over_the_end_of_its_sentence():
    nlp = language.load_language()
    doc = set_sentence_starts(nlp.tokenizer("He flew to New\nYork City Council met on Monday."))
    EntityRecogniser(nlp).mark([doc])
    assert all(entity.start_char >= 15 or entity.end_char <= 15 for entity in doc.ents)
