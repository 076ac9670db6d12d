"""How far a run is: a live line on a terminal, elsewhere a plain one now and then as it changes."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from prometheus_client import REGISTRY
from rich.console import Console
from rich.live import Live
from rich.text import Text

PLAIN_SECONDS = 10.0
LIVE_SECONDS = 0.5


class Progress:
    """Shows the run's counts while it is entered; reads them from the metrics."""

    def __init__(self, console: Console, *, expected: int | None) -> None:
        """``expected`` is how many articles there are to process, None where no end is set."""
        self._console = console
        self._expected = expected
        self._begun = time.monotonic()
        self._begun_with = _count("newswire_articles_written_total")
        self._seconds: float | None = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._show, name="progress", daemon=True)

    def __enter__(self) -> Progress:
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
        return round(_count("newswire_articles_written_total") - self._begun_with)

    @property
    def rate(self) -> float:
        """Articles a second, from entering to leaving or to now."""
        seconds = self._seconds or time.monotonic() - self._begun
        return self.articles / max(seconds, 1e-6)

    def line(self) -> str:
        """The state in one line."""
        of = "" if self._expected is None else f" of {self._expected:,}"
        parts = [
            f"{self.articles:,}{of} articles",
            f"{self.rate:.1f}/s",
            f"{_sum('newswire_extractions', kind='threat'):,} threats",
            f"{_sum('newswire_extractions', kind='denial'):,} denials",
            f"{_sum('newswire_dead_letters'):,} dead letters",
        ]
        left = self._seconds_left()
        if left is not None:
            parts.append(f"{left:.0f} s left")
        elif self._expected is None:
            parts.append(f"lag {_sum('newswire_consumer_lag'):,}")
        return ", ".join(parts)

    def _seconds_left(self) -> float | None:
        if not self._expected or not self.articles or self.articles >= self._expected:
            return None
        return (self._expected - self.articles) / self.rate

    def _show(self) -> None:
        if self._console.is_terminal:
            with Live(console=self._console, transient=True, auto_refresh=False) as live:
                while not self._done.wait(LIVE_SECONDS):
                    live.update(Text(self.line()), refresh=True)
        else:
            shown = None
            while not self._done.wait(PLAIN_SECONDS):
                # A quiet night is no reason to write a thousand lines.
                state = (self.articles, _sum("newswire_consumer_lag"))
                if state != shown:
                    self._console.print(self.line(), soft_wrap=True, highlight=False)
                shown = state


def _count(sample: str) -> float:
    return REGISTRY.get_sample_value(sample) or 0.0


def _sum(metric: str, **labels: str) -> int:
    """The sum of a metric's series with these labels."""
    return round(
        sum(
            sample.value
            for family in REGISTRY.collect()
            if family.name == metric
            for sample in family.samples
            if not sample.name.endswith("_created")
            and all(sample.labels.get(name) == value for name, value in labels.items())
        )
    )
