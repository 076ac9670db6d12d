"""An explanation tells what the extraction did: rule, path, who was taken for whom, near misses."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path

import pipeline.data
from pipeline.articles import Article
from pipeline.explanations import Explanation, NearMiss, Participant, to_json
from pipeline.extraction import default_extractor
from pipeline.extraction.extractor import Extractor
from pipeline.extraction.likelihood import likelihood
from pipeline.extraction.near_misses import MOST
from pipeline.extraction.rules import rules
from pipeline.extraction.settings import ExtractorSettings, Parse
from pipeline.records import Extraction

BODY = (
    "Colombia has threatened to cut power to Venezuelan towns unless the guards leave the bridge, "
    "Venezuelan Interior Minister Aurelio Sanz said on Friday. Bogota denied it. "
    "“We made no such threat,” a foreign ministry spokesman said."
)


def explained(
    body: str, headline: str = "", extractor: Extractor | None = None
) -> tuple[Extraction, Explanation]:
    article = Article(
        id="a", body=body, headline=headline, published_at=datetime(2026, 3, 1, tzinfo=UTC)
    )
    return (extractor or default_extractor()).explain(article)


def by_role(participants: tuple[Participant, ...]) -> dict[str, Participant]:
    return {each.role: each for each in participants}


def misses(body: str) -> list[NearMiss]:
    return list(explained(body)[1].near_misses)


def test_the_records_are_those_of_an_extraction_that_explains_nothing() -> None:
    found, _ = explained(BODY)
    article = Article(id="a", body=BODY, published_at=datetime(2026, 3, 1, tzinfo=UTC))
    assert found == default_extractor().extract(article)


def test_every_record_is_explained_in_the_order_of_the_records() -> None:
    found, explanation = explained(BODY)
    assert found.threats and found.denials
    assert [why.record_id for why in explanation.threats] == [t.record_id for t in found.threats]
    assert [why.record_id for why in explanation.denials] == [d.record_id for d in found.denials]


def test_the_rule_the_cue_and_what_the_rule_asked_for_are_told() -> None:
    [why] = explained(BODY)[1].threats
    telling = why.tellings[0]
    assert (telling.rule, telling.cue) == ("threaten-to", "threatened")
    rule = next(rule for rule in rules() if rule.id == telling.rule)
    assert rule.all <= set(telling.fired)
    assert "condition" in telling.modifiers and not set(telling.fired) & set(telling.modifiers)


def test_the_path_leads_from_the_cue_to_each_participant_and_to_the_condition() -> None:
    telling = explained(BODY)[1].threats[0].tellings[0]
    found = by_role(telling.participants)
    assert found["threatener"].path == "threatened –nsubj→ Colombia"
    path = found["target"].path
    assert path is not None and path.startswith("threatened –xcomp→ cut")
    assert found["attribution"].name == "Aurelio Sanz"
    assert telling.condition_path is not None and telling.condition_path.endswith("leave")


def test_a_target_tells_what_spoke_for_it_and_why_the_word_means_it() -> None:
    _, explanation = explained("Egypt threatened to bomb Khartoum.")
    [target] = [
        each for each in explanation.threats[0].tellings[0].participants if each.role == "target"
    ]
    assert (target.name, target.words) == ("Sudan", "Khartoum")
    assert target.why is not None and target.why.startswith("likeliest target: action:object")


def test_the_chain_of_speech_is_told_innermost_first() -> None:
    speech = explained(BODY)[1].threats[0].tellings[0].speech
    assert speech == ("threaten “threatened” by Colombia", "say “said” by Sanz")


def test_the_confidence_begins_with_the_rule_and_ends_with_the_records() -> None:
    found, explanation = explained(BODY)
    for record, why in zip(
        (*found.threats, *found.denials), (*explanation.threats, *explanation.denials), strict=True
    ):
        assert why.confidence[0].why == f"rule {why.tellings[0].rule}"
        # The reason has three places, the record two.
        assert abs(why.confidence[-1].value - record.confidence) < 0.0056
    assert "alleged" in [reason.why for reason in explanation.threats[0].confidence]


def test_a_denial_tells_what_speaks_for_its_link() -> None:
    found, explanation = explained(BODY)
    links = [link for why in explanation.denials for link in why.links if link.linked]
    assert {link.threat for link in links} == {found.threats[0].record_id}
    assert all(link.points >= -0.7 and link.reasons for link in links)


def test_metonyms_nouns_and_pronouns_are_told_with_who_they_are_and_why() -> None:
    _, explanation = explained(
        "Kenya warned that it would close the border. The Kenyan president was in Paris. "
        "“We will act,” William Ruto said, and he left."
    )
    found = {each.text: (each.name, each.why) for each in explanation.resolutions}
    assert found["it"] == ("Kenya", "the subject of a clause around it")
    assert found["We"][0] == found["he"][0] == "William Ruto"
    assert all(why for _, why in found.values())


def test_a_hedge_is_told_by_its_word() -> None:
    body = "Sudan allegedly threatened to bomb Chad."
    assert explained(body)[1].threats[0].tellings[0].notes == ("hedged: allegedly",)


def test_a_candidate_that_no_rule_takes_is_a_near_miss_with_what_it_lacks() -> None:
    [miss] = misses("Norway said it will close its port to Russian trawlers.")
    assert (miss.kind, miss.dropped) == ("threat", None)
    for gap in miss.nearest:
        rule = next(rule for rule in rules() if rule.id == gap.rule)
        assert not rule.fits(set(miss.features))
        missing = {name for group in gap.missing for name in group.split(" or ")}
        assert missing or gap.forbidden
        assert not missing & set(miss.features)
        assert set(gap.forbidden) == rule.none & set(miss.features)


def test_what_a_rule_refuses_is_told() -> None:
    forbidden = {
        name
        for miss in misses("Did Norway threaten to close its port to Russia?")
        for gap in miss.nearest
        for name in gap.forbidden
    }
    assert "question" in forbidden


def test_a_candidate_whose_threatener_is_not_known_says_so() -> None:
    dropped = [miss.dropped for miss in misses("He threatened to burn the village.")]
    assert "who is meant by “He” is not known" in dropped


def test_a_record_below_the_threshold_is_a_near_miss() -> None:
    sure = Extractor(ExtractorSettings(min_confidence=0.99))
    found, explanation = explained("Sudan threatened to bomb Chad.", extractor=sure)
    assert found.threats == () == explanation.threats
    assert [miss.dropped for miss in explanation.near_misses if miss.dropped] == [
        f"a confidence of {default_confidence()} is less than was asked for"
    ]


def default_confidence() -> float:
    return explained("Sudan threatened to bomb Chad.")[0].threats[0].confidence


def test_near_misses_are_bounded_and_the_rest_is_counted() -> None:
    places = "Oslo Bergen Molde Narva Tartu Riga Vilnius Gdansk Lublin Brno Graz Linz".split()
    told = [f"Norway said it will close its port to {place} firms." for place in places]
    body = " ".join(["The row over the siege of the port went on.", *told])
    _, explanation = explained(body)
    assert len(explanation.near_misses) == MOST
    assert explanation.left_out == len(places) - MOST


def test_text_without_threat_or_denial_is_nearly_nothing() -> None:
    assert misses("Rain will fall on Tuesday. The minister will open the new library.") == []


def test_an_article_that_is_not_looked_into_has_an_empty_explanation() -> None:
    article = Article(id="a", body=BODY, language="de")
    assert default_extractor().explain(article)[1] == Explanation()


def test_the_explanation_can_be_written_as_json() -> None:
    _, explanation = explained(BODY)
    written = json.loads(json.dumps(to_json(explanation)))
    assert set(written) == {
        "threats", "denials", "resolutions", "near_misses", "left_out", "features",
    }  # fmt: skip
    assert written["threats"][0]["tellings"][0]["evidence"]["text"].startswith("threatened")


def test_every_feature_that_the_rules_asked_for_stands_in_words() -> None:
    _, explanation = explained(BODY)
    said = {(each.kind, each.name): each.words for each in explanation.features}
    for kind, whys in (("threat", explanation.threats), ("denial", explanation.denials)):
        for why in whys:
            assert {(kind, name) for telling in why.tellings for name in telling.fired} <= set(said)
    assert said["threat", "agentive"] == "who threatens can act with intent"


def test_where_signs_add_up_each_tells_what_it_counted() -> None:
    feed = Path(pipeline.data.__file__).with_name("feed.jsonl").read_text(encoding="utf-8")
    found = 0
    for line in feed.splitlines():
        entry = json.loads(line)
        _, explanation = explained(entry.get("body", ""), entry.get("headline", ""))
        for kind, whys in (("threat", explanation.threats), ("denial", explanation.denials)):
            for why in whys:
                telling = why.tellings[0]
                if telling.rule != f"{kind}-by-its-signs":
                    assert telling.weights == ()
                    continue
                found += 1
                odds = likelihood(kind).bias + sum(each.weight for each in telling.weights)
                assert 1 / (1 + math.exp(-odds)) >= likelihood(kind).backed.signs
    assert found


def test_a_wording_that_other_news_has_too_says_that_it_is_unlikely_there() -> None:
    news = (
        "The port of Orsha handled more freight last year than in any year since it was opened. "
        "Tonnage rose by a fifth, and a second crane was put up in the spring. Chancellor Pavel "
        "Lund said he would not sign the lease unless the rent came down. He also spoke of plans "
        "for a museum of shipping in the former customs house, which has stood empty for eleven "
        "years. A decision on the museum is expected in June, when the town council meets again."
    )
    extractor = Extractor(ExtractorSettings(parse=Parse.ALL))
    extraction, explanation = extractor.explain(Article(id="a", body=news))
    assert not extraction.threats
    dropped = [miss.dropped or "" for miss in explanation.near_misses]
    assert any(why.endswith("fits, but what stands around makes it unlikely") for why in dropped)
