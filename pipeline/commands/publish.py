"""``newswire publish``: articles from files to a topic."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import click

from pipeline import logs, options
from pipeline.cluster_options import kafka_cluster
from pipeline.commands.registry_access import registry_at
from pipeline.errors import CommandError
from pipeline.options import option
from pipeline.plain_text import escaped
from pipeline.registry_options import schema_registry
from pipeline.settings_file import config_file
from pipeline.sources.files import Entry, FileFormat, read_files

if TYPE_CHECKING:
    from pipeline.articles import Article
    from pipeline.kafka_security import Cluster
    from pipeline.publishing import Published
    from pipeline.serialization.registry_settings import RegistrySettings


@click.command(
    epilog="""\b
Examples:
  newswire publish feed.jsonl
  newswire publish monday.jsonl note.txt --topic newswire.articles
  newswire publish november/ --format avro
  some-wire-client | newswire publish - --bootstrap-servers kafka:9092

\b
Files: .jsonl has an article a line, .json one article or a list of them, .txt is one article
as it is, .avro is an Avro container; each may be compressed (.gz). Anything else, and standard
input, is looked at. A folder stands for the files in it and below.

\b
As JSON, lines are sent as they stand. As Avro, they are in single-object encoding, or with a
registry in the Confluent wire format; the registry must have the schema (newswire schemas
register article). What is no article is sent as it is, and the pipeline makes a dead letter of it.

\b
Exit codes: 0 all sent and acknowledged; 1 failed, or an article is larger than the topic takes;
2 usage.
""",
)
@click.argument(
    "files",
    metavar="FILE|FOLDER…",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, allow_dash=True),
)
@option(
    "--topic",
    type=options.NAMES,
    default=options.DEFAULT_INPUT_TOPIC,
    help="The topic to send them to.",
)
@config_file
@kafka_cluster
@options.input_format
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["json", "avro"]),
    default="json",
    show_default=True,
    help="What to send articles as.",
)
@schema_registry
def publish(
    files: tuple[str, ...],
    topic: str,
    cluster: Cluster,
    input_format: str,
    output_format: str,
    registry: RegistrySettings | None,
) -> None:
    """Send articles from files to a Kafka topic, keyed by their ids.

    "-" is standard input. Ends when the broker has acknowledged every one.
    """
    from pipeline.publishing import publish as send

    logs.configure("WARNING")
    encode = _as_avro(topic, registry) if output_format == "avro" else None
    published = send(
        read_files(files, FileFormat(input_format)),
        cluster,
        topic,
        encode=encode,
        on_too_large=_say_too_large,
        on_progress=_show if sys.stderr.isatty() else lambda published: None,
    )
    if sys.stderr.isatty():
        click.echo(err=True)
    dead = published.no_articles
    click.echo(
        f"{published.acknowledged:,} published to {topic}"
        + (f", {dead:,} of them no articles: they will become dead letters" if dead else "")
    )
    if published.too_large:
        raise CommandError(
            f"not sent, for topic {topic} takes none so large: {published.too_large:,}. The "
            "topic's max.message.bytes says how large an article may be."
        )


def _as_avro(topic: str, registry: RegistrySettings | None) -> Callable[[Article], bytes]:
    from pipeline.serialization.articles import article_schema, encode_article

    schema_id = None
    if registry is not None:
        with registry_at(registry) as client:
            schema_id = client.schema_id(topic, article_schema())
    return partial(encode_article, schema_id=schema_id)


def _say_too_large(entry: Entry, size: int, limit: int) -> None:
    click.echo(
        f"{escaped(entry.place)}: {size:,} bytes, the topic takes {limit:,}: not sent", err=True
    )


def _show(published: Published) -> None:
    click.echo(f"\r{published.acknowledged:,} acknowledged", nl=False, err=True)
