"""A server as a child process on a loopback port: started, awaited, stopped, killed.

Knows nothing of any one program; `embedded`, `apache` and `registry` say what to run.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

from pipeline.brokers.dies_with_parent import dying_with_this_process

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.brokers.capabilities import Capabilities

LOOPBACK = "127.0.0.1"

_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.02
_LOG_LINES = 15


class BrokerError(Exception):
    """A broker or registry could not be started; the message says why and what to do."""


class LocalServer(ABC):
    """One server of ours; a context manager that starts and ends it.

    It lives in a session of its own, so Ctrl-C in the terminal reaches the pipeline and not
    the broker that the pipeline still writes to. However this process ends, so does the
    server; on systems other than Linux that does not hold for ``kill -9``. For the kernel
    the parent is the *thread* that calls `start`: call it from one that lives on.
    """

    name: ClassVar[str]
    """What people call it."""
    start_seconds: ClassVar[float]
    """After how long it is given up."""

    def __init__(self, port: int | None = None) -> None:
        """Take a free port, or the one given."""
        self._port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None

    @property
    def address(self) -> str:
        """Where clients find it: ``host:port``."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def pid(self) -> int | None:
        """The process's id; None while it is not running."""
        return self._process.pid if self.running and self._process else None

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def folder(self) -> Path:
        """The server's own temporary folder: settings, log, data; gone after the `with`."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="newswire-server-"))
        return self._folder

    def start(self) -> None:
        """Start it and return when a client can use it.

        After `stop` or `kill` it comes back at the same address. Raises BrokerError.
        """
        if self.running:
            raise BrokerError(f"{self.name} is running already at {self.address}.")
        if not self._port_is_free():
            # Not every broker notices: Tansu would share the port with whoever has it.
            raise BrokerError(
                f"{self.name} can't be started: another program listens on "
                f"{self.address}. End it, or ask for another port."
            )
        command = self._command()
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(
                dying_with_this_process(command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._await_ready()
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """End it in the ordinary way, by force where it takes too long; no error if it has."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as ``kill -9`` or a power cut does."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers, until `resume`."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen server go on."""
        self._send(signal.SIGCONT)

    def close(self) -> None:
        """Stop it and delete its folder."""
        self.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def _command(self) -> Sequence[str]:
        """The absolute path of the program, and its arguments; may prepare the folder."""

    def _await_ready(self) -> None:
        deadline = time.monotonic() + self.start_seconds
        while not self._port_answers():
            if not self.running:
                raise BrokerError(f"{self.name} ended while starting. {self._log_tail()}")
            if time.monotonic() > deadline:
                raise BrokerError(
                    f"{self.name} did not listen on {self.address} within "
                    f"{self.start_seconds:.0f} s. {self._log_tail()}"
                )
            time.sleep(_POLL_SECONDS)
        self._await_answer()
        if not self.running:
            # What answered is somebody else, on a port that we lost to them.
            raise BrokerError(f"{self.name} ended while starting. {self._log_tail()}")

    @abstractmethod
    def _await_answer(self) -> None:
        """Return when it answers a client in its own protocol; raise BrokerError where not."""

    def _end(self, how: signal.Signals) -> None:
        process = self._process
        if process is None:
            return
        self._send(signal.SIGCONT)
        self._send(how)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _send(self, what: signal.Signals) -> None:
        if self.running and self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(what)

    def _port_answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, self._port), 1.0):
            return True
        return False

    def _port_is_free(self) -> bool:
        with contextlib.suppress(OSError), socket.socket() as probe:
            # Connections of a broker that ended a moment ago do not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((LOOPBACK, self._port))
            return True
        return False

    @property
    def _log_path(self) -> Path:
        return self.folder / "server.log"

    def _log_tail(self) -> str:
        lines = self._log_path.read_text(encoding="utf-8", errors="replace").splitlines()
        if not lines:
            return "It printed nothing."
        return "\n".join(["Its last lines:", *lines[-_LOG_LINES:]])


class LocalBroker(LocalServer):
    """A Kafka broker of ours."""

    capabilities: ClassVar[Capabilities]

    @property
    def bootstrap_servers(self) -> str:
        """Where clients find it: ``host:port``."""
        return self.address

    def _await_answer(self) -> None:
        from kafka import KafkaAdminClient
        from kafka.errors import KafkaError

        from pipeline.kafka_clients import client_settings
        from pipeline.kafka_security import Cluster

        try:
            # Making a client asks for the cluster's metadata.
            cluster = Cluster(self.bootstrap_servers)
            KafkaAdminClient(**client_settings(cluster, role="broker-check")).close()
        except KafkaError as error:
            raise BrokerError(
                f"{self.name} listens on {self.bootstrap_servers} but does not answer a Kafka "
                f"client: {error}. {self._log_tail()}"
            ) from error


def free_port() -> int:
    """Return a loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
