"""The connection settings that every Kafka client of the project is made with.

Consumers, producers and admin clients all take them from `client_settings`, so that a
cluster is reached the same way from everywhere, and what it takes to reach one is said once.
"""

from __future__ import annotations

from typing import Any

from kafka.errors import KafkaError, KafkaTimeoutError
from kafka.net.compat import KafkaNetClient
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector

from pipeline.header_names import read_any_names
from pipeline.kafka_security import Cluster, Protocol
from pipeline.refusals import Right, TlsRefusedError, advice, is_refusal

BOOTSTRAP_TIMEOUT_MS = 5_000
"""How long a new client looks for a broker before it raises `KafkaTimeoutError`."""

REQUEST_TIMEOUT_MS = 15_000
"""Below the 20 s that a bundle may retry for: a hanging broker is noticed inside the bundle."""

RECONNECT_BACKOFF_MAX_MS = 2_000
"""A broker that comes back is found within two seconds, not after the library's thirty."""

METADATA_MAX_AGE_MS = 60_000
"""How old a client's view of leaders and partitions may get."""


def client_settings(cluster: Cluster, *, role: str) -> dict[str, Any]:
    """Return the keyword arguments that connect a kafka-python client.

    From the first call on, this process reads headers whose names are no UTF-8 too.

    ``role`` says what the client is for ("source", "sink", "commit"); brokers show it, as
    ``newswire-<role>``, in their logs and quotas. Secrets are read from their places now: hand the
    arguments to a client, and keep and log nothing of them. Raises
    `pipeline.outages.Misconfigured` where a secret is not there.
    """
    # For whoever reads: messages of others, or dead letters that hold their headers.
    read_any_names()
    return {
        **cluster.security.client_settings(),
        "bootstrap_servers": cluster.bootstrap_servers.split(","),
        "client_id": f"newswire-{role}",
        "bootstrap_timeout_ms": BOOTSTRAP_TIMEOUT_MS,
        "request_timeout_ms": REQUEST_TIMEOUT_MS,
        "reconnect_backoff_max_ms": RECONNECT_BACKOFF_MAX_MS,
        "metadata_max_age_ms": METADATA_MAX_AGE_MS,
        "kafka_client": _net_client,
    }


class _Connections(KafkaConnectionManager):  # type: ignore[misc]
    """Connections that are given up with the client that could not be made.

    A client that finds no broker raises before anybody has it to close it, and kafka-python
    leaves its thread and its sockets behind: in an outage of some hours, all that a process may
    have of them.
    """

    _refusal: KafkaError | None = None
    _lost_at_login = False

    def bootstrap(self, timeout_ms: float | None = None, refresh: bool = True) -> None:
        """Looks for a broker.

        Raises `KafkaTimeoutError` where none is found in time, and what says more where one was
        there and refused.
        """
        try:
            super().bootstrap(timeout_ms, refresh)
        except BaseException as error:
            self.close()
            self._net.close()
            if self._refusal is not None and isinstance(error, KafkaTimeoutError):
                raise self._refusal from error
            if self._lost_at_login and isinstance(error, KafkaTimeoutError):
                # A broker says why and hangs up; kafka-python often sees the latter first. Not
                # called a refusal: a broker in distress may look the same, and comes back.
                raise KafkaTimeoutError(
                    "the broker ends the connection at the login, as it does where --sasl-username "
                    "or the password is wrong"
                ) from error
            raise

    async def _build_transport(self, node: Any, timeout_at: float | None = None) -> Any:
        # kafka-python logs why TLS failed, and raises no more than that it timed out.
        try:
            return await super()._build_transport(node, timeout_at)
        except KafkaError as error:
            if _is_about_certificates(str(error)):
                self._refusal = TlsRefusedError(str(error.args[0]))
            raise

    async def _connect(self, node: Any, conn: Any, *more: Any, **others: Any) -> None:
        await super()._connect(node, conn, *more, **others)
        lost = conn.init_future.exception if conn.init_future.is_done else None
        self._lost_at_login = (
            lost is not None and conn.sasl_enabled and conn.broker_version_data is not None
        )
        if is_refusal(lost):
            self._refusal = lost
        # With TLS 1.3 a server tells what it thinks of a client's certificate after the handshake.
        elif lost is not None and _is_about_certificates(str(lost)):
            self._refusal = TlsRefusedError(str(lost.args[0]))


def _is_about_certificates(text: str) -> bool:
    """Whether a TLS error says that a certificate is not trusted, and not that a line broke."""
    return "CERTIFICATE" in text.upper() and "SSL" in text.upper()


def _net_client(**configs: Any) -> KafkaNetClient:
    net = NetworkSelector(**configs)
    return KafkaNetClient(net, _Connections(net, **configs))


def explain(error: KafkaError, cluster: Cluster, right: Right = Right.DESCRIBE) -> str:
    """Say in one sentence or two what went wrong with the broker, and what to do.

    ``right`` is what was needed on the topics.
    """
    from kafka import errors as kafka_errors

    unreachable = (
        kafka_errors.KafkaConnectionError,
        kafka_errors.KafkaTimeoutError,
        kafka_errors.MetadataEmptyBrokerList,
        kafka_errors.NodeNotReadyError,
    )
    if is_refusal(error):
        return f"the Kafka broker at {cluster} says no: {advice(error, right)}"
    if isinstance(error, unreachable):
        return (
            f"no Kafka broker answers at {cluster} ({error}). Is it running? Another "
            "address is given by --bootstrap-servers or NEWSWIRE_BOOTSTRAP_SERVERS. Does it speak "
            f"{cluster.security.protocol} there (--security-protocol)?"
        )
    return f"the Kafka broker at {cluster} refused: {error}"


def hidden(cluster: Cluster, needed: str = "READ on it") -> str:
    """A sentence to add where a topic is not seen: where users have rights it may yet be there."""
    if cluster.security.protocol == Protocol.PLAINTEXT:
        return ""
    return f" Or it is hidden from this user, who needs the ACL {needed}."
