"""The options by which a command finds its schema registry, handed to it together.

A command takes them as ``registry``: `RegistrySettings`, or None where no registry is named.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cluster_options import absolute, secret_place
from pipeline.options import REGISTRY_URL, option

if TYPE_CHECKING:
    from pipeline.serialization.registry_settings import RegistrySettings

PASSWORD = "schema-registry-password"
TOKEN = "schema-registry-token"

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

_OPTIONS = (
    option(
        "--schema-registry-url",
        type=REGISTRY_URL,
        help="A schema registry with Confluent's API, for values in its wire format.",
    ),
    option(
        "--schema-registry-ca-file",
        type=_FILE,
        help="Certificates (PEM) that the registry's is checked by; else those of public "
        "authorities.",
    ),
    option(
        "--schema-registry-cert-file", type=_FILE, help="Our own certificate (PEM), for mutual TLS."
    ),
    option("--schema-registry-key-file", type=_FILE, help="The key of that certificate (PEM)."),
    option("--schema-registry-user", help="Who logs in to the registry, with a password."),
    option(
        "--schema-registry-password-file",
        type=_FILE,
        help="A file with the user's password; or NEWSWIRE_SCHEMA_REGISTRY_PASSWORD in the "
        "environment, or schema-registry-password in the settings file.",
    ),
    option(
        "--schema-registry-token-file",
        type=_FILE,
        help="A file with a bearer token, read anew for each request; or "
        "NEWSWIRE_SCHEMA_REGISTRY_TOKEN in the environment, or schema-registry-token in the "
        "settings file.",
    ),
)


def schema_registry(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of the registry; it takes them together, as ``registry``."""

    @functools.wraps(command)
    def gathered(*, schema_registry_url: str | None, **others: Any) -> Any:
        own = {
            name.removeprefix("schema_registry_"): others.pop(name)
            for name in list(others)
            if name.startswith("schema_registry_")
        }
        registry = _settings(schema_registry_url, **own) if schema_registry_url else None
        return command(registry=registry, **others)

    decorated: Callable[..., Any] = gathered
    for add in reversed(_OPTIONS):
        decorated = add(decorated)
    return decorated


def _settings(
    url: str,
    *,
    ca_file: Path | None,
    cert_file: Path | None,
    key_file: Path | None,
    user: str | None,
    password_file: Path | None,
    token_file: Path | None,
) -> RegistrySettings:
    from pipeline.serialization.registry_settings import RegistrySettings

    if bool(cert_file) != bool(key_file):
        raise click.UsageError(
            "--schema-registry-cert-file and --schema-registry-key-file are only of use together."
        )
    password, token = secret_place(PASSWORD, password_file), secret_place(TOKEN, token_file)
    if user and password is None:
        raise click.UsageError(
            "--schema-registry-user needs a password: in a file that "
            "--schema-registry-password-file names, in NEWSWIRE_SCHEMA_REGISTRY_PASSWORD, or as "
            "schema-registry-password in the settings file."
        )
    if password is not None and not user:
        raise click.UsageError("the schema registry's password needs --schema-registry-user.")
    if user and token:
        raise click.UsageError(
            "the schema registry is given a user and a token (--schema-registry-token-file); it "
            "takes one of them."
        )
    if not url.startswith("https:") and (ca_file or cert_file):
        raise click.UsageError(
            f"--schema-registry-ca-file and -cert-file say TLS, and {url} is without."
        )
    return RegistrySettings(
        url,
        ca_file=absolute(ca_file),
        cert_file=absolute(cert_file),
        key_file=absolute(key_file),
        user=user,
        password=password,
        token=token,
    )
