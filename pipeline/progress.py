"""How far a run is: a live line on a terminal, elsewhere one in the log now and then."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from prometheus_client import REGISTRY, CollectorRegistry
from rich.console import Console
from rich.live import Live
from rich.text import Text

from pipeline.events import Stored
from pipeline.plain_text import escaped

_LOGGER = logging.getLogger(__name__)

PLAIN_SECONDS = 10.0
LIVE_SECONDS = 0.5

LOOK_BACK_SECONDS = 60.0
"""The rate and the time left are of so long a time: of a run of weeks nobody wants the mean."""

LONGEST_ID = 40
"""Characters of an article's id in the line."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What is known at one moment."""

    articles: int = 0
    threats: int = 0
    denials: int = 0
    dead_letters: int = 0
    lag: int | None = None
    """None before the first look at the brokers."""


class Progress:
    """Shows the run's counts while it is entered; reads them from the metrics."""

    def __init__(
        self,
        console: Console,
        *,
        expected: int | None = None,
        registry: CollectorRegistry = REGISTRY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Counts from now on; ``registry`` has the metrics of all processes that take part.

        ``clock`` is in seconds.
        """
        self.expected = expected
        """How many articles there are to process; None where no end is set."""
        self._console = console
        self._registry = registry
        self._clock = clock
        self._begun = clock()
        self._begun_with = self._counts().articles
        self._seconds: float | None = None
        self._looks: deque[tuple[float, int, int]] = deque()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._show, name="progress", daemon=True)

    def __enter__(self) -> Progress:
        self._begun = self._clock()
        self._looks.append((self._begun, 0, 0))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self._seconds = self._clock() - self._begun

    @property
    def articles(self) -> int:
        """Articles processed since the start."""
        return self._counts().articles - self._begun_with

    @property
    def rate(self) -> float:
        """Articles a second, from entering to leaving or to now."""
        return self._rate(self.articles)

    def line(self) -> str:
        """The state in one line."""
        return self._line(self._counts())

    def _line(self, counts: Counts) -> str:
        articles = counts.articles - self._begun_with
        of = "" if self.expected is None else f" of {self.expected:,}"
        ended = self._seconds is not None
        now, lag = self._clock(), counts.lag or 0
        self._look(now, articles, lag)
        rate = self._rate(articles) if ended else _speed(now, articles, self._looks[0][:2])
        parts = [
            f"{articles:,}{of} articles" if of else counted(articles, "article"),
            f"{rate:.1f}/s",
            *found(counts),
        ]
        if self.expected is None:
            parts.append("lag unknown yet" if counts.lag is None else f"lag {lag:,}")
        parts += self._left(now, articles, lag, rate)
        if not ended and Stored.last_article is not None:
            parts.append(f"last {escaped(Stored.last_article)[:LONGEST_ID]}")
        return ", ".join(parts)

    def _left(self, now: float, articles: int, lag: int, rate: float) -> list[str]:
        """How long it takes to catch up, as a part of the line; none where that can't be told."""
        if self.expected is None:
            # What comes in meanwhile counts against it. Before the first look there was no lag.
            peak = max(((at, seen) for at, _, seen in tuple(self._looks)), key=lambda look: look[1])
            to_do, speed = lag, -_speed(now, lag, peak)
        else:
            to_do, speed = self.expected - articles, rate
        if self._seconds is not None or to_do <= 0 or speed <= 0:
            return []
        return [f"{_duration(to_do / speed)} left"]

    def _look(self, now: float, articles: int, lag: int) -> None:
        """Notes what is seen now; what was seen longer ago than `LOOK_BACK_SECONDS` is left out."""
        while self._looks and now - self._looks[0][0] > LOOK_BACK_SECONDS:
            self._looks.popleft()
        self._looks.append((now, articles, lag))

    def _rate(self, articles: int) -> float:
        seconds = self._seconds or self._clock() - self._begun
        return articles / max(seconds, 1e-6)

    def _show(self) -> None:
        if self._console.quiet:
            return
        if self._console.is_terminal:
            with Live(console=self._console, transient=True, auto_refresh=False) as live:
                while not self._done.wait(LIVE_SECONDS):
                    live.update(Text(self.line()), refresh=True)
        else:
            shown = None
            while not self._done.wait(PLAIN_SECONDS):
                counts = self._counts()
                # A quiet night is no reason to write a thousand lines.
                if (counts.articles, counts.lag) != shown:
                    _LOGGER.info("%s", self._line(counts), extra={"event": "progress"})
                shown = (counts.articles, counts.lag)

    def _counts(self) -> Counts:
        # All at once: to collect those of several processes reads their files.
        families = {family.name: family for family in self._registry.collect()}

        def total(name: str, kind: str | None = None) -> int:
            samples = families[name].samples if name in families else []
            return round(
                sum(
                    sample.value
                    for sample in samples
                    if not sample.name.endswith("_created")
                    and (kind is None or sample.labels["kind"] == kind)
                )
            )

        def known(name: str) -> bool:
            return name in families and bool(families[name].samples)

        return Counts(
            articles=total("newswire_articles_written"),
            threats=total("newswire_extractions", "threat"),
            denials=total("newswire_extractions", "denial"),
            dead_letters=total("newswire_dead_letters"),
            lag=total("newswire_consumer_lag") if known("newswire_consumer_lag") else None,
        )


def found(counts: Counts) -> list[str]:
    """What came of the articles, as parts of the line."""
    return [
        counted(counts.threats, "threat"),
        counted(counts.denials, "denial"),
        counted(counts.dead_letters, "dead letter"),
    ]


def counted(number: int, what: str) -> str:
    """The number of them, in words that fit it."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _speed(now: float, seen: int, then: tuple[float, int]) -> float:
    """How much more is seen now, a second."""
    return (seen - then[1]) / max(now - then[0], 1e-6)


def _duration(seconds: float) -> str:
    """Roughly, in the unit that one would say it in."""
    for unit, length in (("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
