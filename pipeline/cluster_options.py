"""The options by which a command finds its Kafka cluster, handed to it together as ``cluster``."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.options import DEFAULT_BOOTSTRAP_SERVERS, SERVERS, environment_variable, option
from pipeline.settings_file import FILE_IN_USE, secrets_in_use

if TYPE_CHECKING:
    from pipeline.kafka_security import Security
    from pipeline.secret_places import SecretPlace

PASSWORD = "sasl-password"
KEY_PASSWORD = "ssl-key-password"

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

_OPTIONS = (
    option(
        "--bootstrap-servers",
        type=SERVERS,
        default=DEFAULT_BOOTSTRAP_SERVERS,
        help="The Kafka brokers to ask first.",
    ),
    option(
        "--security-protocol",
        type=click.Choice(["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]),
        help="What the brokers' listener speaks. Without it: SASL_SSL where a login is given, SSL "
        "where certificates are, else PLAINTEXT.",
    ),
    option(
        "--ssl-ca-file",
        type=_FILE,
        help="Certificates (PEM) that the brokers' own are checked by; else the machine's.",
    ),
    option("--ssl-cert-file", type=_FILE, help="Our own certificate (PEM), for mutual TLS."),
    option("--ssl-key-file", type=_FILE, help="The key of that certificate (PEM)."),
    option(
        "--ssl-key-password-file",
        type=_FILE,
        help="A file with the key's password; or NEWSWIRE_SSL_KEY_PASSWORD in the environment, or "
        "ssl-key-password in the settings file.",
    ),
    option(
        "--ssl-check-hostname/--no-ssl-check-hostname",
        default=True,
        help="Whether a broker's certificate must be for the name that it is reached by.",
    ),
    option(
        "--sasl-mechanism",
        type=click.Choice(
            ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "GSSAPI", "AWS_MSK_IAM"]
        ),
        help="How to log in. OAUTHBEARER takes its token from the password's place, anew each "
        "time; GSSAPI and AWS_MSK_IAM need the libraries gssapi and botocore.",
    ),
    option("--sasl-username", help="Who logs in, for PLAIN and SCRAM."),
    option(
        "--sasl-password-file",
        type=_FILE,
        help="A file with the password; or NEWSWIRE_SASL_PASSWORD in the environment, or "
        "sasl-password in the settings file. Never on the command line, where all can see it.",
    ),
    option(
        "--sasl-kerberos-service",
        default="kafka",
        help="For GSSAPI: the service's name in the brokers' principals.",
    ),
)


def kafka_cluster(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options of the cluster; it takes them together, as ``cluster``."""

    @functools.wraps(command)
    def gathered(*, bootstrap_servers: str, **others: Any) -> Any:
        own = {
            name: others.pop(name) for name in list(others) if name.startswith(("ssl_", "sasl_"))
        }
        from pipeline.kafka_security import Cluster

        security = _security(others.pop("security_protocol"), **own)
        return command(cluster=Cluster(bootstrap_servers, security), **others)

    decorated: Callable[..., Any] = gathered
    for add in reversed(_OPTIONS):
        decorated = add(decorated)
    return decorated


def _security(
    protocol: str | None,
    *,
    ssl_ca_file: Path | None,
    ssl_cert_file: Path | None,
    ssl_key_file: Path | None,
    ssl_key_password_file: Path | None,
    ssl_check_hostname: bool,
    sasl_mechanism: str | None,
    sasl_username: str | None,
    sasl_password_file: Path | None,
    sasl_kerberos_service: str,
) -> Security:
    from pipeline.kafka_security import WITH_PASSWORD, Mechanism, Protocol, Security

    certificates = ssl_ca_file or ssl_cert_file
    if protocol is None:
        tls = "SSL" if certificates else "PLAINTEXT"
        protocol = "SASL_SSL" if sasl_mechanism else tls
    if certificates and not protocol.endswith("SSL"):
        raise click.UsageError(f"--ssl-… says TLS, and --security-protocol {protocol} is without.")
    if protocol.startswith("SASL") != bool(sasl_mechanism):
        raise click.UsageError(
            f"--security-protocol {protocol} needs --sasl-mechanism."
            if protocol.startswith("SASL")
            else f"--sasl-mechanism is a login, and --security-protocol {protocol} is without."
        )
    if bool(ssl_cert_file) != bool(ssl_key_file):
        raise click.UsageError("--ssl-cert-file and --ssl-key-file are only of use together.")
    mechanism = Mechanism(sasl_mechanism) if sasl_mechanism else None
    password = secret_place(PASSWORD, sasl_password_file)
    if mechanism in WITH_PASSWORD and not sasl_username:
        raise click.UsageError(f"--sasl-mechanism {mechanism} needs --sasl-username.")
    if mechanism in {*WITH_PASSWORD, Mechanism.OAUTHBEARER} and password is None:
        raise click.UsageError(
            f"--sasl-mechanism {mechanism} needs a "
            f"{'token' if mechanism is Mechanism.OAUTHBEARER else 'password'}: in a file that "
            "--sasl-password-file names, in NEWSWIRE_SASL_PASSWORD, or as sasl-password in the "
            "settings file."
        )
    return Security(
        protocol=Protocol(protocol),
        ca_file=absolute(ssl_ca_file),
        cert_file=absolute(ssl_cert_file),
        key_file=absolute(ssl_key_file),
        key_password=secret_place(KEY_PASSWORD, ssl_key_password_file),
        check_hostname=ssl_check_hostname,
        mechanism=mechanism,
        username=sasl_username,
        password=password if mechanism else None,
        kerberos_service=sasl_kerberos_service,
    )


def secret_place(key: str, file: Path | None) -> SecretPlace | None:
    """Where the secret ``key`` is: in ``file``, else the environment, else the settings file.

    None where it is nowhere.
    """
    from pipeline import secret_places

    if file is not None:
        return secret_places.in_file(file.absolute(), f"--{key}-file")
    variable = environment_variable([f"--{key}"])
    if os.environ.get(variable):
        return secret_places.in_environment(variable)
    context = click.get_current_context()
    if key in secrets_in_use(context):
        return secret_places.in_settings(Path(context.meta[FILE_IN_USE]).absolute(), key)
    return None


def absolute(path: Path | None) -> str | None:
    """The path as it is named on any working directory; None for none."""
    return None if path is None else str(path.absolute())
