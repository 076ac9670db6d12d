"""Apache Kafka with TLS, logins and ACLs: a listener of each kind, and one for the tests.

On the plain one, which the tests manage the broker by, everybody is a super user. Elsewhere
users are who they log in as, or the name in their certificate, and may do what ACLs say.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    UserScramCredentialUpsertion,
)

from pipeline.brokers.apache import ApacheKafka
from pipeline.brokers.process import LOOPBACK, free_port
from tests.kafka_helpers import admin_client

PLAIN_USER = "watch"
PASSWORD = "correct-horse-battery-staple-canary"
"""Looked for wherever it must not be."""


@dataclass
class SecureKafka:
    """The broker, its listeners, and the files that a client needs."""

    broker: ApacheKafka
    ports: dict[str, int]
    ca_file: Path
    other_ca_file: Path
    """Of an authority that the broker's certificate is not from."""
    cert_file: Path
    key_file: Path
    password_file: Path

    def servers(self, protocol: str) -> str:
        """Where the listener of this protocol is."""
        return f"localhost:{self.ports[protocol]}"

    def tls(self, *, mutual: bool = False) -> list[str]:
        """The options of a client that uses TLS."""
        options = [f"--bootstrap-servers={self.servers('SSL')}", f"--ssl-ca-file={self.ca_file}"]
        if mutual:
            options += [f"--ssl-cert-file={self.cert_file}", f"--ssl-key-file={self.key_file}"]
        return options

    def login(self, mechanism: str, protocol: str = "SASL_SSL") -> list[str]:
        """The options of a client that logs in."""
        options = [
            f"--bootstrap-servers={self.servers(protocol)}",
            f"--security-protocol={protocol}",
            f"--sasl-mechanism={mechanism}",
            f"--sasl-username={PLAIN_USER}",
            f"--sasl-password-file={self.password_file}",
        ]
        return options + ([f"--ssl-ca-file={self.ca_file}"] if protocol.endswith("SSL") else [])

    def allow(self, *rules: tuple[str, str, str], user: str = PLAIN_USER) -> None:
        """Lets the user do operations: (operation, kind of resource, name); ``*`` at its end is a
        prefix."""
        with admin_client(self.broker.bootstrap_servers) as admin:
            admin.create_acls([_acl(user, *rule) for rule in rules])

    def forbid_all(self) -> None:
        """Takes every right back."""
        everything = ACLFilter(
            None,
            None,
            ACLOperation.ANY,
            ACLPermissionType.ANY,
            ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY),
        )
        with admin_client(self.broker.bootstrap_servers) as admin:
            admin.delete_acls([everything])


def _acl(user: str, operation: str, kind: str, name: str) -> ACL:
    prefix = name.endswith("*") and name != "*"
    return ACL(
        f"User:{user}",
        "*",
        ACLOperation[operation],
        ACLPermissionType.ALLOW,
        ResourcePattern(
            ResourceType[kind],
            name.removesuffix("*") if prefix else name,
            ACLResourcePatternType.PREFIXED if prefix else ACLResourcePatternType.LITERAL,
        ),
    )


@contextmanager
def secure_kafka(folder: Path) -> Iterator[SecureKafka]:
    """Starts it; ``folder`` gets the certificates."""
    authority, other = trustme.CA(), trustme.CA()
    server = authority.issue_cert("localhost", LOOPBACK)
    client = authority.issue_cert("client.example", common_name=PLAIN_USER)
    ports = {name: free_port() for name in ("SSL", "SASL_PLAINTEXT", "SASL_SSL")}
    key_store = folder / "server.pem"
    secure = SecureKafka(
        ApacheKafka(settings=_settings(folder / "ca.pem", key_store), listeners=ports),
        ports,
        folder / "ca.pem",
        folder / "other-ca.pem",
        folder / "client.pem",
        folder / "client.key",
        folder / "password",
    )
    authority.cert_pem.write_to_path(secure.ca_file)
    other.cert_pem.write_to_path(secure.other_ca_file)
    for blob in client.cert_chain_pems:
        blob.write_to_path(secure.cert_file, append=True)
    client.private_key_pem.write_to_path(secure.key_file)
    secure.password_file.write_text(PASSWORD + "\n")
    # Kafka reads keys in PKCS 8 alone.
    key = load_pem_private_key(server.private_key_pem.bytes(), None)
    pkcs8 = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key_store.write_bytes(pkcs8 + b"".join(blob.bytes() for blob in server.cert_chain_pems))
    with secure.broker as broker:
        with admin_client(broker.bootstrap_servers) as admin:
            for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
                wish = UserScramCredentialUpsertion(PLAIN_USER, mechanism, PASSWORD)
                refused = admin.alter_user_scram_credentials([wish])
                assert not refused.get(PLAIN_USER), refused
        yield secure


def _settings(ca_file: Path, key_store: Path) -> dict[str, str]:
    return {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(key_store),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(ca_file),
        "ssl.client.auth": "requested",
        "ssl.principal.mapping.rules": "RULE:^.*CN=([^,]+).*$/$1/,DEFAULT",
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        **{
            f"listener.name.{name}.plain.sasl.jaas.config": (
                "org.apache.kafka.common.security.plain.PlainLoginModule required "
                f'user_{PLAIN_USER}="{PASSWORD}";'
            )
            for name in ("sasl_plaintext", "sasl_ssl")
        },
        **{
            f"listener.name.{name}.{mechanism}.sasl.jaas.config": (
                "org.apache.kafka.common.security.scram.ScramLoginModule required;"
            )
            for name in ("sasl_plaintext", "sasl_ssl")
            for mechanism in ("scram-sha-256", "scram-sha-512")
        },
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
    }
