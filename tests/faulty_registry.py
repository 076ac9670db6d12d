"""A web server that answers as a schema registry does when something is wrong with it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any]
"""Status and body; what is no text is sent as JSON."""


@dataclass
class FaultyRegistry:
    """Where it is, and what it was asked."""

    url: str = ""
    requests: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of each request."""
    authorization: str | None = None
    """Of the last request."""


@contextmanager
def faulty_registry(answer: Callable[[int], Answer]) -> Iterator[FaultyRegistry]:
    """A server whose n-th answer, from 0, is ``answer(n)``."""
    found = FaultyRegistry()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            number = len(found.requests)
            found.requests.append((self.command, self.path))
            found.authorization = self.headers["Authorization"]
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            status, body = answer(number)
            content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                """Whoever asked has not waited."""

        do_POST = do_PUT = do_GET

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
