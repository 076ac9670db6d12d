"""``newswire dashboard``: the live page."""

from __future__ import annotations

import socket
from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from pipeline import logs, options
from pipeline.cluster_options import kafka_cluster
from pipeline.commands.registry_access import registry_at
from pipeline.errors import CommandError
from pipeline.metrics_options import endpoint_options
from pipeline.options import Address
from pipeline.registry_options import schema_registry
from pipeline.settings_file import config_file
from pipeline.topics import TopicNames

if TYPE_CHECKING:
    from pipeline.kafka_security import Cluster
    from pipeline.metrics_endpoint import EndpointSettings
    from pipeline.serialization.registry_settings import RegistrySettings

DEFAULT_ADDRESS = Address("127.0.0.1", 9120)
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@click.command(
    epilog="""\b
Examples:
  newswire dashboard
  newswire dashboard --bootstrap-servers kafka:9092 --history 5000
  newswire dashboard --dashboard-address :9120 --allow-host wire.example.org \\
    --dashboard-tls-cert-file cert.pem --dashboard-tls-key-file key.pem \\
    --dashboard-user desk --dashboard-password-file password

\b
The page follows the topics of threats and denials as "newswire tail" does: without a group, and
nothing is committed. It stays up when Kafka, or this command, is away for a while.

\b
Exit codes: 0 ended by Ctrl-C or SIGTERM; 1 failed; 2 usage.
""",
)
@endpoint_options(
    "dashboard",
    what="the page",
    who="Who may see the page, with a password; without it, all who reach it.",
    default=str(DEFAULT_ADDRESS),
    help="Where to serve the page; port 0 takes a free one.",
)
@options.option(
    "--allow-host",
    "allowed_hosts",
    multiple=True,
    metavar="NAME",
    help="A name that the page is reached by, beside this machine's own. Several are allowed.",
)
@options.option(
    "--history",
    type=click.IntRange(min=0),
    default=1_000,
    help="How many of the newest records to begin with, of each partition.",
)
@options.option(
    "--keep",
    type=click.IntRange(min=100, max=50_000),
    default=10_000,
    help="How many records to hold, here and in the page; beyond that the oldest goes.",
)
@config_file
@kafka_cluster
@options.topic_prefix
@schema_registry
def dashboard(
    endpoint: EndpointSettings,
    allowed_hosts: tuple[str, ...],
    history: int,
    keep: int,
    cluster: Cluster,
    topic_prefix: str,
    registry: RegistrySettings | None,
) -> None:
    """Serve a page that shows threats and denials as they arrive."""
    # Here and not above: "newswire dashboard --help" needs neither a Kafka client nor a server.
    from kafka.errors import KafkaError

    from pipeline.dashboard.feed import Feed
    from pipeline.dashboard.lookup import Lookup
    from pipeline.dashboard.reader import Reader
    from pipeline.dashboard.server import Dashboard, listen
    from pipeline.kafka_clients import explain
    from pipeline.outages import Misconfigured
    from pipeline.pages.page import LivePage

    logs.configure("WARNING")
    feed, topics = Feed(keep), TopicNames(topic_prefix)
    try:
        listening = listen(endpoint.address)
    except OSError as error:
        raise CommandError(
            f"can't listen at {endpoint.address}: {error.strerror or error}. Another place is "
            "given by --dashboard-address or NEWSWIRE_DASHBOARD_ADDRESS."
        ) from error
    with (
        listening,
        registry_at(registry) if registry else nullcontext() as client,
    ):
        writer_of = client.writer_schema if client else None
        try:
            reader = Reader(cluster, topics, feed, writer_of)
            reader.start(history)
        except KafkaError as error:
            raise CommandError(explain(error, cluster)) from error
        try:
            served = Address(endpoint.address.host, listening.getsockname()[1])
            click.echo(f"Following  {topics.threats} and {topics.denials} at {cluster}")
            scheme = "https" if endpoint.cert_file else "http"
            click.echo(f"Live page  {scheme}://{served}/   (Ctrl-C ends it)")
            if served.host not in LOOPBACK and endpoint.user is None:
                click.echo(
                    "Warning: whoever reaches this address reads along. --dashboard-user asks for "
                    "a login.",
                    err=True,
                )
            names = {"localhost", socket.gethostname(), endpoint.address.host, *allowed_hosts}
            Dashboard(
                feed,
                Lookup(cluster, feed, writer_of),
                LivePage(keep=keep, title=topic_prefix),
                endpoint,
                {name.lower() for name in names},
            ).run(listening)
        except Misconfigured as error:
            raise CommandError(str(error)) from error
        finally:
            reader.close()
