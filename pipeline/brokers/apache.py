"""Apache Kafka itself, one KRaft node in a child process, for the tests.

It needs Java 17 or newer, and Maven to fetch its jars once into the cache folder
(``NEWSWIRE_CACHE``, else ``newswire`` in the user's cache). Its data stays in the broker's
folder over `stop`, `kill` and `start`, and is deleted by `close`.
"""

from __future__ import annotations

import base64
import shutil
import tempfile
import uuid
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pipeline.brokers.capabilities import APACHE_KAFKA, Capabilities
from pipeline.brokers.java import run, version_of
from pipeline.brokers.process import LOOPBACK, BrokerError, LocalBroker, free_port
from pipeline.caches import cache_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

KAFKA_VERSION = "4.1.0"
OLDEST_JAVA = 17

_JARS = f"""\
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>newswire</groupId>
  <artifactId>broker-jars</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>{KAFKA_VERSION}</version>
    </dependency>
    <!-- Without it Kafka prints nothing, not even why it does not start. -->
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>2.24.3</version>
    </dependency>
  </dependencies>
</project>
"""
_FETCH_SECONDS = 300
_FORMAT_SECONDS = 60

# For one small broker on a busy machine: little memory, and less time in the compiler.
_JVM = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")

_SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "auto.create.topics.enable": "false",
    # One node can't hold the usual three copies.
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    # The usual fifty partitions each cost more time than everything else at the start.
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.num.partitions": "1",
    "group.initial.rebalance.delay.ms": "0",
    # After a kill the node may only register again when its former session has run out.
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "500",
    "log.cleaner.dedupe.buffer.size": "2097152",
}


class ApacheKafka(LocalBroker):
    """A single node that is broker and controller."""

    name: ClassVar[str] = f"Apache Kafka {KAFKA_VERSION}"
    capabilities: ClassVar[Capabilities] = APACHE_KAFKA
    start_seconds: ClassVar[float] = 60.0

    def __init__(
        self,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
        listeners: Mapping[str, int] | None = None,
    ) -> None:
        """``settings`` are lines of server.properties, over our own: ``message.max.bytes``.

        ``listeners`` are ports beside the plain one by what is spoken there, as ``SASL_SSL``.
        """
        super().__init__(port)
        self._settings = dict(settings or {})
        self._listeners = dict(listeners or {})
        self._controller_port = free_port()

    def _command(self) -> list[str]:
        reason = unavailable_because()
        if reason:
            raise BrokerError(f"Apache Kafka can't be started here: {reason}.")
        properties = self.folder / "server.properties"
        properties.write_text(self._properties(), encoding="utf-8")
        if not (self.folder / "data" / "meta.properties").exists():
            self._format(properties)
        return [*_java(), "kafka.Kafka", str(properties)]

    def _properties(self) -> str:
        controller = f"{LOOPBACK}:{self._controller_port}"
        plain = f"PLAINTEXT://{self.bootstrap_servers}"
        others = "".join(f",{name}://localhost:{port}" for name, port in self._listeners.items())
        protocols = "".join(f",{name}:{name}" for name in self._listeners)
        places = {
            "listeners": f"{plain},CONTROLLER://{controller}{others}",
            "advertised.listeners": f"{plain}{others}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"
            + protocols,
            "controller.quorum.voters": f"1@{controller}",
            "log.dirs": str(self.folder / "data"),
        }
        lines = _SETTINGS | places | self._settings
        return "".join(f"{name}={value}\n" for name, value in lines.items())

    def _format(self, properties: Path) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")
        # An id must not begin like an option of the tool.
        cluster = "N" + cluster[1:]
        tool = ["kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(properties)]
        run([*_java(), *tool], _FORMAT_SECONDS)


@cache
def unavailable_because() -> str | None:
    """Say why Apache Kafka can't run here; None where it can.

    The first call fetches the jars if need be, which takes up to a minute.
    """
    found = java_version()
    if found is None:
        return "java not found"
    if found < OLDEST_JAVA:
        return f"java is {found}, Kafka {KAFKA_VERSION} needs {OLDEST_JAVA} or newer"
    try:
        _jars()
    except BrokerError as error:
        return str(error)
    return None


def java_version() -> int | None:
    """The major version of the ``java`` on the path; None where there is none that runs."""
    java = shutil.which("java")
    return None if java is None else version_of(java)


def _java() -> list[str]:
    return [shutil.which("java") or "java", *_JVM, "-cp", str(_jars() / "*")]


def _jars() -> Path:
    folder = cache_folder() / f"kafka-{KAFKA_VERSION}"
    if folder.is_dir():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise BrokerError("mvn not found, which fetches Kafka's jars")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        project = Path(work) / "pom.xml"
        project.write_text(_JARS, encoding="utf-8")
        jars = Path(work) / "jars"
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={jars}"]
        run([maven, "-q", "-B", "-f", str(project), *goal], _FETCH_SECONDS)
        try:
            # In one step, so that a folder of that name is always whole.
            jars.rename(folder)
        except OSError:
            # Another process was faster.
            if not folder.is_dir():
                raise
    return folder
