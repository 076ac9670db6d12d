"""``newswire demo``: everything at one command, to see it work."""

from __future__ import annotations

import socket
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline import logs, options
from pipeline.data import FEED
from pipeline.errors import CommandError
from pipeline.options import Address, option
from pipeline.stopping import STOPPING, stopping_on_signals

if TYPE_CHECKING:
    from kafka.consumer.fetcher import ConsumerRecord
    from rich.console import Console

    from pipeline.kafka_security import Cluster
    from pipeline.progress import Progress
    from pipeline.topics import TopicNames

METRICS_ADDRESS = Address("127.0.0.1", 9108)

TABLE_WIDTH = 120
"""Where the output is no terminal; one has its own width."""

SHOWN = 200
"""The most threats, and denials, that are worth a row each."""


@click.command(
    epilog="""\b
Examples:
  newswire demo
  newswire demo --articles feed.jsonl
  newswire demo --bootstrap-servers kafka:9092

\b
The embedded broker keeps everything in memory and ends with the demo. On a broker of your own
the topics stay: `newswire tail` shows them again.
"""
)
@click.option(
    "--articles",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="Your own articles: a file as `newswire publish` takes it.  [default: the bundled feed]",
)
@option(
    "--bootstrap-servers",
    type=options.SERVERS,
    default=None,
    show_default="an embedded broker",
    help="Your own Kafka brokers.",
)
@click.pass_context
def demo(context: click.Context, articles: Path | None, bootstrap_servers: str | None) -> None:
    """Publish a news feed to a broker, run the pipeline over it, and show what it finds."""
    from rich.console import Console

    logs.configure("WARNING")
    console = Console(width=None if sys.stdout.isatty() else TABLE_WIDTH, highlight=False)
    with stopping_on_signals(), ExitStack() as stack:
        servers = bootstrap_servers or _embedded_broker(stack, console)
        _demo(context, console, servers, articles or FEED)
    if STOPPING.is_set():
        context.exit(130)


def _embedded_broker(stack: ExitStack, console: Console) -> str:
    from pipeline.brokers.embedded import EmbeddedBroker
    from pipeline.brokers.process import BrokerError

    try:
        broker = stack.enter_context(EmbeddedBroker())
    except BrokerError as error:
        raise CommandError(str(error)) from error
    console.print(f"Broker     embedded, at {broker.bootstrap_servers}, in memory")
    return broker.bootstrap_servers


def _demo(context: click.Context, console: Console, servers: str, articles: Path) -> None:
    from kafka.errors import KafkaError

    from pipeline.kafka_clients import explain
    from pipeline.kafka_security import Cluster
    from pipeline.sources.readback import ends_of, read_between
    from pipeline.topics import TopicNames

    topics, cluster = TopicNames(), Cluster(servers)
    try:
        _create_topics(console, cluster, topics)
        begins = ends_of(cluster, topics.outputs)
        _publish(console, cluster, topics.articles, articles)
        progress = None if STOPPING.is_set() else _run(context, console, servers)
        messages = list(read_between(cluster, begins, ends_of(cluster, topics.outputs)))
    except KafkaError as error:
        raise CommandError(explain(error, cluster)) from error
    if messages:
        _show(console, topics, messages)
    if progress is not None:
        console.print(f"{progress.articles:,} articles, {progress.rate:.1f} a second.")


def _create_topics(console: Console, cluster: Cluster, topics: TopicNames) -> None:
    from kafka import KafkaAdminClient

    from pipeline.kafka_clients import client_settings
    from pipeline.topics import TopicOutcome, create_topics, topic_specs

    with KafkaAdminClient(**client_settings(cluster, role="demo")) as admin:
        results = create_topics(admin, topic_specs(topics))
    for result in results:
        if result.outcome is TopicOutcome.FAILED:
            raise CommandError(f"topic {result.spec.name} can't be made: {result.reason}")
    console.print(f"Topics     {topics.articles} → {', '.join(topics.outputs)}", soft_wrap=True)


def _publish(console: Console, cluster: Cluster, topic: str, articles: Path) -> None:
    from pipeline.publishing import publish
    from pipeline.sources.files import FileFormat, read_files

    entries = read_files((str(articles),), FileFormat.AUTO)
    published = publish(takewhile(lambda entry: not STOPPING.is_set(), entries), cluster, topic)
    of = "the bundled feed" if articles == FEED else str(articles)
    console.print(f"Published  {published.acknowledged:,} messages: {of}")
    if published.too_large:
        console.print(f"           {published.too_large:,} are larger than the topic takes")


def _run(context: click.Context, console: Console, servers: str) -> Progress | None:
    from pipeline.commands.run import Interrupted, run

    metrics_address = _free(METRICS_ADDRESS)
    console.print(f"Running    until caught up; metrics at http://{metrics_address}/metrics")
    try:
        progress: Progress | None = context.invoke(
            run,
            bootstrap_servers=servers,
            until_caught_up=True,
            metrics_address=metrics_address,
            log_level="WARNING",
        )
    except Interrupted as stopped:
        return stopped.progress
    return progress


def _free(address: Address) -> Address:
    """The address, or one with a free port where another program listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            probe.bind((address.host, 0))
        return Address(*probe.getsockname())


def _show(console: Console, topics: TopicNames, messages: list[ConsumerRecord]) -> None:
    from pipeline import tables
    from pipeline.records import Denial, Threat
    from pipeline.serialization.avro import decode

    dead = [message for message in messages if message.topic == topics.dead_letters]
    records = [decode(bytes(m.value)) for m in messages if m.topic in topics.records]
    records.sort(key=lambda record: (record.provenance.article_id, record.provenance.revision))
    threats = [record for record in records if isinstance(record, Threat)]
    denials = [record for record in records if isinstance(record, Denial)]
    console.print()
    console.print(tables.threats_table(threats[:SHOWN]))
    console.print(tables.denials_table(denials[:SHOWN], threats))
    if max(len(threats), len(denials)) > SHOWN:
        console.print(f"The first {SHOWN} of each are shown; `newswire tail` shows all.")
    written = Counter(message.topic for message in messages)
    for line in _summary(topics, written, dead):
        console.print(line)


def _summary(
    topics: TopicNames, written: Counter[str], dead: list[ConsumerRecord]
) -> Iterator[str]:
    from pipeline.sinks.dead_letters import PREFIX

    for topic in topics.outputs:
        yield f"{topic:<24}{written[topic]:>7,} records"
    reasons = Counter(dict(message.headers)[f"{PREFIX}reason"].decode() for message in dead)
    if reasons:
        yield "Dead letters: " + ", ".join(f"{count} {why}" for why, count in reasons.most_common())
