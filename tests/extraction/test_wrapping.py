from __future__ import annotations

import textwrap

from hypothesis import given
from hypothesis import strategies as st

from pipeline.articles import Article
from pipeline.extraction import extract
from pipeline.extraction.wrapping import unwrap
from pipeline.records import Field

PARAGRAPHS = (
    "LIMA, May 3, 2011 - Bolivia warned on Tuesday that it would close the bridge at Desaguadero "
    "unless Peru lifted its ban on Bolivian beans by the end of the month.",
    "Peruvian Trade Minister Rosaura Quispe denied that there was any such ban. The beans, she "
    "said, had been held up for eleven days by paperwork that nobody had filled in.",
    "Some 300 lorries were waiting on both sides of the border, drivers said, and prices of beans "
    "in La Paz had doubled within a week.",
)


def wrapped(columns: int, gap: str) -> str:
    return gap.join(textwrap.fill(paragraph, columns) for paragraph in PARAGRAPHS)


def test_lines_cut_at_a_column_are_joined_and_paragraphs_kept() -> None:
    for columns in (50, 66, 80):
        joined = unwrap(wrapped(columns, "\n\n"))
        assert joined.split("\n\n") == list(PARAGRAPHS)


def test_a_short_last_line_ends_a_paragraph_without_a_blank_line() -> None:
    assert unwrap(wrapped(64, "\n    ")).split("\n    ") == list(PARAGRAPHS)


def test_paragraphs_that_are_one_line_each_stay_as_they_are() -> None:
    text = "\n".join([*PARAGRAPHS, "What Comes Next", "Nobody would say on Tuesday."])
    assert unwrap(text) == text


def test_a_line_break_before_a_small_letter_stands_in_a_sentence() -> None:
    assert unwrap("It would close the\nbridge.\nNobody knew.") == (
        "It would close the bridge.\nNobody knew."
    )


def test_short_lines_that_are_no_sentences_stay_as_they_are() -> None:
    table = "Closing prices\nLead 2,011\nZinc 2,380\nTin 17,400\nNickel 16,250"
    assert unwrap(table) == table


@given(st.text(alphabet=st.sampled_from("ab A.,\n\r \t”")))
def test_no_character_moves(text: str) -> None:
    joined = unwrap(text)
    assert len(joined) == len(text)
    assert all(new in (old, " ") for old, new in zip(text, joined, strict=True))


def test_wrapped_copy_gives_the_same_records_as_the_same_copy_unwrapped() -> None:
    plain = extract(Article(id="1", body="\n\n".join(PARAGRAPHS)))
    cut = Article(id="1", body=wrapped(60, "\n\n"))
    found = extract(cut)
    assert [threat.threatener.name for threat in found.threats] == ["Bolivia"]
    assert [threat.action for threat in found.threats] == [
        threat.action for threat in plain.threats
    ]
    assert [denial.content for denial in found.denials] == [
        denial.content for denial in plain.denials
    ]
    for record in (*found.threats, *found.denials):
        for span in record.evidence:
            assert span.field is Field.BODY
            assert cut.body[span.start : span.end] == span.text
