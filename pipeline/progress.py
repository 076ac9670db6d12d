"""How far a run is: a live line on a terminal, elsewhere a plain one now and then as it changes."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from types import TracebackType

from prometheus_client import REGISTRY, CollectorRegistry
from rich.console import Console
from rich.live import Live
from rich.text import Text

PLAIN_SECONDS = 10.0
LIVE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Counts:
    """What is known at one moment."""

    articles: int = 0
    threats: int = 0
    denials: int = 0
    dead_letters: int = 0
    lag: int = 0


class Progress:
    """Shows the run's counts while it is entered; reads them from the metrics."""

    def __init__(
        self,
        console: Console,
        *,
        expected: int | None = None,
        registry: CollectorRegistry = REGISTRY,
    ) -> None:
        """Counts from now on; ``registry`` has the metrics of all processes that take part."""
        self.expected = expected
        """How many articles there are to process; None where no end is set."""
        self._console = console
        self._registry = registry
        self._begun = time.monotonic()
        self._begun_with = self._counts().articles
        self._seconds: float | None = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._show, name="progress", daemon=True)

    def __enter__(self) -> Progress:
        self._begun = time.monotonic()
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()
        self._seconds = time.monotonic() - self._begun

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
        rate = self._rate(articles)
        parts = [
            f"{articles:,}{of} articles",
            f"{rate:.1f}/s",
            f"{counts.threats:,} threats",
            f"{counts.denials:,} denials",
            f"{counts.dead_letters:,} dead letters",
        ]
        if self.expected is None:
            parts.append(f"lag {counts.lag:,}")
        elif 0 < articles < self.expected:
            parts.append(f"{(self.expected - articles) / rate:.0f} s left")
        return ", ".join(parts)

    def _rate(self, articles: int) -> float:
        seconds = self._seconds or time.monotonic() - self._begun
        return articles / max(seconds, 1e-6)

    def _show(self) -> None:
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
                    self._console.print(self._line(counts), soft_wrap=True, highlight=False)
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

        return Counts(
            articles=total("newswire_articles_written"),
            threats=total("newswire_extractions", "threat"),
            denials=total("newswire_extractions", "denial"),
            dead_letters=total("newswire_dead_letters"),
            lag=total("newswire_consumer_lag"),
        )
