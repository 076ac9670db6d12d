"""How the work grows with the text, on texts made to cost; counted in calls and not in seconds."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable
from functools import partial
from itertools import product
from types import FrameType

import pytest

from pipeline.articles import Article
from pipeline.extraction import default_extractor
from tests.fuzz.stages import CUES_AND_NAMES

SMALL, LARGE = 1_500, 6_000
"""Characters: enough of them that what an article costs anyhow is no more than a trace."""

MOST = 1.2
"""Exponent by which calls may grow with characters: what is quadratic has 2."""


OF_A_CROWD = 1.3
"""The same, where each record may be of everyone: the one who is meant is looked for among those of
the latest thirty threats, which a text of the larger size has."""


OF_A_SENTENCE = 1.5
"""The same, by the words of one sentence: what each of its cues looks for is looked for once."""


def names(count: int) -> list[str]:
    syllables = ["ba", "do", "ke", "li", "mu", "ra", "so", "te", "vi", "zo"]
    whole = ["".join(parts).title() for parts in product(syllables, repeat=4)]
    return whole[:count]


def filled(unit: str, size: int) -> str:
    return unit * (size // len(unit))


UNITS = {
    "plain prose": "Prices rose on Tuesday, the minister of Norway said. ",
    "threats": "Norway warned that it would attack unless Iran paid. ",
    "denials": "The ministry denied that Iran had threatened it. ",
    "short quotations": '"We will attack," he said. ',
    "nested quotations": "“We say ‘no’ to ‘it’,” he said. ",
    "pronouns": "He said they told him that they would warn them. ",
    "datelines": "KYIV (Reuters) - It denied it.\n",
    "questions and answers": "Q: Will you attack?\nA: No, I will not.\n",
    "possessives": "The workers' union struck, the players' did not. ",
    "letters of many codes": "\u202ewarned a\u0301\u200d of it. ",
}


def people(size: int) -> str:
    return " ".join(f"Minister {name} denied it." for name in names(size // 27))


CROWDS = {
    "threats of many against many": "Minister {} threatened to bomb President {} unless he left. ",
    "threats and denials of many": "{0} accused {1} of threatening to kill him. {1} denied it. ",
    "speakers of many quotations": "“We will strike {} hard unless you pay,” said {}. ",
    "bodies of many": "The workers of {} vowed to strike unless the {} Corporation paid. ",
    "one who threatens all there is": "Norway threatened to seize the {} {} on Monday. ",
    "one who denies all there is": "Norway denied that it had seized the {} {}. Peru disagreed. ",
}
"""Of many actors, each of whom may be meant by each record, and of many records, each of which
may be told by any other."""


def crowd(unit: str, size: int) -> str:
    """The unit again and again, each time with two names of its own."""
    some = names(2 * size // len(unit))
    return "".join(unit.format(*pair) for pair in zip(some[::2], some[1::2], strict=False))


def lists(size: int) -> str:
    """Threats against many at once."""
    named = ", ".join(names(45))
    return filled(f"Norway threatened to bomb {named} and Peru. ", size)


SHAPES: dict[str, Callable[[int], str]] = {
    "people without end": people,
    "marks alone": lambda size: ("'" * 150 + "\n") * (size // 151),
    "lists of names": lists,
    **{name: partial(filled, unit) for name, unit in UNITS.items()},
    **{name: partial(crowd, unit) for name, unit in CROWDS.items()},
}


def salad(words: int) -> str:
    """A sentence of words that rules look at, in no order that means anything."""
    chosen = random.Random(1)
    return " ".join(chosen.choices(CUES_AND_NAMES.split(), k=words)) + "."


def calls(text: str) -> int:
    """How many functions the extraction of the text calls."""
    extractor = default_extractor()
    article = Article(id="a", body=text)
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        extractor.extract(article)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_calls_grow_with_the_text_alone(shape: str) -> None:
    text = SHAPES[shape]
    calls(text(SMALL))  # what is read and learned once
    small, large = calls(text(SMALL)), calls(text(LARGE))
    exponent = math.log(large / small) / math.log(LARGE / SMALL)
    assert exponent <= (OF_A_CROWD if shape in CROWDS else MOST)


def test_calls_hardly_grow_faster_than_the_words_of_a_sentence() -> None:
    calls(salad(50))  # what is read and learned once
    small, large = calls(salad(200)), calls(salad(800))
    assert math.log(large / small) / math.log(800 / 200) <= OF_A_SENTENCE
