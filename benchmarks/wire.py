"""A wire for a benchmark: topics on a broker, articles on it, and a program that reads it.

The broker stamps every message with the time at which it came to stand in its log
(``LogAppendTime``). So how long an article was on its way is told by the topics themselves: from
its own stamp to that of its extraction, which names the place it was read from.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, TypeVar

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from benchmarks.measuring import cpu_seconds
from pipeline.brokers import apache
from pipeline.brokers.apache import ApacheKafka
from pipeline.kafka_clients import client_settings
from pipeline.kafka_security import Cluster
from pipeline.runners import prism_binary
from pipeline.topics import TopicNames, create_topics, topic_specs
from tests.kafka_helpers import read_all, unique_name

Found = TypeVar("Found")

NEWSWIRE = str(Path(sys.executable).with_name("newswire"))
PARTITIONS = 8
LONGEST_SECONDS = 3_600.0
LOOK_SECONDS = 0.5
PLACE = ("newswire-partition", "newswire-offset")
"""Headers of an extraction: where the article stands."""


def kafka() -> ApacheKafka:
    """Apache Kafka, which stamps what it stores; ends the benchmark, and says why, without Java."""
    if reason := apache.unavailable_because():
        print(f"  not measured: Apache Kafka can't run here ({reason})")
        sys.exit()
    return ApacheKafka(settings={"log.message.timestamp.type": "LogAppendTime"})


def direct_runners() -> dict[str, list[str]]:
    """Arguments of ``newswire run`` for each Direct runner that is at hand."""
    program = prism_binary.find()
    if program is None:
        print("  not measured: Prism is not at hand (`make prism` builds it)")
    found = {"Prism": ["--prism=auto", f"--prism-location={program}"]} if program else {}
    return {**found, "in-process": ["--prism=off"]}


@dataclass(frozen=True)
class Took:
    """What it took to have articles extracted; in seconds, those of the clock and of processors."""

    clock: float
    """From the first article's arrival to the last one's acknowledged extraction."""
    pipeline: float
    """Of all its processes."""
    broker: float
    producer: float

    @property
    def total(self) -> float:
        """All that was asked of processors."""
        return self.pipeline + self.broker + self.producer


@dataclass
class Wire:
    """Topics that nothing else uses, and a producer."""

    bootstrap_servers: str
    partitions: int = 1
    names: TopicNames = field(default_factory=lambda: TopicNames(unique_name("bench")))
    sent: int = 0
    """Articles so far."""

    def __post_init__(self) -> None:
        settings = client_settings(Cluster(self.bootstrap_servers), role="bench")
        specs = topic_specs(self.names, partitions=self.partitions, replication_factor=1)
        with KafkaAdminClient(**settings) as admin:
            create_topics(admin, specs)
        self._producer = KafkaProducer(**settings, acks="all", linger_ms=5)
        self._consumer = KafkaConsumer(**settings)
        self._extractions = [
            TopicPartition(self.names.extractions, number) for number in range(self.partitions)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.close()
        self._consumer.close()

    def send(self, articles: Sequence[bytes], *, rate: float | None = None) -> None:
        """Sends the articles, to one partition after the other, and awaits that they are stored.

        ``rate`` is how many a second; None sends them as fast as it goes.
        """
        begun = time.monotonic()
        for number, article in enumerate(articles):
            if rate is not None:
                time.sleep(max(begun + number / rate - time.monotonic(), 0))
            self._producer.send(
                self.names.articles,
                article,
                key=b"%d" % self.sent,
                partition=self.sent % self.partitions,
            )
            self.sent += 1
        self._producer.flush()

    @property
    def extracted(self) -> int:
        """How many extractions there are, one for each article that is not skipped."""
        return sum(self._consumer.end_offsets(self._extractions).values())

    def ways(self) -> list[tuple[float, float]]:
        """Of each article that has an extraction, when it came and when that was there.

        In seconds since 1970, by the broker's clock and to the millisecond; in the order in which
        the articles came. An article that was written twice counts by the first time.
        """
        came = {
            (message.partition, message.offset): message.timestamp / 1_000
            for message in read_all(self.bootstrap_servers, self.names.articles)
        }
        done: dict[tuple[int, ...], float] = {}
        for message in read_all(self.bootstrap_servers, self.names.extractions):
            headers = dict(message.headers)
            place = tuple(int(headers[name]) for name in PLACE)
            stamp = message.timestamp / 1_000
            done[place] = min(stamp, done.get(place, stamp))
        return sorted((came[place], stamp) for place, stamp in done.items())


class Program:
    """A process that reads a wire and writes its extractions; ended when the block is left."""

    def __init__(self, wire: Wire, command: Sequence[str]) -> None:
        self._wire = wire
        self._log = tempfile.TemporaryFile("w+b")  # noqa: SIM115
        self.begun = time.time()
        self._process = subprocess.Popen(command, stdout=self._log, stderr=subprocess.STDOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        self._log.close()

    @property
    def pid(self) -> int:
        """Of the process, below which may be others."""
        return self._process.pid

    @property
    def cpu_seconds(self) -> float:
        """Its own and those of all processes below it: workers, Prism."""
        return cpu_seconds(self.pid)

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return os.pread(self._log.fileno(), 1 << 20, 0).decode()

    def read(self, broker: ApacheKafka, articles: Sequence[bytes]) -> Took:
        """Sends the articles at once, and has them read.

        What came before is to be written: starting up and warming up don't count.
        """
        before = self._wire.sent
        producer, own = time.process_time(), self.cpu_seconds
        brokers = cpu_seconds(broker.pid or 0)
        self._wire.send(articles)
        producer = time.process_time() - producer
        self.await_all_written()
        own, brokers = self.cpu_seconds - own, cpu_seconds(broker.pid or 0) - brokers
        ways = self._wire.ways()[before:]
        clock = max(done for _, done in ways) - min(came for came, _ in ways)
        return Took(clock, own, brokers, producer)

    def await_all_written(self) -> None:
        """Returns once all articles sent so far have their extraction."""
        self.until(lambda: self._wire.extracted >= self._wire.sent)

    def until(self, look: Callable[[], Found]) -> Found:
        """What ``look`` gives once it is true; ends the benchmark where the program ends."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while not (found := look()):
            if self._process.poll() is not None:
                sys.exit(f"the program has ended:\n{self.output}")
            if time.monotonic() > deadline:
                sys.exit(f"nothing came within {LONGEST_SECONDS:.0f} s:\n{self.output}")
            time.sleep(LOOK_SECONDS)
        return found


