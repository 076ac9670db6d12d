"""TLS and a login in front of a registry, by a proxy: what operators put there, for Apicurio has
neither of its own."""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import trustme

from pipeline.brokers.process import LOOPBACK

_DROPPED = {
    "host",
    "accept-encoding",
    "authorization",
    "connection",
    "transfer-encoding",
    "content-length",
}


@dataclass
class SecureRegistry:
    """Where the proxy is, and the files that a client needs."""

    url: str
    ca_file: Path
    other_ca_file: Path
    """Of an authority that the proxy's certificate is not from."""
    cert_file: Path
    key_file: Path
    authorization: str = ""
    """The header that it lets in."""


@contextmanager
def secure_registry(behind: str, folder: Path, *, mutual: bool = False) -> Iterator[SecureRegistry]:
    """A proxy before the registry at ``behind``; ``folder`` gets the certificates."""
    authority, other = trustme.CA(), trustme.CA()
    target = urlsplit(behind)
    secure = SecureRegistry(
        "", folder / "ca.pem", folder / "other.pem", folder / "client.pem", folder / "client.key"
    )
    authority.cert_pem.write_to_path(secure.ca_file)
    other.cert_pem.write_to_path(secure.other_ca_file)
    client = authority.issue_cert("client.example")
    client.private_key_pem.write_to_path(secure.key_file)
    for blob in client.cert_chain_pems:
        blob.write_to_path(secure.cert_file, append=True)

    class Handler(BaseHTTPRequestHandler):
        timeout = 30

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            if (self.headers["Authorization"] or "") != secure.authorization:
                self._answer(401, b"{}", "application/json")
                return
            onward = http.client.HTTPConnection(target.netloc, timeout=30)
            headers = {k: v for k, v in self.headers.items() if k.lower() not in _DROPPED}
            onward.request(self.command, self.path, body or None, headers)
            found = onward.getresponse()
            self._answer(found.status, found.read(), found.getheader("Content-Type") or "")

        do_POST = do_PUT = do_GET

        def _answer(self, status: int, content: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Whoever does not trust us goes away in the middle of the handshake."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", LOOPBACK).configure_cert(context)
    if mutual:
        authority.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    server = Server((LOOPBACK, 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    secure.url = f"https://localhost:{server.server_port}{target.path}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield secure
    finally:
        server.shutdown()
        server.server_close()
