"""Stopping a bad release: what share of the last articles failed in code of ours.

An article that our own code fails on becomes a dead letter and is not lost. But where most
articles fail, the release is broken (or its model), and to go on would drain the wire into the
dead letters. Then the bundle fails, nothing of it is committed, and the pipeline ends: that is
for a person to look at, and submitting it again would not help.
"""

from __future__ import annotations

import threading
from collections import deque

from pipeline import metrics
from pipeline.extraction.limits import REASONS as LIMIT_REASONS
from pipeline.messages import DeadLetter, Encoded, Failure
from pipeline.process_wide import ProcessWide

WINDOW_ARTICLES = 100
"""How many of the last articles count."""

FEWEST_ARTICLES = 20
"""Before so many have been seen, a share says nothing."""

OUR_STAGES = frozenset({"extract", "encode"})
"""Where a failure is a fault of ours; in "decode" it is the article's."""


class TooManyFailures(Exception):
    """Our own code failed on more of the last articles than it may.

    A runner hands errors on as text, with the names of their classes: `is_too_many_failures`
    finds this one there too. The message has one line.
    """


class FailureWindow:
    """The last articles, and which of them failed; one a process, shared by all threads."""

    def __init__(self, max_ratio: float) -> None:
        """More than ``max_ratio`` (0 to 1) of the articles must not fail."""
        self._max_ratio = max_ratio
        self._lock = threading.Lock()
        self._failed: deque[bool] = deque(maxlen=WINDOW_ARTICLES)

    def note(self, element: Encoded | DeadLetter) -> None:
        """Takes what became of an article; raises `TooManyFailures` where it is one too many.

        What our code never looked into does not count: articles that could not be decoded, that
        exceed a limit, and that were skipped.
        """
        if isinstance(element, DeadLetter):
            if is_ours(element.failure):
                self._add(
                    True,
                    f"{element.failure.stage} of {element.message.place} raised "
                    f"{element.failure.error_class}",
                )
        elif element.extraction.skipped is None:
            self._add(False, "")

    def _add(self, failed: bool, last: str) -> None:
        with self._lock:
            self._failed.append(failed)
            failures, seen = sum(self._failed), len(self._failed)
            metrics.FAILURE_RATIO.set(failures / seen)
            if not failed or seen < FEWEST_ARTICLES or failures <= self._max_ratio * seen:
                return
            # Where a runner starts the bundle again in this process, it is judged anew.
            self._failed.clear()
        raise TooManyFailures(
            f"{failures} of the last {seen} articles failed in our own code, more than "
            f"--max-failure-ratio {self._max_ratio:g} allows (the last: {last})"
        )


def is_ours(failure: Failure) -> bool:
    """Whether it is our code that failed, and not the article that asks too much of it."""
    return failure.stage in OUR_STAGES and failure.reason not in LIMIT_REASONS


def is_too_many_failures(error: BaseException) -> bool:
    """Whether a pipeline failed for `TooManyFailures`."""
    return isinstance(error, TooManyFailures) or f"{TooManyFailures.__name__}:" in str(error)


FAILURES: ProcessWide[float, FailureWindow] = ProcessWide(FailureWindow)
"""By the share that is allowed; all DoFn copies of a process count in one window."""
