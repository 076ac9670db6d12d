from __future__ import annotations

import pytest

from pipeline.evaluation.text import fold_name, half_in_common, sentence_around


def sentence(text: str, part: str) -> str:
    low, high = sentence_around(text, text.index(part), text.index(part) + len(part))
    return text[low:high]


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        ("One came. Two went. Three stayed.", "Two", "Two went."),
        ("A heading\nIt rained. It poured.", "rained", "It rained."),
        (
            "The U.S. Navy left on Jan. 23. Mr. Orr stayed.",
            "left",
            "The U.S. Navy left on Jan. 23.",
        ),
        ("Gen. A. Kowal spoke. He left.", "spoke", "Gen. A. Kowal spoke."),
        ("“We go.” He left.", "We go", "“We go.”"),
        ("It costs 3.5 million. No more.", "costs", "It costs 3.5 million."),
        ('"Why?" he asked. No reply.', "asked", '"Why?" he asked.'),
        ("Norgate Ltd. Chairman Ode quit. Shares fell.", "Ode", "Norgate Ltd. Chairman Ode quit."),
        ("Only one", "one", "Only one"),
    ],
)
def test_the_sentence_around_some_words(text: str, part: str, expected: str):
    assert sentence(text, part) == expected


def test_words_across_two_sentences_have_both_around_them():
    assert sentence("One. We go. We stay. Four.", "go. We") == "We go. We stay."


def test_a_name_that_is_only_the_word_government_is_kept():
    assert fold_name("The Government") == "government"


def test_phrases_share_half_of_the_words_of_the_longer_one():
    assert half_in_common("US officials", "senior US officials")
    assert not half_in_common("officials", "senior US officials")
    assert not half_in_common("", "officials")
