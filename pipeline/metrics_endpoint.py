"""The HTTP endpoint: ``/metrics``, behind a login where one is set, ``/healthz`` and ``/readyz``.

The latter two say nothing that is worth a login, and those who ask them, kubelets and load
balancers, often have none.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.options import Address

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from pipeline.secret_places import SecretPlace

_LOGGER = logging.getLogger(__name__)

ASK_FOR_LOGIN = ("WWW-Authenticate", 'Basic realm="newswire", charset="UTF-8"')
"""The header by which a browser asks its user."""


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """Where an endpoint listens, and who is let in; nothing secret."""

    address: Address
    """Port 0 takes a free one."""
    cert_file: str | None = None
    """The endpoint's own certificate; with it, it speaks TLS alone."""
    key_file: str | None = None
    user: str | None = None
    password: SecretPlace | None = None
    """Both or none: who may see ``/metrics``, or whatever else it serves."""
    name: str = "metrics"
    """What its options begin with."""


class Endpoint:
    """Serves this process's metrics, or those of a folder, from a thread of its own."""

    def __init__(
        self,
        settings: EndpointSettings,
        is_ready: Callable[[], str | None],
        registry: CollectorRegistry | None = None,
    ) -> None:
        """Listens at once; ``is_ready`` gives None, or why the process is not ready.

        Certificate and password are read now. Raises OSError where the address can't be listened
        on, and `pipeline.outages.Misconfigured` where one of the files can't be used.
        """
        # Here and not above: "newswire run --workers" decides first where metrics are counted.
        from prometheus_client import REGISTRY, make_wsgi_app

        from pipeline import metrics  # noqa: F401  what is served is made by importing it
        from pipeline.metrics_server import BoundedServer

        self._metrics = make_wsgi_app(registry or REGISTRY)
        self._is_ready = is_ready
        self._login = Login.of(settings)
        self._server = BoundedServer(settings.address, self._guarded, tls_context(settings))
        self.address = Address(settings.address.host, self._server.server_port)
        scheme = "https" if settings.cert_file else "http"
        self.url = f"{scheme}://{self.address}/metrics"
        threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True).start()

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()

    def _guarded(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            return self._answer(environ, start_response)
        except Exception:
            _LOGGER.exception("The metrics could not be served.")
            return _say(start_response, "500 Internal Server Error", "see the log")

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            if self._login and not self._login.lets_in(environ.get("HTTP_AUTHORIZATION", "")):
                return _say(start_response, "401 Unauthorized", "a login is needed", ASK_FOR_LOGIN)
            answer: Iterable[bytes] = self._metrics(environ, start_response)
            return answer
        if path == "/healthz":
            return _say(start_response, "200 OK", "ok")
        if path == "/readyz":
            waiting_for = self._is_ready()
            if waiting_for is None:
                return _say(start_response, "200 OK", "ready")
            return _say(start_response, "503 Service Unavailable", waiting_for)
        return _say(start_response, "404 Not Found", "try /metrics, /healthz or /readyz")


class Login:
    """The name and password that are let in, by HTTP's basic authentication."""

    def __init__(self, user: str, password: str) -> None:
        # Of one length, so that comparing tells nothing of theirs.
        self._expected = _digest(f"{user}:{password}".encode())

    @classmethod
    def of(cls, settings: EndpointSettings) -> Login | None:
        """The endpoint's; None where it is open to all.

        Raises `pipeline.outages.Misconfigured` where the password is not in its place.
        """
        if settings.user is None or settings.password is None:
            return None
        return cls(settings.user, settings.password.read())

    def lets_in(self, authorization: str) -> bool:
        """Whether the header has the login; takes as long whatever is wrong with it."""
        kind, _, encoded = authorization.partition(" ")
        try:
            given = base64.b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError):
            given = b""
        return hmac.compare_digest(_digest(given), self._expected) and kind.lower() == "basic"


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()


def tls_context(settings: EndpointSettings) -> ssl.SSLContext | None:
    """What the endpoint speaks TLS by; None where it speaks none.

    Raises `pipeline.outages.Misconfigured` where certificate or key can't be used.
    """
    if settings.cert_file is None:
        return None
    from pipeline.outages import Misconfigured

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # A key with a password would have the library ask for it on the terminal.
        context.load_cert_chain(settings.cert_file, settings.key_file, password=lambda: b"")
    except OSError as error:
        raise Misconfigured(
            f"{settings.cert_file} (--{settings.name}-tls-cert-file) and {settings.key_file} "
            f"(--{settings.name}-tls-key-file) can't be used: {error}. They are to be a "
            "certificate and its key in PEM, without a password."
        ) from error
    return context


def _say(start_response: Any, status: str, text: str, *headers: tuple[str, str]) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), *headers])
    return [f"{text}\n".encode()]