class Pipeline(Program):
    """``newswire run``."""

    def __init__(self, wire: Wire, *arguments: str) -> None:
        command = [
            NEWSWIRE,
            "run",
            f"--bootstrap-servers={wire.bootstrap_servers}",
            f"--input-topic={wire.names.articles}",
            f"--topic-prefix={wire.names.prefix}",
            f"--group-id={wire.names.prefix}",
            "--metrics-address=127.0.0.1:0",
        ]
        super().__init__(wire, [*command, *arguments])
        self._address: str | None = None

    def await_ready(self) -> None:
        """Returns once it is about to read: with several workers, once all of them are."""
        self.until(self._is_ready)

    @property
    def written(self) -> int:
        """How many articles are written and acknowledged, skipped ones included."""
        found = re.search(
            r"^newswire_articles_written_total (\S+)$", self._answer("metrics") or "", re.MULTILINE
        )
        return int(float(found[1])) if found else 0

    def _is_ready(self) -> bool:
        return self._answer("readyz") is not None

    def _answer(self, page: str) -> str | None:
        """None where it says no, or is too busy to answer in time and lets go of us."""
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{self.url}/{page}") as answer,
        ):
            text: str = answer.read().decode()
            return text
        return None

    @property
    def url(self) -> str:
        """Where its pages are served, without a path; awaited."""
        if self._address is None:
            found = self.until(lambda: re.search(r"Metrics .*at (http://\S+)/metrics", self.output))
            self._address = found[1]
        return self._address


def read_through(
    broker: ApacheKafka, first: Sequence[bytes], values: Sequence[bytes], *arguments: str
) -> Took:
    """Has ``newswire run`` with these arguments read ``values``, once it has read the first ones.

    On topics that nothing else uses, of ``PARTITIONS`` partitions.
    """
    with Wire(broker.bootstrap_servers, PARTITIONS) as wire, Pipeline(wire, *arguments) as pipeline:
        pipeline.await_ready()
        wire.send(first)
        pipeline.await_all_written()
        return pipeline.read(broker, values)
