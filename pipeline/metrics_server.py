"""An HTTP server that nobody can wear out: for the endpoint of metrics, and fit for nothing more.

It is the standard library's, a thread a connection and a request a connection, with what that
lacks: TLS whose handshake keeps nobody waiting, a time by which a connection has to be done, and
bounds on connections. A connection has a thread from its first byte on. One too many is let in
where another has not yet sent its request: the one that has been silent for longest goes. So idle
clients cost next to nothing, slow ones hold a few threads for a few seconds, and who sends a
request is answered.
"""

from __future__ import annotations

import errno
import io
import logging
import selectors
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
"""With a thread at a time; a Prometheus needs one."""

MAX_SILENT = 128
"""Connections that have sent nothing yet."""

PAUSE_SECONDS = 0.01
"""Before the next connection is taken where one was ended for another: however many come again and
again, they wait in the system's queue, and take no time from the work."""

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
        self._silent: dict[socket.socket, tuple[float, Any]] = {}
        """Without a thread, oldest first: since when they are open, and whose they are."""
        self._reading: dict[socket.socket, float] = {}
        """Connections that have not sent their whole request yet, oldest first."""
        self._answering: dict[socket.socket, float] = {}
        self._stopping = threading.Event()
        self._stopped = threading.Event()
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

    def serve_forever(self, poll_interval: float = 0.5) -> None:
        """Takes connections, and starts a thread for each that begins to speak; see `shutdown`."""
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self, selectors.EVENT_READ)
                while not self._stopping.is_set():
                    for key, _ in selector.select(poll_interval):
                        if isinstance(key.fileobj, socket.socket):
                            self._begin(selector, key.fileobj)
                        else:
                            self._take(selector)
                    self._end_late(selector)
                while self._silent:
                    self._drop(selector, next(iter(self._silent)))
        finally:
            self._stopped.set()

    def shutdown(self) -> None:
        """Has `serve_forever` return, and waits for it."""
        self._stopping.set()
        self._stopped.wait()

    def _take(self, selector: selectors.BaseSelector) -> None:
        try:
            connection, address = self.get_request()
        except OSError as error:
            # It has gone again, or there are no files left: then it waits, and we don't spin.
            if error.errno in (errno.EMFILE, errno.ENFILE):
                _LOGGER.warning("A connection to the metrics has to wait: %s.", error.strerror)
            time.sleep(PAUSE_SECONDS)
            return
        is_full = len(self._silent) >= MAX_SILENT
        if is_full:
            self._drop(selector, next(iter(self._silent)))
        self._silent[connection] = time.monotonic(), address
        selector.register(connection, selectors.EVENT_READ)
        if is_full:
            time.sleep(PAUSE_SECONDS)

    def _begin(self, selector: selectors.BaseSelector, connection: socket.socket) -> None:
        """Starts its thread, unless all there may be are answering."""
        if connection not in self._silent:
            return  # It was ended for another that came in the same moment.
        selector.unregister(connection)
        since, address = self._silent.pop(connection)
        with self._lock:
            is_full = len(self._reading) + len(self._answering) >= MAX_CONNECTIONS
            is_let_in = not is_full or bool(self._reading)
            if is_full and is_let_in:
                self._cut(next(iter(self._reading)))
            if is_let_in:
                self._reading[connection] = since
        if is_let_in:
            try:
                self.process_request(connection, address)
            except RuntimeError as error:  # There are no threads left.
                _LOGGER.warning("A connection to the metrics was ended: %s.", error)
                self.shutdown_request(connection)
        else:
            self.shutdown_request(connection)
        if is_full:
            time.sleep(PAUSE_SECONDS)

    def _drop(self, selector: selectors.BaseSelector, connection: socket.socket) -> None:
        selector.unregister(connection)
        del self._silent[connection]
        self.shutdown_request(connection)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Answers one request, in the connection's thread."""
        request.settimeout(CONNECTION_SECONDS)
        if self._tls is not None:
            request.do_handshake()
        super().finish_request(request, client_address)

    def request_is_read(self, connection: socket.socket) -> None:
        """Notes that a connection has sent its request, and is not cut off for another."""
        with self._lock:
            begun = self._reading.pop(connection, None)
            if begun is not None:
                self._answering[connection] = begun

    def shutdown_request(self, request: Any) -> None:
        """Forgets the connection and closes it."""
        with self._lock:
            self._reading.pop(request, None)
            self._answering.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away or speaks something else is no news."""
        _LOGGER.debug("A connection to the metrics endpoint failed.", exc_info=True)

    def _end_late(self, selector: selectors.BaseSelector) -> None:
        """Ends connections whose time is over."""
        latest = time.monotonic() - CONNECTION_SECONDS
        # The oldest come first in each.
        while self._silent and next(iter(self._silent.values()))[0] < latest:
            self._drop(selector, next(iter(self._silent)))
        with self._lock:
            for open_since in (self._reading, self._answering):
                for connection in [each for each, begun in open_since.items() if begun < latest]:
                    self._cut(connection)

    def _cut(self, connection: socket.socket) -> None:
        """Ends a connection in whatever its thread is doing with it; the thread closes it."""
        self._reading.pop(connection, None)
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
