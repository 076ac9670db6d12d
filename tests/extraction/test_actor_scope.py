from __future__ import annotations

from importlib.resources import files

from pipeline.articles import Article, decode_json
from pipeline.extraction import default_extractor
from pipeline.extraction.entities import EntityRecogniser
from pipeline.extraction.extractor import Extractor
from pipeline.extraction.language import load_language
from pipeline.extraction.sentences import sentence_bounds, set_sentence_starts
from pipeline.extraction.settings import ActorScope, ExtractorSettings
from pipeline.extraction.tokenizing import Tokenizer

IN_RECORDS = ExtractorSettings(actors=ActorScope.IN_RECORDS)


def feed() -> list[Article]:
    lines = files("pipeline").joinpath("data", "feed.jsonl").read_bytes().splitlines()
    return [decode_json(line) for line in lines]


def test_threats_and_denials_are_the_same_whichever_actors_are_asked_for() -> None:
    extractor = Extractor(IN_RECORDS)
    for article in feed():
        found, expected = extractor.extract(article), default_extractor().extract(article)
        assert (found.threats, found.denials) == (expected.threats, expected.denials), article.id
        named = {each.denier.actor_id for each in found.denials}
        named |= {each.threatener.actor_id for each in found.threats}
        named |= {target.actor_id for each in found.threats for target in each.targets}
        named |= {
            each.attribution.actor_id
            for each in (*found.threats, *found.denials)
            if each.attribution is not None
        }
        assert found.actors == tuple(each for each in expected.actors if each.actor_id in named)


def test_an_article_without_threat_or_denial_has_no_actors_in_records() -> None:
    article = Article(id="a", body="Norway and Sweden signed a treaty on Monday.")
    assert default_extractor().extract(article).actors
    assert Extractor(IN_RECORDS).extract(article).actors == ()


def test_the_entities_of_chosen_sentences_are_those_that_they_have_in_the_whole_text() -> None:
    nlp = load_language()
    recogniser, tokenizer = EntityRecogniser(nlp), Tokenizer(nlp)
    for article in feed()[:10]:
        whole, part = (set_sentence_starts(tokenizer(article.body)) for _ in range(2))
        chosen = list(sentence_bounds(whole))[1::2]
        recogniser.mark([whole])
        recogniser.mark_sentences(part, chosen)
        for start, end in chosen:
            assert [(token.ent_iob_, token.ent_type_) for token in part[start:end]] == [
                (token.ent_iob_, token.ent_type_) for token in whole[start:end]
            ]
        assert {at for entity in part.ents for at in range(entity.start, entity.end)} <= {
            at for start, end in chosen for at in range(start, end)
        }
