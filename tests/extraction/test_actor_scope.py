from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from pipeline.articles import Article, decode_json
from pipeline.evaluation.gold import load_gold
from pipeline.extraction import default_extractor
from pipeline.extraction.extractor import Extractor
from pipeline.extraction.settings import ActorScope, ExtractorSettings

IN_RECORDS = ExtractorSettings(actors=ActorScope.IN_RECORDS)


ARTICLES_OF_CONFLICT = Path(__file__).parents[1] / "gold" / "rounds_1.jsonl"


def feed() -> list[Article]:
    lines = files("pipeline").joinpath("data", "feed.jsonl").read_bytes().splitlines()
    return [decode_json(line) for line in lines]


def test_threats_and_denials_are_the_same_whichever_actors_are_asked_for() -> None:
    extractor = Extractor(IN_RECORDS)
    more = [row.article for row in load_gold(ARTICLES_OF_CONFLICT).rows]
    for article in feed() + more:
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
