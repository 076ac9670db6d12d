"""``newswire topics``: make the topics that the pipeline reads and writes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from pipeline import options
from pipeline.cluster_options import kafka_cluster
from pipeline.commands.topics_describe import describe
from pipeline.commands.topics_prune import prune
from pipeline.commands.topics_text import advice, difference_table, state_cells
from pipeline.errors import CommandError
from pipeline.settings_file import config_file
from pipeline.topic_state import TopicState, differences, topic_states
from pipeline.topics import (
    BROKER_DEFAULT_REPLICATION,
    DEFAULT_MAX_MESSAGE_BYTES,
    DEFAULT_PARTITIONS,
    TopicNames,
    TopicOutcome,
    TopicResult,
    TopicSpec,
    create_topics,
    topic_specs,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pipeline.kafka_security import Cluster

_STYLES = {
    TopicOutcome.CREATED: "green",
    TopicOutcome.EXISTS: "cyan",
    TopicOutcome.FAILED: "bold red",
}


@click.group()
def topics() -> None:
    """Make and describe the topics of the pipeline, and take old articles out of one."""


topics.add_command(describe)
topics.add_command(prune)


@topics.command()
@config_file
@kafka_cluster
@options.topic_prefix
@options.input_topics
@options.option(
    "--partitions",
    type=click.IntRange(min=1),
    default=DEFAULT_PARTITIONS,
    help="Partitions of each topic but the dead letters, which have one.",
)
@options.option(
    "--replication-factor",
    type=click.IntRange(min=1),
    show_default="the cluster's own",
    help="Copies of each partition.",
)
@options.option(
    "--max-message-bytes",
    type=click.IntRange(min=1024),
    default=DEFAULT_MAX_MESSAGE_BYTES,
    help="The largest message that a topic takes; dead letters may have 64 KiB more than the "
    "largest article.",
)
@options.option(
    "--articles-retention",
    type=options.DURATION_OR_FOREVER,
    default="7d",
    help='How long articles are kept: 12h, 7d, "forever".',
)
@options.option(
    "--records-retention",
    type=options.DURATION_OR_FOREVER,
    default="30d",
    help='How long records and dead letters are kept: 12h, 30d, "forever".',
)
def create(
    cluster: Cluster,
    topic_prefix: str,
    input_topics: tuple[str, ...],
    partitions: int,
    replication_factor: int | None,
    max_message_bytes: int,
    articles_retention: float,
    records_retention: float,
) -> None:
    """Make the topics of articles, actors, threats, denials, extractions and dead letters.

    A topic that exists is left as it is, so the command can be repeated. Where it differs from
    what is wished, the difference is shown, and the command of Kafka's own tools that would
    end it.

    \b
    Examples:
      newswire topics create
      newswire topics create --bootstrap-servers kafka1:9092,kafka2:9092 \\
          --partitions 12 --replication-factor 3
      newswire topics create --topic-prefix test --input-topic test.articles

    Exit code 1 where a topic could not be made, 2 for wrong usage.
    """
    specs = partial(
        topic_specs,
        TopicNames(topic_prefix),
        input_topics=input_topics,
        partitions=partitions,
        replication_factor=replication_factor or BROKER_DEFAULT_REPLICATION,
        max_message_bytes=max_message_bytes,
        articles_retention=articles_retention,
        records_retention=records_retention,
    )
    results, states = _create(cluster, input_topics, specs)
    console = Console()
    console.print(_table(results, states))
    found = [
        difference
        for result in results
        if result.outcome is TopicOutcome.EXISTS and result.spec.name in states
        for difference in differences(result.spec, states[result.spec.name])
    ]
    if found:
        console.print(
            "\nTopics that exist are left as they are. These differ from what was wished:"
        )
        console.print(difference_table(found))
        console.print("\nTo bring them in line:")
        for line in advice(found, cluster):
            console.print(f"  {line}", soft_wrap=True, markup=False, highlight=False)
    failed = [result for result in results if result.outcome is TopicOutcome.FAILED]
    if failed:
        reasons = "\n".join(f"  {result.spec.name}: {result.reason}" for result in failed)
        raise CommandError(f"{len(failed)} of {len(results)} topics could not be made:\n{reasons}")


def _create(
    cluster: Cluster,
    input_topics: Sequence[str],
    specs: Callable[..., Sequence[TopicSpec]],
) -> tuple[list[TopicResult], dict[str, TopicState]]:
    # Here and not above: "newswire topics --help" needs no Kafka client.
    from kafka import KafkaAdminClient
    from kafka.errors import KafkaError

    from pipeline.kafka_clients import client_settings, explain
    from pipeline.sinks.kafka import message_limits

    try:
        with KafkaAdminClient(**client_settings(cluster, role="topics")) as admin:
            existing = set(admin.list_topics()).intersection(input_topics)
            limits = message_limits(cluster, sorted(existing)) if existing else {}
            results = create_topics(
                admin, specs(largest_article_bytes=max(limits.values(), default=0))
            )
            return results, topic_states(admin, [result.spec.name for result in results])
    except KafkaError as error:
        raise CommandError(explain(error, cluster)) from error


def _table(results: Sequence[TopicResult], states: Mapping[str, TopicState]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Topic", no_wrap=True)
    table.add_column("")
    for title in ("Partitions", "Copies", "Kept", "Cleanup", "Max bytes"):
        table.add_column(title, justify="right")
    for result in results:
        outcome = f"[{_STYLES[result.outcome]}]{result.outcome}"
        state = states.get(result.spec.name)
        cells = state_cells(state) if state and result.outcome is not TopicOutcome.FAILED else ()
        table.add_row(result.spec.name, outcome, *cells)
    return table
