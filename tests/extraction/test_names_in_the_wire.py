"""Names as wires write them: companies, acronyms, lists, credits, and what only looks like one."""

from __future__ import annotations

import pytest

from pipeline.records import ActorType
from tests.extraction.reading import actors


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Moody's and Standard & Poor's said they would wait.", {"Moody's", "Standard & Poor's"}),
        ("Hafnia Kabler A/S said it would pay.", {"Hafnia Kabler A/S"}),
        ("The Tin and Copperworkers' Union said it would strike.",
         {"Tin and Copperworkers' Union"}),
        ("The Salvo Oystermen's Federation said it would strike.",
         {"Salvo Oystermen's Federation"}),
        ("The Law Guild of Penrith said no, and Oxfam yes.", {"Law Guild of Penrith", "Oxfam"}),
        ("Mr Holm said the Seven Oaks Tribe had agreed.", {"Holm", "Seven Oaks Tribe"}),
        ("The state news agency MENA said nobody was hurt.", {"MENA"}),
        ("Norway's QXR said it would merge.", {"QXR"}),
        ("The All Penrith Carters' Union said no.", {"All Penrith Carters' Union"}),
    ],
)  # fmt: skip
def test_a_body_has_its_whole_name(text: str, names: set[str]) -> None:
    assert set(actors(text)) == names


def test_a_company_is_called_as_the_article_calls_it_without_its_legal_form() -> None:
    found = actors("Pelham Tinworks Corp said it would pay. Pelham Tinworks shares rose.")
    assert list(found) == ["Pelham Tinworks"]


def test_a_given_name_tells_a_person_and_a_month_may_be_one() -> None:
    found = actors("On Jan 12 the keeper Jan Terhorst left. Olusegun Brightwell came in.")
    assert {name: actor.type for name, actor in found.items()} == {
        "Jan Terhorst": ActorType.PERSON,
        "Olusegun Brightwell": ActorType.PERSON,
    }


def test_those_who_wrote_and_edited_a_story_are_actors() -> None:
    found = actors(
        "By Maria Lindqvist\nNothing happened in the town on that day, people said there.\n"
        "(Additional reporting by Peter Ashdown in Lima; Editing by Susan Carlow)"
    )
    assert {"Maria Lindqvist", "Peter Ashdown", "Susan Carlow"} <= set(found)


@pytest.mark.parametrize(
    "text",
    [
        "He was told so by the chairman of a dockers' club.",
        "Sen. Jo Harrow, R-Bozeman, left the room.",
        "Talks on the U.S.-Japan dispute went on.",
        "The king of the hill won the race.",
    ],
)
def test_what_only_looks_like_an_actor_is_none(text: str) -> None:
    assert set(actors(text)) <= {"Jo Harrow", "dockers' club"}


def test_a_persons_possessive_is_no_company_of_that_name() -> None:
    assert set(actors("Paul Christie left. Christie's lawyer wept.")) == {"Paul Christie"}


def test_a_court_in_capitals_is_that_of_the_storys_country() -> None:
    found = actors("LIMA, June 5 - He will appeal to the Supreme Court on Monday, he said.")
    assert "Supreme Court of Peru" in found


def test_congress_is_that_of_the_storys_country() -> None:
    assert "Congress of Peru" in actors("LIMA, June 5 - Congress approved the bill on Monday.")
    assert "United States Congress" in actors("WASHINGTON - Congress approved the bill on Monday.")


def test_a_foreign_ambassador_goes_to_the_ministry_of_the_storys_country() -> None:
    found = actors("OSLO, June 5 - The U.S. ambassador, Jo Bell, drove to the foreign ministry.")
    assert "State Department" not in found


def test_a_headline_in_capital_words_makes_no_names_of_them() -> None:
    found = actors("Tilda Krantz said no.", headline="Krantz Turns Down Deal, Angers Old Allies.")
    assert list(found) == ["Tilda Krantz"]


def test_a_body_of_another_country_is_not_the_known_one_that_it_ends_like() -> None:
    found = actors("The Zambian Trades Union Congress said its members would march.")

    assert [actor.name for actor in found.values()] == ["Zambian Trades Union Congress"]


def test_congress_is_that_of_the_country_that_the_story_is_told_from() -> None:
    found = actors("LA PAZ, March 4 - The Congress voted on Tuesday to sack the minister.")

    assert "Congress of Bolivia" in found
    found = actors("LA PAZ, March 4 - A U.S. senator said the Congress would sit in May.")
    assert "United States Congress" in found


def test_of_states_in_a_row_of_which_one_acts_each_acts() -> None:
    found = actors("Gabon, Togo and Benin have warned the junta that they would shut the border.")

    assert {"Gabon", "Togo", "Benin"} <= set(found)


def test_a_word_before_a_role_is_no_name() -> None:
    assert "Presiding" not in actors("Presiding judge Olena Havryk adjourned the trial.")


def test_the_town_that_somebody_is_of_is_no_person() -> None:
    found = actors("The letter came from Doctor Irma Sandoz of Grindelried, who never saw it.")

    assert "Grindelried" not in found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Nana Akufo-Addo-Mensah said no.", {"Nana Akufo-Addo-Mensah"}),
        ("Central bank governor Weng Ruo-bin said rates would rise.", {"Weng Ruo-bin"}),
        ("The drivers' union Verdi-Nord said it would strike.", {"Verdi-Nord"}),
    ],
)
def test_a_hyphen_keeps_a_name_whole(text: str, names: set[str]) -> None:
    assert names <= set(actors(text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("VIENNA, May 3 - Economist Lea Brandl of Kessara said prices would rise.", "Kessara"),
        ("Spain's Bravellan said it would drill.", "Bravellan"),
    ],
)
def test_a_word_that_a_country_or_an_economist_has_is_a_body(text: str, name: str) -> None:
    assert actors(text)[name].type is ActorType.ORGANISATION


@pytest.mark.parametrize(
    "text",
    [
        "Rumours went round on WhatsApp.",
        "Premier Tom Hale of British Columbia said no.",
        "A farmer from Tarnshire who kept sheep said no.",
    ],
)
def test_a_network_and_a_region_do_nothing(text: str) -> None:
    assert {actor.type for actor in actors(text).values()} <= {ActorType.PERSON}
    assert not {"Tarnshire", "Columbia"} & set(actors(text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ATHENS, May 3 - Parliament voted on Monday.", "Parliament of Greece"),
        ("Mali told France that its army would fire.", "Armed Forces of Mali"),
        ("TUNIS, May 3 - Energy Minister Ali Brahem spoke. His ministry said he was ill.",
         "Ministry of Energy of Tunisia"),
        ("OSLO, May 3 - The tax office said no.", "Tax office of Norway"),
        ("DES MOINES, May 3 - Iowa's governor said no.", "Governor of Iowa"),
        ("The Baltic Fleet sailed. The fleet's press service said no more.", "Baltic Fleet"),
        ("BRUSSELS, May 3 - The European Community said it would wait.", "European Community"),
    ],
)  # fmt: skip
def test_an_organ_goes_by_what_the_article_calls_it(text: str, name: str) -> None:
    assert name in actors(text)
