"""Where quotations begin and end, and who says them to whom."""

from __future__ import annotations

import pytest

from pipeline.articles import Article
from pipeline.extraction import default_extractor
from pipeline.extraction.document import Quote
from pipeline.extraction.quotes import is_speech


def quotes(text: str) -> list[Quote]:
    document, _ = default_extractor().read(Article(id="a", body=text))
    return document.quotes


def told(text: str) -> list[tuple[str, str | None]]:
    return [
        (quote.span.text, quote.speaker.text if quote.speaker is not None else None)
        for quote in quotes(text)
    ]


@pytest.mark.parametrize(
    ("opening", "closing"),
    [('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"), ("‘", "’"), ("'", "'")],
)
def test_every_kind_of_marks_is_known(opening: str, closing: str) -> None:
    text = f"{opening}We leave tomorrow,{closing} said Anna Weber."
    assert told(text) == [("We leave tomorrow,", "Weber")]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ('"The road is closed," Omar Diallo said.', "Diallo"),
        ('"The road is closed," said Omar Diallo, the mayor of Kati.', "Diallo"),
        ('"The road is closed," Omar Diallo told reporters in Kati.', "Diallo"),
        ('"The road is closed," according to Omar Diallo.', "Diallo"),
        ('Omar Diallo said: "The road is closed."', "Diallo"),
        ('Omar Diallo: "The road is closed."', "Diallo"),
        ('Omar Diallo called the road "a death trap" and left.', "Diallo"),
        ('"The road," Omar Diallo said, "is closed."', "Diallo"),
        ('She quoted Omar Diallo as saying: "The road is closed."', "Diallo"),
    ],
)
def test_the_speaker_is_found(text: str, speaker: str) -> None:
    assert {who for _, who in told(text)} == {speaker}


def test_the_hearer_is_found() -> None:
    (quote,) = quotes('"Go home," Omar Diallo told the miners.')
    assert quote.addressee is not None
    assert quote.addressee.text == "miners"


def test_a_split_quotation_is_two_with_one_speaker() -> None:
    found = told('"The bridge is gone," Lena Holm said. "We saw it fall."')
    assert found == [("The bridge is gone,", "Holm"), ("We saw it fall.", "Holm")]


def test_a_quotation_inside_a_quotation_has_its_own_speaker() -> None:
    (inner,) = [
        quote
        for quote in quotes("“I told Petrov, ‘Leave my house,’ and he left,” said Lena Holm.")
        if quote.parent is not None
    ]
    assert inner.span.text == "Leave my house,"
    assert inner.speaker is not None
    assert inner.speaker.text == "I"


def test_a_quotation_over_paragraphs_keeps_its_speaker() -> None:
    found = told(
        "“We have waited for a year,” said Lena Holm. “Nobody came.\n“Now we stop waiting.”\n"
    )
    assert [who for _, who in found] == ["Holm", "Holm", "Holm"]


def test_speech_right_behind_a_statement_is_the_same_speaker_s() -> None:
    found = told('Lena Holm denied the report. "I was in Oslo."')
    assert found == [("I was in Oslo.", "Holm")]


@pytest.mark.parametrize(
    "text",
    [
        "The workers' leader met the ministers' aides at St Mary's.",
        "They don't want 'em here, and it's the '90s again.",
        "The boxers’ union didn’t answer the promoters’ letter.",
    ],
)
def test_apostrophes_are_no_quotation_marks(text: str) -> None:
    assert quotes(text) == []


def test_an_apostrophe_inside_a_quotation_does_not_end_it() -> None:
    assert told("'The workers' leader isn't here,' said Lena Holm.") == [
        ("The workers' leader isn't here,", "Holm")
    ]


def test_scare_quotes_are_a_quotation_but_no_speech() -> None:
    (quote,) = quotes("The so-called “people’s bank” opened in May.")
    assert quote.speaker is None
    assert not is_speech(quote)


def test_a_mark_that_is_never_closed_makes_no_quotation() -> None:
    assert quotes('He called it "a day to remember.\nThe ferry sailed at noon.') == []


def test_the_turns_of_a_transcript_are_speech() -> None:
    found = told(
        "Extracts from the briefing of spokesman Jan Holm.\n"
        "QUESTION: Is the port open?\nHOLM: The port is open.\n"
        "QUESTION: And the airport?\nHOLM: Ask the pilots.\n"
    )
    assert found == [("The port is open.", "HOLM"), ("Ask the pilots.", "HOLM")]
