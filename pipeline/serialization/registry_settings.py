"""How a schema registry is reached: its address, TLS, and who we are to it.

This travels with the job: it says where secrets are (`pipeline.secret_places`) and not what they
are, and names certificates by paths that must exist where the client runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.secret_places import Secret, SecretPlace

LONGEST_CALL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class RegistrySettings:
    """Where the registry is and how to get in; nothing secret."""

    url: str
    """Several with commas between them; without user or password."""
    retry_seconds: float = 20.0
    """How long a call may be tried again."""
    ca_file: str | None = None
    """Certificates that the registry's is checked by; None for those that Python's certifi has."""
    cert_file: str | None = None
    """Our own certificate, for mutual TLS."""
    key_file: str | None = None
    user: str | None = None
    password: SecretPlace | None = None
    """The user's; without a user it is not looked for."""
    token: SecretPlace | None = None
    """Of bearer authentication, instead of user and password."""

    def client_settings(self) -> dict[str, Any]:
        """The configuration of confluent-kafka's client, secrets read from their places.

        Raises `pipeline.outages.Misconfigured` where one is not there.
        """
        settings: dict[str, Any] = {
            "url": self.url,
            "max.retries": 0,
            # Some tries within the time that there is, and not far beyond it.
            "timeout": min(LONGEST_CALL_SECONDS, max(self.retry_seconds / 4, 0.5)),
        }
        for name, path in (
            ("ssl.ca.location", self.ca_file),
            ("ssl.certificate.location", self.cert_file),
            ("ssl.key.location", self.key_file),
        ):
            if path is not None:
                settings[name] = path
        if self.user is not None and self.password is not None:
            settings["basic.auth.user.info"] = Secret(f"{self.user}:{self.password.read()}")
        if self.token is not None:
            # A token that is not there is said now, and not by the first call.
            self.token.read()
            settings |= {
                "bearer.auth.credentials.source": "CUSTOM",
                "bearer.auth.custom.provider.function": _bearer,
                "bearer.auth.custom.provider.config": {"place": self.token},
            }
        return settings


def _bearer(config: dict[str, SecretPlace]) -> dict[str, str]:
    """Reads the token anew for each request: whoever put it there renews it."""
    return {
        "bearer.auth.token": config["place"].read(),
        # Confluent Cloud's own routing, which the client insists on.
        "bearer.auth.logical.cluster": "",
    }
