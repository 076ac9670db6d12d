"""The live page's server: the page, the stream of records, whole articles. It changes nothing."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from pipeline.dashboard.feed import Feed, positions_from
from pipeline.dashboard.guard import Guard
from pipeline.dashboard.lookup import Lookup, NotThere
from pipeline.dashboard.streams import Stream
from pipeline.metrics_endpoint import EndpointSettings, Login, tls_context
from pipeline.options import Address
from pipeline.pages.page import LivePage, article_policy, live_page, missing_page

MAX_STREAMS = 100
MAX_LOOKUPS = 8
"""Articles looked up or waited for at once."""

MAX_CONNECTIONS = 300
SHUTDOWN_SECONDS = 3

_RECORD_ID = re.compile(r"[0-9a-f]{1,64}")
_BUSY = {"Retry-After": "5"}


class Dashboard:
    """What is served, for as long as `run` runs."""

    def __init__(
        self,
        feed: Feed,
        lookup: Lookup,
        page: LivePage,
        endpoint: EndpointSettings,
        names: Collection[str],
    ) -> None:
        """``names``: the hosts that the server goes by beside its addresses.

        Raises `pipeline.outages.Misconfigured` where certificate or password can't be used.
        """
        # Uvicorn reads the files itself, but says less of what is wrong with them.
        tls_context(endpoint)
        self._endpoint = endpoint
        self._feed = feed
        self._lookup = lookup
        self._page = live_page(page)
        self._closing = asyncio.Event()
        self._streams = 0
        self._lookups = 0
        self.app = Starlette(
            routes=[
                Route("/", self._index),
                Route("/events", self._events),
                Route("/article/{record_id}", self._article),
            ],
            middleware=[Middleware(Guard, names=names, login=Login.of(endpoint))],
        )

    def run(self, listening: socket.socket) -> None:
        """Serves until SIGINT or SIGTERM."""
        server = _Server(
            uvicorn.Config(
                self.app,
                http="h11",
                ws="none",
                loop="asyncio",
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                ssl_certfile=self._endpoint.cert_file,
                ssl_keyfile=self._endpoint.key_file,
                limit_concurrency=MAX_CONNECTIONS,
                timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            )
        )

        async def serve() -> None:
            def end() -> None:
                server.should_exit = True
                self._closing.set()
                self._feed.wake()

            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, end)
            await server.serve(sockets=[listening])

        asyncio.run(serve())

    async def _index(self, request: Request) -> Response:
        return HTMLResponse(self._page.text, headers={"Content-Security-Policy": self._page.policy})

    async def _events(self, request: Request) -> Response:
        if self._streams >= MAX_STREAMS:
            return PlainTextResponse("Too many are reading along.\n", 503, headers=_BUSY)
        # A browser that connects again by itself sends the header, the page itself the parameter.
        after = request.headers.get("last-event-id") or request.query_params.get("after", "")
        self._streams += 1
        try:
            while not self._feed.ready.is_set() and not self._closing.is_set():
                await asyncio.sleep(0.1)
            cursor = self._feed.cursor(positions_from(after))
        except BaseException:
            self._streams -= 1
            raise
        return Stream(self._feed, cursor, self._closing, self._ended)

    def _ended(self) -> None:
        self._streams -= 1

    async def _article(self, request: Request) -> Response:
        record_id = request.path_params["record_id"]
        if not _RECORD_ID.fullmatch(record_id):
            return self._missing("There is no such record.", 404)
        if self._lookups >= MAX_LOOKUPS:
            return self._missing("Too many articles are being opened; try again.", 503)
        self._lookups += 1
        try:
            text = await run_in_threadpool(self._lookup.article_page, record_id)
        except NotThere as error:
            return self._missing(str(error), 404)
        finally:
            self._lookups -= 1
        return HTMLResponse(text, headers={"Content-Security-Policy": article_policy()})

    def _missing(self, why: str, status: int) -> Response:
        found = missing_page(why)
        return HTMLResponse(found.text, status, {"Content-Security-Policy": found.policy})


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ours end the streams too."""
        yield


def listen(address: Address) -> socket.socket:
    """A socket that listens there; port 0 takes a free one. Raises OSError."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    return socket.create_server((address.host, address.port), family=family, backlog=128)
