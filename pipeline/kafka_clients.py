"""The connection settings that every Kafka client of the project is made with.

Consumers, producers and admin clients all take them from `client_settings`, so that a
cluster is reached the same way from everywhere, and what it takes to reach one is said once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kafka.net.compat import KafkaNetClient
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector

from pipeline.header_names import read_any_names
from pipeline.kafka_security import Cluster

if TYPE_CHECKING:
    from kafka.errors import KafkaError

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

    def bootstrap(self, timeout_ms: float | None = None, refresh: bool = True) -> None:
        """Looks for a broker; raises `KafkaTimeoutError` where none is found in time."""
        try:
            super().bootstrap(timeout_ms, refresh)
        except BaseException:
            self.close()
            self._net.close()
            raise


def _net_client(**configs: Any) -> KafkaNetClient:
    net = NetworkSelector(**configs)
    return KafkaNetClient(net, _Connections(net, **configs))


def explain(error: KafkaError, cluster: Cluster) -> str:
    """Say in one sentence or two what went wrong with the broker, and what to do."""
    from kafka import errors as kafka_errors

    unreachable = (
        kafka_errors.KafkaConnectionError,
        kafka_errors.KafkaTimeoutError,
        kafka_errors.MetadataEmptyBrokerList,
        kafka_errors.NodeNotReadyError,
    )
    if isinstance(error, unreachable):
        return (
            f"no Kafka broker answers at {cluster} ({error}). Is it running? Another "
            "address is given by --bootstrap-servers or NEWSWIRE_BOOTSTRAP_SERVERS."
        )
    return f"the Kafka broker at {cluster} refused: {error}"
