"""The endpoint of metrics before clients of every kind: strangers, slow ones, silent ones, many."""

from __future__ import annotations

import base64
import resource
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import trustme

from pipeline import metrics_server
from pipeline.metrics_endpoint import Endpoint, EndpointSettings
from pipeline.options import Address
from pipeline.outages import Misconfigured
from pipeline.secret_places import SecretPlace, in_file

LOCAL = Address("127.0.0.1", 0)


@contextmanager
def served(settings: EndpointSettings) -> Iterator[Endpoint]:
    endpoint = Endpoint(settings, lambda: None)
    try:
        yield endpoint
    finally:
        endpoint.close()


def get(
    endpoint: Endpoint, path: str = "/metrics", login: str | None = None, ca: Path | None = None
) -> bytes:
    request = urllib.request.Request(endpoint.url.removesuffix("/metrics") + path)
    if login is not None:
        request.add_header("Authorization", "Basic " + base64.b64encode(login.encode()).decode())
    context = ssl.create_default_context(cafile=ca) if ca else None
    with urllib.request.urlopen(request, timeout=60, context=context) as answer:
        found: bytes = answer.read()
    return found


def until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def silent(endpoint: Endpoint) -> socket.socket:
    return socket.create_connection(("127.0.0.1", endpoint.address.port), timeout=60)


@pytest.fixture
def password(tmp_path: Path) -> SecretPlace:
    (tmp_path / "password").write_text("pâss:word\n")
    return in_file(tmp_path / "password", "--metrics-password-file")


@pytest.fixture
def certificates(tmp_path: Path) -> tuple[Path, Path, Path]:
    """The authority's, the endpoint's, and its key."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    ca, cert, key = (tmp_path / name for name in ("ca.pem", "cert.pem", "key.pem"))
    authority.cert_pem.write_to_path(ca)
    issued.private_key_pem.write_to_path(key)
    for blob in issued.cert_chain_pems:
        blob.write_to_path(cert, append=True)
    return ca, cert, key


@pytest.mark.parametrize("login", [None, "", "prom", "prom:", "prom:wrong", "Prom:pâss:word"])
def test_who_does_not_know_the_password_sees_no_metric(
    password: SecretPlace, login: str | None
) -> None:
    with served(EndpointSettings(LOCAL, user="prom", password=password)) as endpoint:
        with pytest.raises(urllib.error.HTTPError) as refused:
            get(endpoint, login=login)
        assert refused.value.code == 401
        assert "Basic" in refused.value.headers["WWW-Authenticate"]
        assert b"newswire_" not in refused.value.read()


def test_who_knows_the_password_sees_them_and_probes_need_none(password: SecretPlace) -> None:
    with served(EndpointSettings(LOCAL, user="prom", password=password)) as endpoint:
        assert b"newswire_build_info" in get(endpoint, login="prom:pâss:word")
        assert get(endpoint, "/healthz") == b"ok\n"
        assert get(endpoint, "/readyz") == b"ready\n"


def test_with_a_certificate_it_speaks_tls_alone(certificates: tuple[Path, Path, Path]) -> None:
    ca, cert, key = certificates
    with served(EndpointSettings(LOCAL, cert_file=str(cert), key_file=str(key))) as endpoint:
        with silent(endpoint):  # whose handshake never comes
            assert b"newswire_build_info" in get(endpoint, ca=ca)
        with pytest.raises(OSError):
            urllib.request.urlopen(f"http://{endpoint.address}/metrics", timeout=60)


def test_a_certificate_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("x")
    path = str(tmp_path / "x.pem")
    with pytest.raises(Misconfigured, match="--metrics-tls-cert-file"):
        Endpoint(EndpointSettings(LOCAL, cert_file=path, key_file=path), lambda: None)


@pytest.fixture
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
@pytest.mark.parametrize("tls", [False, True])
def test_a_thousand_idle_connections_take_a_bounded_number_of_threads_and_scrapes_are_answered(
    certificates: tuple[Path, Path, Path], tls: bool
) -> None:
    ca, cert, key = certificates
    settings = EndpointSettings(LOCAL)
    if tls:
        settings = EndpointSettings(LOCAL, cert_file=str(cert), key_file=str(key))
    with ExitStack() as stack:
        endpoint = stack.enter_context(served(settings))
        before = threading.active_count()
        for number in range(1_000):
            connection = stack.enter_context(silent(endpoint))
            if number % 2:
                connection.send(b"\x16\x03\x01" if tls else b"GET /metrics HT")
        most = before + metrics_server.MAX_CONNECTIONS
        assert until(lambda: threading.active_count() <= most)
        assert threading.active_count() > before, "those that are left do hold a thread"
        assert b"newswire_build_info" in get(endpoint, ca=ca if tls else None)


@pytest.mark.usefixtures("many_files")
def test_connections_that_say_nothing_take_no_thread_and_are_ended_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(metrics_server, "CONNECTION_SECONDS", 1.0)
    with ExitStack() as stack:
        endpoint = stack.enter_context(served(EndpointSettings(LOCAL)))
        before = threading.active_count()
        idle = [stack.enter_context(silent(endpoint)) for _ in range(metrics_server.MAX_SILENT)]
        assert get(endpoint, "/healthz") == b"ok\n"
        assert until(lambda: threading.active_count() <= before)
        assert [each.recv(1) for each in idle] == [b""] * len(idle)


def test_a_client_that_trickles_its_request_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics_server, "CONNECTION_SECONDS", 1.0)
    with served(EndpointSettings(LOCAL)) as endpoint, silent(endpoint) as slow:
        slow.settimeout(0.1)

        def is_cut_off() -> bool:
            try:
                slow.send(b"G")
                return slow.recv(1) == b""
            except TimeoutError:
                return False
            except ConnectionError:
                return True

        assert not is_cut_off()
        assert until(is_cut_off)
