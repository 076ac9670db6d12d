"""``newswire broker``: a small broker to try things with."""

from __future__ import annotations

import click

from pipeline.errors import CommandError
from pipeline.options import option
from pipeline.stopping import STOPPING, stopping_on_signals

LOOK_SECONDS = 0.5
"""How soon it is noticed that the broker has died."""


@click.command(
    epilog="""\b
Examples:
  newswire broker
  newswire broker --broker-port 19092

\b
The other commands look for a broker at localhost:9092, so in another terminal:
  newswire topics create
  newswire publish articles.jsonl
  newswire run

\b
Exit codes: 0 ended by Ctrl-C or SIGTERM; 1 failed; 2 usage.
"""
)
@option(
    "--broker-port",
    type=click.IntRange(0, 65_535),
    default=9092,
    help="The port to listen on, on this machine alone; 0 takes a free one.",
)
def broker(broker_port: int) -> None:
    """Run a small Kafka broker on this machine, to try things with, until Ctrl-C.

    It speaks Kafka's protocol and keeps everything in memory: what is on it is gone when it
    ends. It is no broker for production.
    """
    from pipeline.brokers.embedded import EmbeddedBroker
    from pipeline.brokers.process import BrokerError

    with stopping_on_signals(say=False):
        try:
            with EmbeddedBroker(broker_port or None) as running:
                click.echo(f"Broker     {running.bootstrap_servers}, in memory   (Ctrl-C ends it)")
                while running.running and not STOPPING.wait(LOOK_SECONDS):
                    pass
                if not STOPPING.is_set():
                    raise CommandError(f"{running.name} has ended by itself.")
        except BrokerError as error:
            raise CommandError(f"{error} (--broker-port)") from error
