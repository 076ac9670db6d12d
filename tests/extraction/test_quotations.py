"""What is said and by whom, listed."""

from __future__ import annotations

import pytest

from pipeline.articles import Article
from pipeline.extraction import default_extractor


def said(text: str) -> list[tuple[str, list[str]]]:
    found = default_extractor().quotations(Article(id="a", body=text))
    return [(each.speaker, [span.text for span in each.content]) for each in found]


def test_a_split_quotation_is_one():
    assert said("“We leave,” Anna Keller told the council, “before the water comes.”") == [
        ("Anna Keller", ["We leave", "before the water comes"])
    ]


def test_a_clause_behind_a_verb_of_saying_is_one_without_marks():
    assert said("Anna Keller said on Monday that the dam had been closed.") == [
        ("Anna Keller", ["the dam had been closed"])
    ]


def test_words_in_marks_inside_such_a_clause_are_no_second_one():
    (only,) = said("Anna Keller said that the dam was “a paper wall”.")
    assert only == ("Anna Keller", ["the dam was “a paper wall"])


def test_a_pronoun_stands_for_the_one_named_before():
    text = "Anna Keller opened the session. She said the dam had been closed in spring."
    assert said(text)[-1] == ("Anna Keller", ["the dam had been closed in spring"])


def test_according_to_names_a_speaker():
    assert said("According to Anna Keller, the dam had been closed in spring.") == [
        ("Anna Keller", ["the dam had been closed in spring"])
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Anna Keller did not say what the repair would cost.",
        "Anna Keller asked whether the dam would hold.",
        "Anna Keller closed the dam in spring.",
        "The film “The Water Comes” opened on Friday.",
    ],
)
def test_what_is_not_said_is_none(text: str):
    assert said(text) == []


def test_someone_without_a_name_speaks_by_the_texts_own_words():
    assert said("A nurse said the lights had gone out.") == [("nurse", ["the lights had gone out"])]


def test_an_aside_between_name_and_verb_does_not_take_the_speaker_away():
    text = "The minister, asked whether she would resign, said: “Ask my party.”"
    assert said(text) == [("minister", ["Ask my party"])]


def test_the_title_of_a_work_is_nobodys_speech():
    assert said("Anna Keller published a memoir, “Rooms Without Windows”.") == []
