"""Puts numbered articles on the wire at a steady rate, whatever becomes of the broker."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError

from pipeline.kafka_clients import client_settings
from pipeline.kafka_security import Cluster
from tests.chaos.accounts import Place
from tests.chaos.articles import WireArticle, wire_article

DELIVERY_MS = 8_000
"""After this long without an acknowledgement an article is in doubt, and sent again."""

MOST_UNDER_WAY = 500


class Producer(threading.Thread):
    """Writes articles 0, 1, 2, … until `finish`; idempotent, acknowledged by all replicas.

    Where it is not told whether an article has arrived, it sends that article again: then the
    wire may have it twice, as any wire may.
    """

    def __init__(
        self,
        bootstrap_servers: str,
        topic: str,
        rate: float,
        article: Callable[[int], WireArticle] = wire_article,
    ) -> None:
        """``rate`` is in articles a second."""
        super().__init__(name="chaos-producer", daemon=True)
        self.acknowledged: dict[int, Place | None] = {}
        """By number: where the article lies; None where the broker has it, and did not say."""
        self.in_doubt = 0
        """How many were sent again."""
        self._bootstrap_servers = bootstrap_servers
        self._topic = topic
        self._article = article
        self._pause = 1 / rate
        self._stopping = threading.Event()
        self._producer: KafkaProducer | None = None
        self._next = 0
        self._again: deque[int] = deque()
        self._under_way: deque[tuple[int, Any]] = deque()

    def finish(self, seconds: float) -> None:
        """Sends no new ones, and returns when all that was sent is acknowledged.

        Raises TimeoutError where that does not happen in time.
        """
        self._stopping.set()
        self.join(seconds)
        if self.is_alive():
            raise TimeoutError("the broker does not acknowledge the last articles")

    def run(self) -> None:
        """Sends and settles until there is nothing left to do."""
        due = time.monotonic()
        while not self._stopping.is_set() or self._again or self._under_way:
            self._settle()
            if self._again or (
                not self._stopping.is_set() and len(self._under_way) < MOST_UNDER_WAY
            ):
                self._send()
            # No burst after an outage: the wire itself goes on at its rate.
            due = max(due + self._pause, time.monotonic())
            time.sleep(max(due - time.monotonic(), 0.001))
        if self._producer is not None:
            self._producer.close(timeout=5)

    def _send(self) -> None:
        number = self._again.popleft() if self._again else self._next
        article = self._article(number)
        try:
            future = self._connected().send(
                self._topic, article.value, key=article.key, headers=article.headers
            )
        except KafkaError:
            if number != self._next:
                self._again.appendleft(number)
            self._abandon()
            time.sleep(0.2)
            return
        if number == self._next:
            self._next += 1
        self._under_way.append((number, future))

    def _settle(self) -> None:
        while self._under_way and self._under_way[0][1].is_done:
            number, future = self._under_way[0]
            if future.failed():
                # kafka-python's idempotent producer does not recover from a failure.
                self._abandon()
                return
            self._under_way.popleft()
            stored = future.value
            place = Place(stored.partition, stored.offset) if stored.offset >= 0 else None
            self.acknowledged[number] = place

    def _connected(self) -> KafkaProducer:
        if self._producer is None:
            self._producer = KafkaProducer(
                **client_settings(Cluster(self._bootstrap_servers), role="chaos-producer")
                | {
                    "acks": "all",
                    "enable_idempotence": True,
                    "delivery_timeout_ms": DELIVERY_MS,
                    "request_timeout_ms": DELIVERY_MS // 2,
                    "max_block_ms": DELIVERY_MS,
                }
            )
        return self._producer

    def _abandon(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.flush = lambda timeout=None: None
            producer.close(timeout=0)
        doubtful = [
            number for number, future in self._under_way if not future.is_done or future.failed()
        ]
        for number, future in self._under_way:
            if number not in doubtful:
                stored = future.value
                self.acknowledged[number] = Place(stored.partition, stored.offset)
        self._under_way.clear()
        self.in_doubt += len(doubtful)
        self._again.extendleft(reversed(doubtful))
