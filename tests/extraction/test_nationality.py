from __future__ import annotations

import pytest

from tests.extraction.reading import actors, read


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("RIGA - The German daily Abendbote printed it.", "Abendbote", "DEU"),
        ("RIGA - Brundtner, a Norwegian shipping firm, said it would sue.", "Brundtner", "NOR"),
        ("RIGA, May 3 - Judge Ilze Kalna said the hearing was over.", "Ilze Kalna", "LVA"),
        ("RIGA, May 3 - Calverton Shipping Plc said it would sue.", "Calverton Shipping Plc",
         "LVA"),
        ("RIGA, May 3 - France said no. Paul Ott, a spokesman, gave no reason.", "Paul Ott", "FRA"),
    ],
    ids=["adjective", "apposition", "judge", "firm at home", "spokesman"],
)  # fmt: skip
def test_a_country_is_taken_from_the_words_beside_a_name_or_from_the_story(text, name, country):
    assert actors(text)[name].country == country


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("RIGA, May 3 (Abendbote) - The ice held.", "Abendbote"),
        ("RIGA, May 3 - Paul Ott, a plumber, said the pipe was sound.", "Paul Ott"),
        ("Calverton Shipping Plc sold two ships to China.", "Calverton Shipping Plc"),
    ],
    ids=["agency that sent the story", "private person", "no dateline"],
)
def test_no_country_is_guessed_where_nothing_tells_it(text, name):
    assert actors(text)[name].country is None


def test_an_officer_speaks_for_the_army_of_the_story():
    found = actors("RIGA, May 3 - An army officer said that the road was shut.")
    assert found["Armed Forces of Latvia"].country == "LVA"


def test_an_ambassador_without_a_name_is_named_by_the_office():
    found = actors("RIGA, May 3 - Paraguay's ambassador to Estonia said he was sorry.")
    assert found["Ambassador of Paraguay to Estonia"].country == "PRY"


def test_who_lost_an_office_does_not_hold_it():
    found = actors("RIGA, May 3 - Niger's deposed king said he was sorry.")
    assert "King of Niger" not in found


def test_two_unions_are_told_apart_by_whose_they_are():
    text = "The pilots' union called a strike. The dockers' union denied that it would join."
    assert {"pilots' union", "dockers' union"} <= set(actors(text))


def test_gunmen_of_a_brigade_are_the_brigade():
    text = (
        "Gunmen from the Salt Hill Brigade threatened to burn the port if Libya did not pay them."
    )
    assert [threat.threatener.name for threat in read(text).threats] == ["Salt Hill Brigade"]


def test_a_surname_alone_shows_that_the_full_name_is_a_person():
    found = actors("Moussa Dembaye-Sarr and others met on Friday. Dembaye-Sarr said nothing.")
    assert "Moussa Dembaye-Sarr" in found
    assert "Dembaye-Sarr" not in found


def test_a_mention_in_wrapped_copy_is_the_text_as_it_came():
    body = (
        "RIGA, May 3 - Judge Ilze\nKalna said on Friday that the hearing was\nover, and that the "
        "clerk would\nwrite to both of the parties in the case."
    )
    mentions = [mention for actor in read(body).actors for mention in actor.mentions]
    assert "Ilze\nKalna" in [mention.text for mention in mentions]
    assert all(body[mention.start : mention.end] == mention.text for mention in mentions)
