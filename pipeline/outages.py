"""Waiting for surroundings that are away: brokers and what else the pipeline depends on.

Inside a bundle an operation is tried again with backoff for a bounded time (`patiently`).
What does not come back by then fails the bundle with `Unavailable`, nothing of it is
committed, and whoever submitted the pipeline decides how long to go on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from typing import TypeVar

import tenacity
from kafka.errors import KafkaError

from pipeline.process_wide import ProcessWide
from pipeline.refusals import Right, advice, is_refusal
from pipeline.stopping import STOPPING

_LOGGER = logging.getLogger(__name__)

FIRST_BACKOFF_SECONDS = 0.2
LONGEST_BACKOFF_SECONDS = 5.0

Result = TypeVar("Result")


class Unavailable(Exception):
    """Something that the pipeline depends on stayed away; nothing is wrong with the input.

    A runner hands errors on as text, with the names of their classes: `is_unavailable` finds
    this one there too.
    """


class Misconfigured(Exception):
    """Something that the pipeline depends on answers and says no: waiting does not help.

    The message says what to do. As with `Unavailable`, nothing is wrong with the input, and
    `is_misconfigured` finds it in a runner's text too.
    """


class OutageLog:
    """Says once that something is away and once that it is back, however often it is asked."""

    def __init__(self, what: str) -> None:
        self.what = what
        """What is away, at the beginning of a sentence."""
        self._lock = threading.Lock()
        self._since: float | None = None

    def away(self, why: object) -> None:
        """Notes that it is away; logged the first time."""
        with self._lock:
            if self._since is not None:
                return
            self._since = time.monotonic()
        _LOGGER.warning("%s does not answer; waiting for it: %s", self.what, why)

    def back(self) -> None:
        """Notes that it answers; logged where it was away."""
        with self._lock:
            since, self._since = self._since, None
        if since is not None:
            _LOGGER.warning("%s is back after %.1f s.", self.what, time.monotonic() - since)


OUTAGES: ProcessWide[tuple[str, Hashable], OutageLog] = ProcessWide(lambda key: OutageLog(key[0]))
"""By what is away and who asks for it. Clients are made anew in an outage, with each submission of
the pipeline, and it is still the same outage."""


def patiently(
    operation: Callable[[], Result],
    *,
    seconds: float,
    outage: OutageLog,
    on_error: Callable[[Exception], object] = lambda error: None,
    retry_on: type[Exception] = KafkaError,
    right: Right | None = None,
) -> Result:
    """Returns what ``operation`` returns, trying again on any ``retry_on``.

    ``seconds`` is how long it may take in all; backoff grows from 0.2 s to 5 s, with jitter.
    ``on_error`` is called after each failure, to drop a client that may be broken. ``right`` is
    what it needs on topics, to be named where it is missing.
    Raises `Unavailable` once the time is over, or where the process is stopping, and
    `Misconfigured` at once where a Kafka cluster refuses.
    """

    def failed(state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, retry_on):
            outage.away(error)
            on_error(error)

    backoff = tenacity.wait_random_exponential(FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS)

    def wait(state: tenacity.RetryCallState) -> float:
        # Not beyond the end: what comes back in the last second is still found.
        left = seconds - (state.seconds_since_start or 0.0)
        return max(min(backoff(state), left), 0.0)

    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(
            lambda error: isinstance(error, retry_on) and not is_refusal(error)
        ),
        wait=wait,
        stop=tenacity.stop_any(
            tenacity.stop_after_delay(seconds), tenacity.stop_when_event_set(STOPPING)
        ),
        sleep=tenacity.sleep_using_event(STOPPING),
        after=failed,
        reraise=True,
    )
    try:
        result = retrying(operation)
    except retry_on as error:
        if is_refusal(error):
            on_error(error)
            raise Misconfigured(f"{outage.what} says no: {advice(error, right)}") from error
        raise Unavailable(f"{_said(seconds)}: {error}") from error
    outage.back()
    return result


def _said(seconds: float) -> str:
    return "stopped" if STOPPING.is_set() else f"no success within {seconds:g} s"


def is_unavailable(error: BaseException) -> bool:
    """Whether a failed pipeline failed for its surroundings, not for a fault of its own."""
    return isinstance(error, Unavailable) or f"{Unavailable.__name__}:" in str(error)


def is_misconfigured(error: BaseException) -> bool:
    """Whether a failed pipeline failed for what only a person can put right."""
    return isinstance(error, Misconfigured) or f"{Misconfigured.__name__}:" in str(error)
