"""A schema registry, Apicurio Registry in a child process, for the tests.

It speaks the protocol of Confluent's under `LocalRegistry.url`. It needs Java 21 or newer, which
need not be the one on the path, and Maven to fetch it once (160 MB) into the cache folder. Its
schemas stay in the server's folder over `stop`, `kill` and `start`, and are deleted by `close`.
"""

from __future__ import annotations

import shutil
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path
from typing import ClassVar

from pipeline.brokers.java import find_java, run
from pipeline.brokers.process import LOOPBACK, BrokerError, LocalServer, free_port
from pipeline.caches import cache_folder

APICURIO_VERSION = "3.3.3"
OLDEST_JAVA = 21

_ARTIFACT = f"io.apicurio:apicurio-registry-app:{APICURIO_VERSION}:tar.gz:all"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
_FETCH_SECONDS = 600
_POLL_SECONDS = 0.1
_ANSWER_SECONDS = 5.0

# For one small server on a busy machine: little memory, and less time in the compiler.
_JVM = ("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


class LocalRegistry(LocalServer):
    """A registry with storage of its own."""

    name: ClassVar[str] = f"Apicurio Registry {APICURIO_VERSION}"
    start_seconds: ClassVar[float] = 90.0

    def __init__(self, port: int | None = None) -> None:
        """Take a free port, or the one given."""
        super().__init__(port)
        self._management_port = free_port()

    @property
    def url(self) -> str:
        """What ``--schema-registry-url`` wants."""
        return f"http://{self.address}/apis/ccompat/v7"

    def _command(self) -> list[str]:
        java = find_java(OLDEST_JAVA)
        reason = unavailable_because()
        if reason or java is None:
            raise BrokerError(f"{self.name} can't be started here: {reason}.")
        host, port = self.address.split(":")
        settings = {
            "quarkus.http.host": host,
            "quarkus.http.port": port,
            "quarkus.management.host": LOOPBACK,
            "quarkus.management.port": str(self._management_port),
            "apicurio.datasource.url": f"jdbc:h2:file:{self.folder / 'schemas'};WRITE_DELAY=0",
            "apicurio.datasource.jdbc.initial-size": "2",
            "apicurio.datasource.jdbc.min-size": "2",
        }
        properties = [f"-D{name}={value}" for name, value in settings.items()]
        return [java, *_JVM, *properties, "-jar", str(_application() / "quarkus-run.jar")]

    def _await_answer(self) -> None:
        deadline = time.monotonic() + self.start_seconds
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/subjects", timeout=_ANSWER_SECONDS):
                    return
            except (OSError, urllib.error.URLError) as error:
                if not self.running or time.monotonic() > deadline:
                    raise BrokerError(
                        f"{self.name} does not answer at {self.url}: {error}. {self._log_tail()}"
                    ) from error
            time.sleep(_POLL_SECONDS)


@cache
def unavailable_because() -> str | None:
    """Say why the registry can't run here; None where it can.

    The first call fetches it if need be, which takes up to some minutes.
    """
    if find_java(OLDEST_JAVA) is None:
        return f"no Java {OLDEST_JAVA} or newer found, which Apicurio {APICURIO_VERSION} needs"
    try:
        _application()
    except BrokerError as error:
        return str(error)
    return None


def _application() -> Path:
    folder = cache_folder() / f"apicurio-registry-{APICURIO_VERSION}"
    if folder.is_dir():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise BrokerError("mvn not found, which fetches the registry")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        copy = [_COPY, f"-Dartifact={_ARTIFACT}", f"-DoutputDirectory={work}"]
        run([maven, "-q", "-B", *copy], _FETCH_SECONDS)
        unpacked = Path(work) / "unpacked"
        (archive,) = Path(work).glob("*.tar.gz")
        with tarfile.open(archive) as packed:
            packed.extractall(unpacked, filter="data")
        try:
            # In one step, so that a folder of that name is always whole.
            unpacked.rename(folder)
        except OSError:
            # Another process was faster.
            if not folder.is_dir():
                raise
    return folder
