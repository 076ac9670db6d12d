"""What the line of a running pipeline says."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge
from rich.console import Console

from pipeline import progress as module
from pipeline.events import Stored
from pipeline.progress import Progress


class Run:
    """Metrics of a run, and the time, as the test sets them."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.registry = CollectorRegistry()
        self.written = Counter("newswire_articles_written", "", registry=self.registry)
        self.lag = Gauge("newswire_consumer_lag", "", ["topic"], registry=self.registry)
        self.output = io.StringIO()

    def progress(self, *, expected: int | None = None) -> Progress:
        console = Console(file=self.output, force_terminal=False)
        return Progress(console, expected=expected, registry=self.registry, clock=lambda: self.now)

    def goes_on(self, seconds: float, articles: int, lag: int) -> None:
        self.now += seconds
        self.written.inc(articles)
        self.lag.labels("wire").set(lag)


@pytest.fixture
def run() -> Iterator[Run]:
    before = Stored.last_article
    Stored.last_article = None
    yield Run()
    Stored.last_article = before


def test_before_the_first_look_at_the_brokers_the_lag_is_not_said_to_be_none(run: Run) -> None:
    with run.progress() as progress:
        assert "lag unknown yet" in progress.line()


def test_the_time_left_is_told_while_the_lag_shrinks_and_not_where_it_grows(run: Run) -> None:
    with run.progress() as progress:
        run.goes_on(1, articles=0, lag=1_000)
        assert "left" not in progress.line()
        run.goes_on(10, articles=150, lag=900)
        assert "lag 900, 90 s left" in progress.line()
        run.goes_on(10, articles=150, lag=4_000)
        assert "left" not in progress.line()


def test_until_caught_up_the_time_left_is_that_to_the_end_set_at_the_start(run: Run) -> None:
    with run.progress(expected=10_000) as progress:
        run.goes_on(10, articles=100, lag=0)
        assert progress.line().startswith("100 of 10,000 articles, 10.0/s, ")
        assert "16 min left" in progress.line()


def test_the_rate_is_that_of_the_last_minute_and_at_the_end_that_of_the_run(run: Run) -> None:
    with run.progress() as progress:
        for _ in range(10):
            run.goes_on(10, articles=20, lag=0)
            progress.line()
        run.goes_on(61, articles=0, lag=0)
        assert ", 0.0/s" in progress.line()
    assert ", 1.2/s" in progress.line()


def test_the_last_article_is_named_and_steers_no_terminal(run: Run) -> None:
    with run.progress() as progress:
        Stored.last_article = "x\x1b[2J[red]" + "y" * 100
        line = progress.line()
    assert r"last x\x1b[2J[red]yy" in line and line.isprintable() and len(line) < 160


def test_where_there_is_no_terminal_it_is_a_line_of_the_log(
    run: Run, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PLAIN_SECONDS", 0.01)
    with caplog.at_level(logging.INFO, "pipeline.progress"), run.progress():
        run.goes_on(1, articles=3, lag=2)
        while not caplog.records:
            time.sleep(0.01)
    assert vars(caplog.records[0])["event"] == "progress"
    assert run.output.getvalue() == ""
