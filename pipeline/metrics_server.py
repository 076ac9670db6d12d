"""An HTTP server that nobody can wear out: for the endpoint of metrics, and fit for nothing more.

It is the standard library's, a thread a connection and a request a connection, with what that
lacks: TLS whose handshake keeps nobody waiting, a time by which a connection has to be done, and
a bound on connections. One too many is let in where another has not yet sent its request: the
one that has been silent for longest goes. So idle and slow clients hold a few threads for a few
seconds, and who sends a request is answered.
"""

from __future__ import annotations

import io
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from pipeline.options import Address

_LOGGER = logging.getLogger(__name__)

MAX_CONNECTIONS = 32
"""At a time; a Prometheus needs one."""

CONNECTION_SECONDS = 10.0
"""How long a connection may last, from its first byte to its last."""

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class BoundedServer(ThreadingMixIn, WSGIServer):
    """Serves a WSGI application within the bounds above."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, address: Address, application: Application, tls: ssl.SSLContext | None
    ) -> None:
        """Listens at once; raises OSError where it can't."""
        self.address_family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        self._tls = tls
        self._lock = threading.RLock()
        self._waiting: dict[socket.socket, float] = {}
        """Connections that have not sent a request yet, oldest first, and since when."""
        self._answering: dict[socket.socket, float] = {}
        super().__init__(address, _Handler)
        self.set_app(application)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Takes a connection; its handshake is left to its own thread."""
        connection, address = super().get_request()
        if self._tls is not None:
            try:
                connection = self._tls.wrap_socket(
                    connection, server_side=True, do_handshake_on_connect=False
                )
            except OSError:
                connection.close()
                raise
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:
        """Starts a thread for the connection, unless all there may be are being answered."""
        with self._lock:
            if len(self._waiting) + len(self._answering) >= MAX_CONNECTIONS:
                if not self._waiting:
                    self.shutdown_request(request)
                    return
                self._cut(next(iter(self._waiting)))
            self._waiting[request] = time.monotonic()
        super().process_request(request, client_address)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Answers one request, in the connection's thread."""
        request.settimeout(CONNECTION_SECONDS)
        if self._tls is not None:
            request.do_handshake()
        super().finish_request(request, client_address)

    def request_is_read(self, connection: socket.socket) -> None:
        """Notes that a connection has sent its request, and is not cut off for another."""
        with self._lock:
            begun = self._waiting.pop(connection, None)
            if begun is not None:
                self._answering[connection] = begun

    def shutdown_request(self, request: Any) -> None:
        """Forgets the connection and closes it."""
        with self._lock:
            self._waiting.pop(request, None)
            self._answering.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Ends connections whose time is over; called twice a second."""
        latest = time.monotonic() - CONNECTION_SECONDS
        with self._lock:
            for open_since in (self._waiting, self._answering):
                for connection in [each for each, begun in open_since.items() if begun < latest]:
                    self._cut(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away or speaks something else is no news."""
        _LOGGER.debug("A connection to the metrics endpoint failed.", exc_info=True)

    def _cut(self, connection: socket.socket) -> None:
        """Ends a connection in whatever its thread is doing with it; the thread closes it."""
        self._waiting.pop(connection, None)
        self._answering.pop(connection, None)
        try:
            # Not SSLSocket's own, which takes the TLS from under the thread.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)
        except OSError:
            """It has ended by itself."""


class _Handler(WSGIRequestHandler):
    """Says when a request has been read, and logs none."""

    server: BoundedServer

    def get_environ(self) -> dict[str, Any]:
        """The request, as WSGI has it."""
        self.server.request_is_read(self.connection)
        return super().get_environ()

    def get_stderr(self) -> io.StringIO:
        """Where wsgiref tells of clients that have gone; what the application fails by it logs."""
        return io.StringIO()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""
