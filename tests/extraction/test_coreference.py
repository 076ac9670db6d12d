from __future__ import annotations

import pytest

from pipeline.articles import Article
from pipeline.extraction import default_extractor
from pipeline.extraction.coreference import ArticleActors
from pipeline.extraction.texts import Doc
from pipeline.records import ActorType, MentionKind
from tests.extraction.reading import PUBLISHED, actors, mentions


def index(body: str) -> tuple[ArticleActors, Doc]:
    article = Article(id="a", body=body, published_at=PUBLISHED)
    document, found = default_extractor().read(article)
    return found, document.body


def token(doc: Doc, text: str):
    return next(token for token in doc if token.text == text)


# Nominals


@pytest.mark.parametrize(
    ("text", "name", "nominal"),
    [
        ("Interior Minister Ida Brandvold spoke. The minister then left.", "Ida Brandvold",
         "The minister"),
        ("Tarn Air said it was sorry. The airline lost two jets.", "Tarn Air", "The airline"),
        ("The weekly Der Bote stood firm. “No,” the magazine said.", "Der Bote", "the magazine"),
        ("An engineer warned of leaks. The engineer, Ruud Kolk, wept.", "Ruud Kolk",
         "An engineer"),
        ("Peru's mines ministry denied it. “No,” a ministry official said.",
         "Ministry of Mines of Peru", "a ministry official"),
        ("A White House spokesman said no.", "White House", "A White House spokesman"),
        ("Brundtner Plc fell. “No comment,” a spokeswoman said.", "Brundtner Plc",
         "a spokeswoman"),
    ],
    ids=lambda value: value if len(value) < 26 else "",
)  # fmt: skip
def test_a_nominal_is_the_actor_that_the_article_calls_so(text, name, nominal):
    assert nominal in mentions(actors(text)[name], MentionKind.NOMINAL)


def test_a_nominal_that_nobody_is_called_by_is_left_open():
    found = actors("Ida Brandvold, a nurse, spoke. The minister then left.")

    assert "The minister" not in mentions(found["Ida Brandvold"])


def test_a_nominal_does_not_reach_into_another_brief():
    found = actors(
        "LIMA -- Energy Minister Inés Quiroz resigned.\n\nQUITO -- The minister stayed at home."
    )

    assert mentions(found["Inés Quiroz"], MentionKind.NOMINAL) == []


def test_a_body_without_a_name_is_an_actor_where_it_speaks():
    found = actors("The ferrymen's union said it would strike. Nobody asked the union.")

    assert found["ferrymen's union"].type is ActorType.ORGANISATION


def test_an_outlet_without_a_name_is_none():
    assert actors("A newspaper reported that a radio station had closed.") == {}


# Pronouns


@pytest.mark.parametrize(
    ("text", "name", "pronouns"),
    [
        ("Ida Brandvold said she would go.", "Ida Brandvold", ["she"]),
        ("Iran said it would wait, and its envoy left.", "Iran", ["it", "its"]),
        ("Ruud Kolk, a nurse, spoke. He then left.", "Ruud Kolk", ["He"]),
        ("“I will go,” said Ruud Kolk. “We have time.”", "Ruud Kolk", ["I", "We"]),
    ],
)
def test_a_pronoun_takes_up_the_subject_or_the_speaker(text, name, pronouns):
    assert mentions(actors(text)[name], MentionKind.PRONOUN) == pronouns


def test_a_pronoun_of_the_other_gender_is_passed_over():
    found = actors("Ruud Kolk, a spokesman, met Ida Brandvold, a spokeswoman. She then left.")

    assert mentions(found["Ruud Kolk"], MentionKind.PRONOUN) == []


def test_it_that_stands_for_a_clause_is_nobody():
    found = actors("Iran waited. It is clear that rain will fall.")

    assert mentions(found["Iran"], MentionKind.PRONOUN) == []


def test_words_of_a_quotation_do_not_name_who_speaks_next():
    found = actors("Ruud Kolk spoke. “I met Ida Brandvold there,” he said.")

    assert mentions(found["Ruud Kolk"], MentionKind.PRONOUN) == ["I", "he"]


def test_the_first_person_in_a_dialogue_is_the_named_speaker():
    found = actors("KOLK: I have seen that.\nRuud Kolk, a judge, then left.")

    assert "I" in mentions(found["Ruud Kolk"], MentionKind.PRONOUN)


# The index that the later stages ask


def test_any_token_of_a_mention_resolves_to_its_actor():
    found, doc = index("Rear Admiral Ida Brandvold said no.")

    assert found.resolve(token(doc, "Ida")) is found.resolve(token(doc, "Brandvold"))
    assert found.resolve(token(doc, "no")) is None


def test_an_unnamed_plural_is_an_actor_only_as_a_participant():
    found, doc = index("Angry farmers threatened to block the road.")

    assert found.resolve(token(doc, "farmers")) is None
    assert found.entities == []

    group = found.participant(token(doc, "farmers"))

    assert (group.name, group.type) == ("Angry farmers", ActorType.GROUP)
    assert found.entities == [group]


def test_a_part_is_named_with_its_whole():
    found, doc = index("Three of the island clubs threatened to leave.")

    assert found.participant(token(doc, "Three")).name == "Three of the island clubs"


def test_a_pronoun_as_participant_is_the_group_that_it_takes_up():
    found, doc = index("Angry farmers said they would block the road.")

    assert found.participant(token(doc, "they")).name == "Angry farmers"


def test_a_bombed_capital_is_its_country_as_participant():
    found, doc = index("She threatened a strike on Moscow.")

    assert found.resolve(token(doc, "Moscow")) is None
    assert found.participant(token(doc, "Moscow")).name == "Russia"


def test_a_country_is_added_by_its_code():
    found, _ = index("Rain fell.")

    assert found.country("PER").name == "Peru"


def test_actors_come_in_the_order_of_first_mention():
    records = default_extractor().extract(
        Article(id="a", body="Ruud Kolk, a judge, met Ida Brandvold, a nurse. Iran watched.")
    )

    assert [actor.name for actor in records.actors] == ["Ruud Kolk", "Ida Brandvold", "Iran"]
