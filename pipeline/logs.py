"""What a long-running command logs, how it looks, and how much of it, also while it runs.

One line an event, as text or as JSON. What is said of an article is its id and its place, and no
word of its text. SIGUSR1 makes ours talkative (DEBUG), SIGUSR2 brings back ``--log-level``.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType, TracebackType

from pipeline.plain_text import escaped_lines

FORMAT = "%(asctime)s %(levelname)s {process}%(message)s"

OURS = "pipeline"
"""The logger above all of ours."""

FIELDS = ("event", "article", "topic", "partition", "offset", "stage", "reason")
"""What a line of JSON may have beside the message; given to a logger as ``extra``."""

MOST_REPEATS = 20
REPEAT_SECONDS = 60.0
"""So many lines of one kind in this time; what is more is counted and told with the next."""

CONTINUED = "    "
"""What lines of a record after its first begin with."""


class UnforgeableFormatter(logging.Formatter):
    """What is logged often quotes the wire, and an article's id may look like a line of a log.

    A line that is not indented is the first of a record of ours, and nothing in it steers a
    terminal.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record, its traceback included."""
        return escaped_lines(super().format(record), CONTINUED)


class JsonLines(logging.Formatter):
    """An object a line: time, level, logger, message, process, and those of `FIELDS` it has."""

    def __init__(self, process: str) -> None:
        """``process`` is this one's name among several; empty where it is alone."""
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if self._process:
            told["process"] = self._process
        told |= {name: vars(record)[name] for name in FIELDS if name in vars(record)}
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        # ASCII: no character in it can break a line or steer a terminal.
        return json.dumps(told, default=str)


class Repeats(logging.Filter):
    """Lets `MOST_REPEATS` records of one kind pass in `REPEAT_SECONDS`, and counts the others.

    Of one kind are those of one place in the code, whatever is filled into their message. Below
    INFO all pass: who asks for more gets it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` is in seconds."""
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self._kinds: dict[tuple[str, int, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it passes; tells in it how many did not since the last one."""
        if record.levelno < logging.INFO:
            return True
        kind = (record.name, record.levelno, str(record.msg))
        now = self._clock()
        with self._lock:
            since, count = self._kinds.get(kind, (now, 0))
            left_out = 0
            if now - since >= REPEAT_SECONDS:
                left_out = max(count - MOST_REPEATS, 0)
                since, count = now, 0
            self._kinds[kind] = since, count + 1
        if count >= MOST_REPEATS:
            return False
        if left_out:
            record.msg = f"{record.getMessage()} (and {left_out:,} more like this before)"
            record.args = ()
        return True


def configure(level: str, process: str = "", form: str = "text") -> None:
    """Logs ours at ``level`` to standard error, where several processes do with this one's name.

    ``form`` is "text" or "json". The libraries' own loggers are heard from ``DEBUG`` on only:
    kafka-python repeats an outage several times a second, which `pipeline.outages` says once.
    An exception that ends the process or a thread is logged too: a bare traceback may quote the
    wire, and is no line of JSON.
    """
    handler = logging.StreamHandler()
    if form == "json":
        handler.setFormatter(JsonLines(process))
    else:
        process = f"{process}: " if process else ""
        handler.setFormatter(UnforgeableFormatter(FORMAT.format(process=process)))
    handler.addFilter(Repeats())
    logging.basicConfig(level=logging.CRITICAL, handlers=[handler], force=True)
    logging.getLogger(OURS).setLevel(level)
    if level == "DEBUG":
        logging.getLogger().setLevel(logging.DEBUG)
    sys.excepthook = _tell_of_the_end
    threading.excepthook = tell_of_thread


def _tell_of_the_end(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger(OURS).critical(
        "Ended by an error that nobody foresaw:", exc_info=(kind, error, trace)
    )


def tell_of_thread(failed: threading.ExceptHookArgs) -> None:
    """Logs the exception that ended a thread."""
    if failed.exc_value is None or isinstance(failed.exc_value, SystemExit):
        return
    name = failed.thread.name if failed.thread is not None else "a thread"
    logging.getLogger(OURS).error(
        "Thread %s was ended by an error:",
        name,
        exc_info=(failed.exc_type, failed.exc_value, failed.exc_traceback),
    )


def in_json() -> bool:
    """Whether `configure` chose lines of JSON, among which nothing else belongs."""
    return any(isinstance(each.formatter, JsonLines) for each in logging.getLogger().handlers)


def unlogged(message: str) -> str:
    """The message as it stands in the log, for those who may not ask the logger.

    A handler of signals is one: the logger's lock may be held by the code that it interrupted.
    """
    if not in_json():
        return f"\n{message}\n"
    record = logging.LogRecord(OURS, logging.INFO, "", 0, message, (), None)
    return JsonLines("").format(record) + "\n"


def heed_signals(pass_on: Callable[[int], None] = lambda number: None) -> None:
    """From now on SIGUSR1 sets the level of ours to DEBUG, and SIGUSR2 to what it is now.

    ``pass_on`` gets the signal's number, for processes of ours below this one. To be called on
    the main thread. The libraries stay as they are: what they say at DEBUG is not for production.
    """
    level = logging.getLogger(OURS).level

    def change(number: int, frame: FrameType | None) -> None:
        now = logging.DEBUG if number == signal.SIGUSR1 else level
        logging.getLogger(OURS).setLevel(now)
        pass_on(number)

    for number in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, change)
