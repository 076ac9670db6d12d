"""What an article may hold for it to be looked into."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.articles import Article
from pipeline.extraction.extractor import Extractor
from pipeline.extraction.limits import REASONS, TooMuchWork, WorkLimits
from pipeline.extraction.settings import ExtractorSettings
from pipeline.records import Extraction

DEFAULTS = WorkLimits()
CUES = "Norway warned that it would attack unless Iran paid. "
LASTS = [f"{one}{two}a" for one in "bdklmrstv" for two in ("no", "li", "re", "su")]
PROSE = "Norway said on Tuesday that prices had risen by a third.\n"


def read(body: str, limits: WorkLimits = DEFAULTS) -> Extraction:
    return Extractor(ExtractorSettings(limits=limits)).extract(Article(id="a", body=body))


def refused(body: str, **limits: int) -> TooMuchWork:
    with pytest.raises(TooMuchWork) as caught:
        read(body, replace(DEFAULTS, **limits))
    assert caught.value.reason in REASONS
    return caught.value


def test_an_article_of_two_hundred_thousand_characters_is_read() -> None:
    assert read(PROSE * (200_000 // len(PROSE))).actors


@pytest.mark.parametrize(
    ("body", "reason", "found"),
    [
        ("word " * 40_000 + ".", "sentence-too-long", "a sentence has 40,001 words and marks"),
        ("“" * 100_000 + "”" * 100_000, "sentence-too-long", "200,000 words and marks"),
        ("1 2 3 4\n" * 25_000, "too-many-tokens", "125,000 words and marks"),
        ("Go.\n" * 26_000, "too-many-sentences", "26,000 sentences and lines"),
    ],
)
def test_what_is_too_large_is_refused_before_it_is_read(body: str, reason: str, found: str) -> None:
    error = refused(body)
    assert error.reason == reason
    assert found in str(error)


def test_places_that_are_weighed_are_limited() -> None:
    assert refused(CUES * 4, cues=3).reason == "too-many-cues"
    assert refused("He denied that he would attack. " * 4, cues=3).reason == "too-many-cues"


def test_places_that_tell_a_record_are_limited() -> None:
    assert read(CUES * 3, replace(DEFAULTS, records=3)).threats
    assert refused(CUES * 4, records=3).reason == "too-many-records"


def test_words_that_hang_on_each_other_are_limited() -> None:
    body = "Iran denied " + "that it had said that she had told them " * 8 + "that he lied."
    assert read(body).actors
    assert refused(body, depth=10).reason == "nested-too-deep"


def test_a_refusal_holds_nothing_over_for_the_next_article() -> None:
    extractor = Extractor()
    article = Article(id="a", body=CUES)
    before = extractor.extract(article)
    with pytest.raises(TooMuchWork):
        extractor.extract(Article(id="b", body="word " * 2_000))
    assert extractor.extract(article) == before


def test_a_long_list_of_names_is_no_nesting() -> None:
    names = ", ".join(f"{first}{last}" for first in ("Ba", "Do", "Ke") for last in LASTS)
    assert read(f"The minister threatened to attack {names}.").threats
