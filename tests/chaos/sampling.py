"""Looks again and again: first at the offsets committed, and then at what is written.

In this order no honest pipeline can be caught with an offset past what it wrote.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from pipeline.kafka_clients import client_settings
from pipeline.kafka_security import Cluster
from pipeline.topics import TopicNames
from tests.chaos.accounts import Account
from tests.chaos.folder import FolderReader
from tests.chaos.invariants import Violation, commits_follow_writes
from tests.chaos.reading import TopicsReader

EVERY_SECONDS = 1.0


@dataclass
class Progress:
    """How far the group has come, and the longest time that it stood still."""

    committed: int = 0
    since: float = field(default_factory=time.monotonic)
    longest_stall: float = 0.0
    stalled_at: float = 0.0
    """When the longest stall ended, by the monotonic clock."""

    def note(self, committed: int) -> None:
        """Takes in how many articles are committed now."""
        if committed <= self.committed:
            return
        now = time.monotonic()
        # It has to start before it can stall.
        if self.committed and now - self.since > self.longest_stall:
            self.longest_stall, self.stalled_at = now - self.since, now
        self.committed, self.since = committed, now


class Sampler(threading.Thread):
    """Samples every second, and whenever asked; keeps what it found to be wrong."""

    def __init__(
        self,
        bootstrap_servers: str,
        group_id: str,
        topics: TopicNames,
        account: Account,
        folder: FolderReader,
    ) -> None:
        super().__init__(name="chaos-sampler", daemon=True)
        self.violations: list[Violation] = []
        self.samples = 0
        self.ends: dict[int, int] = {}
        """Of the wire's partitions, at the last sample."""
        self.committed: dict[int, int] = {}
        self.progress = Progress()
        self.error: BaseException | None = None
        """What ended the sampling, if anything did."""
        self._bootstrap_servers = bootstrap_servers
        self._group_id = group_id
        self._articles = topics.articles
        self._account = account
        self._topics = TopicsReader(bootstrap_servers, topics, account)
        self._folder = folder
        self._collecting = True
        self._checked: dict[int, int] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._admin: KafkaAdminClient | None = None

    def run(self) -> None:
        """Samples until `finish`."""
        try:
            while not self._stopping.wait(EVERY_SECONDS):
                self.sample()
        except BaseException as error:
            self.error = error
            raise

    def sample(self) -> bool:
        """Looks once; False where the broker does not answer. Safe from any thread."""
        with self._lock:
            try:
                committed = self._read_committed()
                self.ends = self._topics.read_to_the_ends()
            except KafkaError:
                self._drop_client()
                return False
            self._folder.read()
            self.violations += commits_follow_writes(self._account, committed, self._checked)
            self._checked |= committed
            self.committed = committed
            self.progress.note(sum(committed.values()))
            if self._collecting:
                self._folder.collect()
            self.samples += 1
            return True

    @property
    def is_caught_up(self) -> bool:
        """Whether everything that the wire held at the last sample is committed."""
        return bool(self.ends) and all(
            self.committed.get(partition, 0) >= end for partition, end in self.ends.items()
        )

    @contextmanager
    def not_collecting(self) -> Iterator[None]:
        """Within it no finished file is taken away, which would make room."""
        with self._lock:
            self._collecting = False
        try:
            yield
        finally:
            self._collecting = True

    def finish(self) -> None:
        """Samples no more by itself."""
        self._stopping.set()
        self.join()

    def close(self) -> None:
        """Ends the connections."""
        with self._lock:
            self._topics.close()
            self._drop_client()

    def _read_committed(self) -> dict[int, int]:
        if self._admin is None:
            self._admin = KafkaAdminClient(
                **client_settings(Cluster(self._bootstrap_servers), role="chaos-sampler")
            )
        found = self._admin.list_group_offsets(self._group_id)[self._group_id]
        return {
            partition.partition: offset.offset
            for partition, offset in found.items()
            if partition.topic == self._articles and offset.offset >= 0
        }

    def _drop_client(self) -> None:
        admin, self._admin = self._admin, None
        if admin is not None:
            admin.close()
