"""``newswire publish``: articles from files to a topic."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from pipeline import logs, options
from pipeline.errors import CommandError
from pipeline.options import option
from pipeline.sources.files import Entry, FileFormat, read_files

if TYPE_CHECKING:
    from pipeline.publishing import Published


@click.command(
    epilog="""\b
Examples:
  newswire publish feed.jsonl
  newswire publish monday.jsonl note.txt --topic newswire.articles
  some-wire-client | newswire publish - --bootstrap-servers kafka:9092

\b
Files: .jsonl has an article a line, .json one article or a list of them, .txt is one article
as it is. Anything else, and standard input, is looked at. Lines are sent as they stand: what is
no article becomes a dead letter in the pipeline.

\b
Exit codes: 0 all sent and acknowledged; 1 failed, or an article is larger than the topic takes;
2 usage.
""",
)
@click.argument(
    "files",
    metavar="FILE…",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
)
@option(
    "--topic",
    type=options.NAMES,
    default=options.DEFAULT_INPUT_TOPIC,
    help="The topic to send them to.",
)
@options.bootstrap_servers
@options.input_format
def publish(files: tuple[str, ...], topic: str, bootstrap_servers: str, input_format: str) -> None:
    """Send articles from files to a Kafka topic, keyed by their ids.

    "-" is standard input. Ends when the broker has acknowledged every one.
    """
    from pipeline.publishing import publish as send

    logs.configure("WARNING")
    published = send(
        read_files(files, FileFormat(input_format)),
        bootstrap_servers,
        topic,
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


def _say_too_large(entry: Entry, size: int, limit: int) -> None:
    click.echo(f"{entry.place}: {size:,} bytes, the topic takes {limit:,}: not sent", err=True)


def _show(published: Published) -> None:
    click.echo(f"\r{published.acknowledged:,} acknowledged", nl=False, err=True)
