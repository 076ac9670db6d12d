"""The options of what commands serve by HTTP, handed to them together as ``endpoint``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from pipeline.cluster_options import absolute, secret_place
from pipeline.metrics_endpoint import EndpointSettings
from pipeline.options import ADDRESS, Address, Decorator, environment_variable, option

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def metrics_endpoint(*, default: str, help: str) -> Decorator:
    """Gives a command the options of its endpoint of metrics, as `endpoint_options` does."""
    return endpoint_options(
        "metrics",
        what="the endpoint of metrics",
        who="Who may see /metrics, with a password; /healthz and /readyz are open to all.",
        default=default,
        help=help,
    )


def endpoint_options(name: str, *, what: str, who: str, default: str, help: str) -> Decorator:
    """Gives a command the options of an endpoint; it takes them together, as ``endpoint``.

    They begin with ``name``. ``what`` it is and ``who`` is let in are words for the help,
    ``default`` is that of its address, and ``help`` what is said of that.
    """
    options = (
        option(f"--{name}-address", type=ADDRESS, default=default, help=help),
        option(
            f"--{name}-tls-cert-file",
            type=_FILE,
            help=f"A certificate (PEM) for {what}, which then speaks TLS alone.",
        ),
        option(f"--{name}-tls-key-file", type=_FILE, help="The key of that certificate (PEM)."),
        option(f"--{name}-user", help=who),
        option(
            f"--{name}-password-file",
            type=_FILE,
            help=f"A file with the password; or {environment_variable([f'--{name}-password'])} in "
            f"the environment, or {name}-password in the settings file.",
        ),
    )

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def gathered(**given: Any) -> Any:
            own = {
                key.removeprefix(f"{name}_"): given.pop(key)
                for key in list(given)
                if key.startswith(f"{name}_")
            }
            return command(endpoint=_settings(name, **own), **given)

        decorated: Callable[..., Any] = gathered
        for add in reversed(options):
            decorated = add(decorated)
        return decorated

    return decorate


def _settings(
    name: str,
    *,
    address: Address,
    tls_cert_file: Path | None,
    tls_key_file: Path | None,
    user: str | None,
    password_file: Path | None,
) -> EndpointSettings:
    if bool(tls_cert_file) != bool(tls_key_file):
        raise click.UsageError(
            f"--{name}-tls-cert-file and --{name}-tls-key-file are only of use together."
        )
    password = secret_place(f"{name}-password", password_file)
    if bool(user) != (password is not None):
        raise click.UsageError(
            f"--{name}-user and a password are only of use together; the password is in a file "
            f"that --{name}-password-file names, in "
            f"{environment_variable([f'--{name}-password'])}, or is {name}-password in the "
            "settings file."
        )
    if user and ":" in user:
        raise click.UsageError(f"--{name}-user can't have a colon: HTTP ends the name with one.")
    return EndpointSettings(
        address,
        cert_file=absolute(tls_cert_file),
        key_file=absolute(tls_key_file),
        user=user,
        password=password,
        name=name,
    )
