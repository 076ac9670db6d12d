"""``newswire topics prune``: take withdrawn or old articles out of the topic of extractions."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pipeline import options
from pipeline.cluster_options import kafka_cluster
from pipeline.errors import CommandError
from pipeline.settings_file import config_file

if TYPE_CHECKING:
    from rich.table import Table

    from pipeline.kafka_security import Cluster
    from pipeline.pruning import ArticleOnTopic

SHOWN = 20
"""How many articles are listed before the question; the rest is a number."""


@click.command()
@config_file
@kafka_cluster
@options.topic_prefix
@click.option(
    "--withdrawn-before",
    type=options.DURATION,
    metavar="AGE",
    help="Prune withdrawn articles of which nothing was written for this long: 30d, 12h.",
)
@click.option(
    "--older-than",
    type=options.DURATION,
    metavar="AGE",
    help="Prune all articles of which nothing was written for this long: 365d.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be pruned, and write nothing.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def prune(
    cluster: Cluster,
    topic_prefix: str,
    withdrawn_before: float | None,
    older_than: float | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Take withdrawn or old articles out of PREFIX.extractions.

    That topic keeps the last value of every article for ever. This writes a tombstone (a null
    value) for those that nobody needs any more; Kafka's compaction then removes both, within about
    a day on the topic that `newswire topics create` makes. The other topics are left as they are:
    their retention takes care of them.

    The age of an article is the time since anything of it was last written to the topic, also
    by a run that read old articles again. Such a run brings a pruned article back.
    The pipeline can go on running: what it writes meanwhile stays.

    \b
    Examples:
      newswire topics prune --withdrawn-before 30d --dry-run
      newswire topics prune --withdrawn-before 30d --yes      for cron
      newswire topics prune --older-than 365d

    Exit codes: 0 ok, also where there is nothing to prune; 1 failed; 2 usage.
    """
    if withdrawn_before is None and older_than is None:
        raise click.UsageError(
            "say what to prune: --withdrawn-before 30d, --older-than 365d, or both."
        )
    # Here and not above: "newswire topics --help" needs no Kafka client.
    from kafka.errors import KafkaError

    from pipeline import pruning
    from pipeline.kafka_clients import explain
    from pipeline.topics import TopicNames

    topic = TopicNames(topic_prefix).extractions
    now = time.time()
    limits = pruning.Limits(
        withdrawn_before_ms=None if withdrawn_before is None else (now - withdrawn_before) * 1_000,
        written_before_ms=None if older_than is None else (now - older_than) * 1_000,
    )
    try:
        found = pruning.survey(cluster, topic, limits)
        click.echo(f"{topic}: {found.articles:,} articles, {found.withdrawn:,} of them withdrawn.")
        if not found.chosen:
            click.echo("Nothing to prune.")
            return
        _show(found.chosen)
        if dry_run:
            click.echo(f"{len(found.chosen):,} would be pruned; nothing was written.")
            return
        if not yes:
            _ask(len(found.chosen))
        done = pruning.prune(cluster, topic, found)
    except KafkaError as error:
        raise CommandError(explain(error, cluster)) from error
    kept = f" {done.kept:,} were written anew meanwhile and stay." if done.kept else ""
    click.echo(f"{done.pruned:,} pruned.{kept}")


def _ask(count: int) -> None:
    if not sys.stdin.isatty():
        raise CommandError("there is nobody to ask: --yes prunes without asking.")
    click.confirm(f"Prune {count:,} articles for good?", abort=True)


def _show(articles: tuple[ArticleOnTopic, ...]) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    console.print(_table(articles[:SHOWN]))
    if len(articles) > SHOWN:
        console.print(f"and {len(articles) - SHOWN:,} more")


def _table(articles: tuple[ArticleOnTopic, ...]) -> Table:
    from rich.table import Table
    from rich.text import Text

    from pipeline.tables import printable

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("Article", "Revision", "Status", "Last written"):
        table.add_column(title, overflow="fold")
    for article in articles:
        written = datetime.fromtimestamp(article.written_ms / 1_000, UTC)
        table.add_row(
            Text(printable(article.article_id, 60)),
            str(article.revision),
            printable(article.status).lower(),
            written.isoformat(sep=" ", timespec="seconds"),
        )
    return table
