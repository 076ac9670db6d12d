"""The feed as server-sent events: a coroutine for each reader, which gets what is new.

A reader that is slow holds back itself alone: the feed is shared, and each takes from it at its
own pace. One that takes nothing for `STUCK_SECONDS` is let go; its browser comes back by itself.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from pipeline.dashboard.feed import Batch, Cursor, Feed, Note, positions_text

BATCH = 200
"""How many records one event has at most."""

BEAT_SECONDS = 10.0
"""How often a quiet stream says that it lives; the page counts on it."""

STUCK_SECONDS = 30.0

FIRST_LINES = "retry: 1000\n\n"


class Stream(StreamingResponse):
    """What answers a browser's EventSource."""

    def __init__(
        self, feed: Feed, cursor: Cursor, closing: asyncio.Event, ended: Callable[[], object]
    ) -> None:
        """``closing`` ends it; ``ended`` is called when it has ended."""
        self._ended = ended
        super().__init__(
            _events(feed, cursor, closing),
            media_type="text/event-stream",
            # A proxy in between is not to collect.
            headers={"X-Accel-Buffering": "no"},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends until the reader is gone, or stuck."""

        async def timely(message: Any) -> None:
            async with asyncio.timeout(STUCK_SECONDS):
                await send(message)

        try:
            with suppress(TimeoutError, ClientDisconnect):
                await super().__call__(scope, receive, timely)
        finally:
            self._ended()


async def _events(feed: Feed, cursor: Cursor, closing: asyncio.Event) -> AsyncIterator[str]:
    loop, news = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(news.set)

    feed.listen(wake)
    try:
        yield FIRST_LINES
        told: str | None = None
        while not closing.is_set():
            news.clear()
            batch = feed.after(cursor, BATCH)
            if batch.entries or batch.missed:
                yield _records(batch, cursor)
            if batch.notes:
                yield _event("notes", [_note(note) for note in batch.notes])
            caught_up = len(batch.entries) < BATCH
            if not caught_up:
                continue
            state = json.dumps({"away": feed.away})
            if state != told:
                yield _event("state", {"away": feed.away})
                told = state
            try:
                async with asyncio.timeout(BEAT_SECONDS):
                    await news.wait()
            except TimeoutError:
                yield _event("beat", None)
    finally:
        feed.unlisten(wake)


def _records(batch: Batch, cursor: Cursor) -> str:
    # Written as JSON once, whoever reads along.
    records = ",".join(entry.shown for entry in batch.entries)
    missed = "true" if batch.missed else "false"
    return (
        f"event: records\nid: {positions_text(cursor.positions)}\n"
        f'data: {{"missed":{missed},"records":[{records}]}}\n\n'
    )


def _note(note: Note) -> dict[str, object]:
    return {"article": note.article, "revision": note.revision, "withdrawn": note.withdrawn}


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"
