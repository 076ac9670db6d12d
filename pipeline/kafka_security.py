"""How a Kafka cluster is reached: its brokers, encryption, and who we are to it.

`Cluster` is what settings objects hold. No password is in it, only where one is
(`secret_places.py`); certificates are named by paths that must exist where the client runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kafka.net.sasl.oauth import AbstractTokenProvider

from pipeline.secret_places import Kind, SecretPlace


class Protocol(StrEnum):
    """What the listener speaks, in Kafka's own words."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"


class Mechanism(StrEnum):
    """How a login is made, in Kafka's own words."""

    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"
    OAUTHBEARER = "OAUTHBEARER"
    GSSAPI = "GSSAPI"
    AWS_MSK_IAM = "AWS_MSK_IAM"


WITH_PASSWORD = frozenset({Mechanism.PLAIN, Mechanism.SCRAM_SHA_256, Mechanism.SCRAM_SHA_512})
"""Mechanisms of a user name and a password."""


@dataclass(frozen=True, slots=True)
class Security:
    """How connections are made secret and who makes them."""

    protocol: Protocol = Protocol.PLAINTEXT
    ca_file: str | None = None
    """Certificates of the authorities that brokers' certificates are checked by; None for those of
    the machine."""
    cert_file: str | None = None
    """Our own certificate, for mutual TLS."""
    key_file: str | None = None
    key_password: SecretPlace | None = None
    check_hostname: bool = True
    mechanism: Mechanism | None = None
    username: str | None = None
    password: SecretPlace | None = None
    """The password, or for OAUTHBEARER the token."""
    kerberos_service: str = "kafka"

    def client_settings(self) -> dict[str, Any]:
        """The arguments of a kafka-python client, secrets read from their places.

        Raises `pipeline.outages.Misconfigured` where one is not there.
        """
        if self.protocol is Protocol.PLAINTEXT:
            return {}
        settings: dict[str, Any] = {"security_protocol": self.protocol.value}
        if self.protocol in {Protocol.SSL, Protocol.SASL_SSL}:
            settings |= {
                "ssl_cafile": self.ca_file,
                "ssl_certfile": self.cert_file,
                "ssl_keyfile": self.key_file,
                "ssl_password": self.key_password.read() if self.key_password else None,
                "ssl_check_hostname": self.check_hostname,
            }
        if self.mechanism is not None:
            settings["sasl_mechanism"] = self.mechanism.value
            settings |= self._login(self.mechanism)
        return settings

    def _login(self, mechanism: Mechanism) -> dict[str, Any]:
        if mechanism in WITH_PASSWORD:
            password = self.password.read() if self.password else None
            return {"sasl_plain_username": self.username, "sasl_plain_password": password}
        if mechanism is Mechanism.OAUTHBEARER and self.password is not None:
            return {"sasl_oauth_token_provider": _Token(self.password)}
        if mechanism is Mechanism.GSSAPI:
            return {"sasl_kerberos_service_name": self.kerberos_service}
        return {}


class _Token(AbstractTokenProvider):  # type: ignore[misc]
    """Reads the token anew for each login: whoever put it there renews it."""

    def __init__(self, place: SecretPlace) -> None:
        super().__init__()
        self._place = place

    def token(self) -> str:
        return self._place.read()


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Kafka cluster; as text its brokers."""

    bootstrap_servers: str
    """``host:port``, several with commas between them."""
    security: Security = Security()

    def __str__(self) -> str:
        return self.bootstrap_servers


def stored_security(security: Security) -> dict[str, Any]:
    """The security as JSON can hold it, for checkpoints: places of secrets, no secrets."""
    return {
        name: _stored_place(value) if isinstance(value, SecretPlace) else value
        for name in Security.__dataclass_fields__
        if (value := getattr(security, name)) != Security.__dataclass_fields__[name].default
    }


def restored_security(stored: Mapping[str, Any]) -> Security:
    """The security that `stored_security` has made JSON of."""
    known = dict(stored)
    known["protocol"] = Protocol(known.get("protocol", Protocol.PLAINTEXT))
    if known.get("mechanism") is not None:
        known["mechanism"] = Mechanism(known["mechanism"])
    for name in ("password", "key_password"):
        if known.get(name) is not None:
            place = known[name]
            known[name] = SecretPlace(Kind(place["kind"]), place["path"], place["name"])
    return Security(**known)


def _stored_place(place: SecretPlace) -> dict[str, Any]:
    return {"kind": place.kind.value, "path": place.path, "name": place.name}
