"""How many articles may fail in our own code before the pipeline stops."""

from __future__ import annotations

import pytest
from prometheus_client import REGISTRY

from pipeline.failures import (
    FEWEST_ARTICLES,
    WINDOW_ARTICLES,
    FailureWindow,
    TooManyFailures,
    is_too_many_failures,
)
from pipeline.messages import DeadLetter, Encoded, Failure, SourceMessage
from pipeline.outages import is_unavailable
from pipeline.records import Extraction
from tests.record_samples import EXTRACTION

MESSAGE = SourceMessage("articles", 0, 7, 1_700_000_000_000, b"key", b"value")
DONE = Encoded(MESSAGE, EXTRACTION, ())
SKIPPED = Encoded(MESSAGE, Extraction(EXTRACTION.provenance, skipped="withdrawn"), ())


def failed(stage: str) -> DeadLetter:
    return DeadLetter(MESSAGE, Failure(stage, "any", "KeyError", "Traceback ..."))


def note(window: FailureWindow, *elements: Encoded | DeadLetter) -> None:
    for element in elements:
        window.note(element)


@pytest.mark.parametrize("stage", ["extract", "encode"])
def test_more_failures_of_ours_than_allowed_stop(stage: str) -> None:
    window = FailureWindow(0.5)
    note(window, *[DONE] * 50, *[failed(stage)] * 50)
    with pytest.raises(TooManyFailures, match="51 of the last 100"):
        window.note(failed(stage))


def test_an_article_at_fault_itself_never_stops() -> None:
    note(FailureWindow(0), *[failed("decode")] * 500, *[failed("write")] * 500)


def test_skipped_articles_say_nothing_about_our_code() -> None:
    window = FailureWindow(0.5)
    with pytest.raises(TooManyFailures):
        note(window, *[SKIPPED] * 500, *[failed("extract")] * FEWEST_ARTICLES)


def test_a_few_articles_are_too_few_to_judge_by() -> None:
    window = FailureWindow(0)
    note(window, *[failed("extract")] * (FEWEST_ARTICLES - 1))
    with pytest.raises(TooManyFailures):
        window.note(failed("extract"))


def test_failures_long_ago_are_forgotten() -> None:
    window = FailureWindow(0.1)
    for _ in range(20):
        note(window, failed("extract"), *[DONE] * (FEWEST_ARTICLES - 1))
    note(window, *[DONE] * WINDOW_ARTICLES, *[failed("extract")] * 10)
    with pytest.raises(TooManyFailures):
        window.note(failed("extract"))


def test_a_share_of_one_never_stops() -> None:
    note(FailureWindow(1), *[failed("extract")] * 500)


def test_a_success_is_never_what_stops() -> None:
    window = FailureWindow(0.5)
    note(window, *[failed("extract")] * (FEWEST_ARTICLES - 1))
    window.note(DONE)


def test_after_a_stop_articles_are_judged_anew() -> None:
    window = FailureWindow(0)
    with pytest.raises(TooManyFailures):
        note(window, *[failed("extract")] * FEWEST_ARTICLES)
    note(window, *[failed("extract")] * (FEWEST_ARTICLES - 1))


def test_the_share_is_a_metric() -> None:
    note(FailureWindow(1), *[DONE] * 3, failed("extract"))
    assert REGISTRY.get_sample_value("newswire_failure_ratio") == 0.25


def test_the_error_names_numbers_option_and_the_last_article_in_one_line() -> None:
    with pytest.raises(TooManyFailures) as stopped:
        note(FailureWindow(0), *[failed("extract")] * FEWEST_ARTICLES)
    message = str(stopped.value)
    assert "20 of the last 20" in message
    assert "--max-failure-ratio 0 " in message
    assert "extract of articles[0]@7 raised KeyError" in message
    assert "\n" not in message


def test_a_runners_text_of_the_error_is_told_from_an_outage() -> None:
    as_runners_say_it = RuntimeError("... in process\npipeline.failures.TooManyFailures: 3 of 4")
    assert is_too_many_failures(as_runners_say_it)
    assert not is_unavailable(as_runners_say_it)


def test_articles_that_exceed_a_limit_say_nothing_of_our_code() -> None:
    window = FailureWindow(0.5)
    note(window, *[DONE] * 20)
    refused = DeadLetter(MESSAGE, Failure("extract", "too-many-cues", "TooMuchWork", "..."))
    note(window, *[refused] * 200)
