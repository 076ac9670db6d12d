"""What 1,000 idle connections and a slow client of the metrics cost the pipeline.

One ``newswire run`` reads the same articles again and again. In every second turn 1,000
connections to its metrics say nothing, those that it closes are opened again, and one client reads
a byte at a time. Run it by ``make bench BENCHMARKS=connections``.
"""

from __future__ import annotations

import selectors
import socket
import statistics
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

from benchmarks.measuring import REUTERS, articles, machine, options, told
from benchmarks.wire import PARTITIONS, Pipeline, Took, Wire, kafka

CONNECTIONS = 1_000
LOOKS_A_SECOND = 10


@contextmanager
def idle_and_slow(url: str) -> Iterator[None]:
    """Holds the connections open meanwhile."""
    parts = urlsplit(url)
    done = threading.Event()
    thread = threading.Thread(target=_hold, args=((parts.hostname, parts.port), done))
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _hold(place: tuple[str, int], done: threading.Event) -> None:
    with ExitStack() as held, selectors.DefaultSelector() as closed:

        def connect() -> socket.socket:
            return held.enter_context(socket.create_connection(place))

        slow = connect()
        slow.sendall(b"GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n")
        slow.setblocking(False)
        for _ in range(CONNECTIONS):
            closed.register(connect(), selectors.EVENT_READ)
        while not done.wait(1 / LOOKS_A_SECOND):
            with suppress(OSError):
                slow.recv(1)
            for key, _ in closed.select(0):
                connection = key.fileobj
                assert isinstance(connection, socket.socket)
                closed.unregister(connection)
                connection.close()
                closed.register(connect(), selectors.EVENT_READ)


def main() -> None:
    """Measure turns with and without the connections, one after the other."""
    chosen = options(__doc__)
    count, rounds = (200, 3) if chosen.quick else (1_000, 6)
    name, values = articles(chosen.corpora, REUTERS, count)
    print(
        f"\n{CONNECTIONS:,} idle connections to the metrics and a slow client: {count:,} articles "
        f"of {name}, {PARTITIONS} partitions\n  {machine('apache-beam', 'kafka-python')}"
    )
    alone: list[Took] = []
    beside: list[Took] = []
    with (
        kafka() as broker,
        Wire(broker.bootstrap_servers, PARTITIONS) as wire,
        Pipeline(wire, "--prism=off") as pipeline,
    ):
        pipeline.await_ready()
        pipeline.read(broker, values)
        for _ in range(rounds):
            alone.append(pipeline.read(broker, values))
            with idle_and_slow(pipeline.url):
                beside.append(pipeline.read(broker, values))
            print(f"  {alone[-1].clock:.1f} s, {beside[-1].clock:.1f} s", file=sys.stderr)
    pairs = list(zip(alone, beside, strict=True))
    rate = count / statistics.median(one.clock for one in alone)
    print(f"  alone                    {rate:.1f} articles a second")
    print(f"  of its rate, beside them {told([one.clock / two.clock for one, two in pairs])}")
    print(f"  by processor             {told([one.pipeline / two.pipeline for one, two in pairs])}")


if __name__ == "__main__":
    main()
