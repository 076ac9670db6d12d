"""What a candidate stands in, told in features."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from pipeline.articles import Article
from pipeline.extraction import default_extractor, tracing
from pipeline.extraction.dispute import places_around
from pipeline.extraction.feature_words import words_of
from pipeline.extraction.lexicon import knowledge

THREAT = "Chancellor Pavel Lund said he would seize the ships of Tolk unless the duty was paid."
CALM = (
    "Profits at the port rose by 9 percent last year, on sales of 40 million crowns. Shares in "
    "the company were little changed, and analysts kept their forecasts for growth. {} The weather "
    "in the gulf was mild all season, and traders expect prices to fall in the next quarter. "
    "A study of the harbour's economy will be published by the university in the spring."
)
TENSE = (
    "Tolk has accused Orsha of aggression, and its troops were put on alert after an attack on a "
    "barracks. Orsha threatened to expel its ambassador. {} Tolk condemned the sanctions that "
    "Orsha imposed in May and demanded that its soldiers leave the disputed island. Rebels in the "
    "hills have vowed to go on with the war, and gunmen seized hostages at the border last week."
)


def features(text: str) -> set[str]:
    """Those of the candidate that the sentence about the ships is."""
    with tracing.collecting() as trace:
        default_extractor().extract(Article(id="a", body=text))
    return next(
        each.candidate.features
        for each in trace.weighed
        if each.kind == "threat" and "seize" in each.candidate.evidence.text
    )


@pytest.mark.parametrize("file", ["topics.json", "harm_words.json"])
def test_the_data_file_fits_its_schema(file: str) -> None:
    schema = knowledge("topics.schema.json")
    Draft202012Validator.check_schema(schema)
    errors = list(Draft202012Validator(schema).iter_errors(knowledge(file)))
    assert not errors, errors[0]


def test_an_article_of_business_and_one_of_conflict_differ_in_what_stands_around() -> None:
    calm, tense = features(CALM.format(THREAT)), features(TENSE.format(THREAT))
    assert {"business-1", "business-2"} <= calm and "conflict-1" not in calm
    assert {"conflict-1", "conflict-2", "conflict-before-1"} <= tense
    assert not {"business-1", "business-2"} & tense
    assert "told-near-1" in tense and "told-near-1" not in calm


def test_the_words_of_the_candidate_itself_are_no_surroundings() -> None:
    said = THREAT.replace("unless", "and would bomb, attack and punish the rebels unless")
    assert "conflict-1" not in features(CALM.format(said))


def test_who_faces_whom_is_told_and_whether_they_are_at_odds() -> None:
    known = "Iranian Foreign Minister Abbas Karimi told Norway that Tehran would seize its ships."
    found = features(TENSE.format(known + " Norway denied that it had attacked anyone."))
    assert {"by:person", "at:government", "abroad", "at-odds"} <= found


def test_of_what_harm_the_words_speak_is_told_of_the_act_and_of_its_condition() -> None:
    found = features(TENSE.format(THREAT))
    assert {"of:justice", "of:supply", "does:justice", "if:reckoning"} <= found
    assert "of:violence" not in found


def test_places_around_a_sentence_are_counted_and_those_in_it_are_not() -> None:
    document, _ = default_extractor().read(Article(id="a", body=CALM.format(THREAT)))
    first, second, *_ = document.body.sents
    places = [first.start_char, second.start_char, second.start_char + 1, second.end_char + 1]
    assert places_around(first, places, 20) == 2
    assert places_around(second, places, 500) == 2
    assert places_around(second, places, 5) == 1


def test_two_threats_back_a_third_but_not_in_a_long_article_of_other_things() -> None:
    story = (
        "Peru threatened to bomb the port of Arica unless the cargo was freed. Peru has also "
        "threatened to seize the tankers of Chile.\n\nThe cargo has lain in the port since March. "
        "Officials of both countries met in Quito last week and parted without a word to the "
        "reporters who had waited outside all night.\n\n"
        "Chilean ships would be seized, General Luis Paz of Peru said."
    )
    other = "\n\nThe market was quiet. Fishermen mended their nets. The weather was mild." * 8

    def threats(text: str) -> list[str]:
        found = default_extractor().extract(Article(id="a", body=text)).threats
        return [threat.action for threat in found]

    assert "Chilean ships would be seized" in threats(story)
    assert threats(story + other) == threats(story)[:2]


def test_a_flash_has_nothing_around() -> None:
    found = features(THREAT)
    assert "brief" in found and not any(each.startswith("business-") for each in found)


@pytest.mark.parametrize("kind", ["threat", "denial"])
def test_every_sign_that_counts_stands_in_words_for_whoever_asks_why(kind: str) -> None:
    learned = knowledge("likelihood.json")[kind]["weights"]
    assert [each for each in learned if words_of(kind, each) is None] == []
