"""The options of commands that serve metrics, handed to them together as ``endpoint``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from pipeline.cluster_options import absolute, secret_place
from pipeline.metrics_endpoint import EndpointSettings
from pipeline.options import ADDRESS, Address, Decorator, option

PASSWORD = "metrics-password"

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

_OPTIONS = (
    option(
        "--metrics-tls-cert-file",
        type=_FILE,
        help="A certificate (PEM) for the endpoint of metrics, which then speaks TLS alone.",
    ),
    option("--metrics-tls-key-file", type=_FILE, help="The key of that certificate (PEM)."),
    option(
        "--metrics-user",
        help="Who may see /metrics, with a password; /healthz and /readyz are open to all.",
    ),
    option(
        "--metrics-password-file",
        type=_FILE,
        help="A file with the password; or NEWSWIRE_METRICS_PASSWORD in the environment, or "
        "metrics-password in the settings file.",
    ),
)


def metrics_endpoint(*, default: str, help: str) -> Decorator:
    """Gives a command the options of its endpoint; it takes them together, as ``endpoint``.

    ``default`` is that of ``--metrics-address``, and ``help`` what is said of it.
    """
    address = option("--metrics-address", type=ADDRESS, default=default, help=help)

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def gathered(*, metrics_address: Address, **others: Any) -> Any:
            own = {
                name.removeprefix("metrics_"): others.pop(name)
                for name in list(others)
                if name.startswith("metrics_")
            }
            return command(endpoint=_settings(metrics_address, **own), **others)

        decorated: Callable[..., Any] = gathered
        for add in reversed((address, *_OPTIONS)):
            decorated = add(decorated)
        return decorated

    return decorate


def _settings(
    address: Address,
    *,
    tls_cert_file: Path | None,
    tls_key_file: Path | None,
    user: str | None,
    password_file: Path | None,
) -> EndpointSettings:
    if bool(tls_cert_file) != bool(tls_key_file):
        raise click.UsageError(
            "--metrics-tls-cert-file and --metrics-tls-key-file are only of use together."
        )
    password = secret_place(PASSWORD, password_file)
    if bool(user) != (password is not None):
        raise click.UsageError(
            "--metrics-user and a password are only of use together; the password is in a file "
            "that --metrics-password-file names, in NEWSWIRE_METRICS_PASSWORD, or is "
            "metrics-password in the settings file."
        )
    if user and ":" in user:
        raise click.UsageError("--metrics-user can't have a colon: HTTP ends the name with one.")
    return EndpointSettings(
        address,
        cert_file=absolute(tls_cert_file),
        key_file=absolute(tls_key_file),
        user=user,
        password=password,
    )
