"""``newswire topics describe``: what the topics are like, what they hold, how far reading is."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from pipeline import options
from pipeline.cluster_options import kafka_cluster
from pipeline.commands.topics_text import state_cells
from pipeline.errors import CommandError
from pipeline.settings_file import config_file
from pipeline.topic_state import TopicState, topic_states
from pipeline.topics import TopicNames

if TYPE_CHECKING:
    from pipeline.kafka_security import Cluster
    from pipeline.topic_offsets import PartitionOffsets


@click.command()
@config_file
@kafka_cluster
@options.topic_prefix
@options.input_topics
@options.input_topic_pattern
@options.group_id
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
def describe(
    cluster: Cluster,
    topic_prefix: str,
    input_topics: tuple[str, ...],
    input_topic_pattern: str | None,
    group_id: str,
    as_json: bool,
) -> None:
    """Show all topics of the pipeline: settings, offsets, and how far the group has read.

    Offsets are shown for each partition: of the oldest message that is left, of the end, and, for
    input topics, what the group has committed and how many messages are before it.

    \b
    Examples:
      newswire topics describe
      newswire topics describe --group-id watch --input-topic reuters
      newswire topics describe --json | jq '[.offsets[].lag // 0] | add'

    Exit codes: 0 ok; 1 a topic is missing, or no broker answers; 2 usage.
    """
    from kafka.errors import KafkaError

    from pipeline.kafka_clients import explain
    from pipeline.refusals import Right

    named = options.named_topics(input_topics, input_topic_pattern)
    names = TopicNames(topic_prefix)
    try:
        states, offsets, read = _look(cluster, names, named, input_topic_pattern, group_id)
    except KafkaError as error:
        # The ends of partitions are looked up by reading (`pipeline.sources.offsets`).
        raise CommandError(explain(error, cluster, Right.READ)) from error
    expected = [*sorted(read), *names.outputs]
    if as_json:
        click.echo(json.dumps(_json(expected, states, offsets, group_id), indent=2))
    else:
        console = Console()
        console.print(_topic_table(expected, states, offsets))
        console.print()
        console.print(_offset_table(expected, offsets, group_id))
    missing = [name for name in expected if name not in states]
    if missing:
        raise CommandError(
            f"there is no topic {', '.join(missing)} at {cluster}. `newswire topics "
            "create` makes the topics; --input-topic and --topic-prefix name others."
        )


def _look(
    cluster: Cluster,
    names: TopicNames,
    named: Sequence[str],
    pattern: str | None,
    group_id: str,
) -> tuple[dict[str, TopicState], Sequence[PartitionOffsets], set[str]]:
    """The topics there are, their partitions, and the names of those that are read."""
    from kafka import KafkaAdminClient

    from pipeline.kafka_clients import client_settings
    from pipeline.sources.topic_patterns import matching_topics
    from pipeline.topic_offsets import partition_offsets

    read = set(named)
    if pattern is not None:
        read |= matching_topics(cluster, pattern, names.outputs)
    with KafkaAdminClient(**client_settings(cluster, role="topics")) as admin:
        states = topic_states(admin, [*read, *names.outputs])
    offsets = partition_offsets(cluster, states.keys(), group_id, read)
    return states, offsets, read


def _topic_table(
    expected: Sequence[str],
    states: dict[str, TopicState],
    offsets: Sequence[PartitionOffsets],
) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Topic", no_wrap=True)
    for title in ("Partitions", "Copies", "Kept", "Cleanup", "Max bytes", "Offsets held"):
        table.add_column(title, justify="right")
    for name in expected:
        if name in states:
            held = sum(each.end - each.earliest for each in offsets if each.topic == name)
            table.add_row(name, *state_cells(states[name]), f"{held:,}")
        else:
            table.add_row(name, "[bold red]missing")
    return table


def _offset_table(
    expected: Sequence[str], offsets: Sequence[PartitionOffsets], group_id: str
) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Topic", no_wrap=True)
    for title in ("Partition", "Earliest", "End", f"Committed by {group_id}", "Lag"):
        table.add_column(title, justify="right")
    for each in sorted(offsets, key=lambda each: (expected.index(each.topic), each.partition)):
        numbers = (each.earliest, each.end, each.committed, each.lag)
        table.add_row(
            each.topic,
            str(each.partition),
            *("–" if number is None else f"{number:,}" for number in numbers),
        )
    return table


def _json(
    expected: Sequence[str],
    states: dict[str, TopicState],
    offsets: Sequence[PartitionOffsets],
    group_id: str,
) -> dict[str, Any]:
    return {
        "group_id": group_id,
        "topics": [
            dataclasses.asdict(states[name]) if name in states else {"name": name, "missing": True}
            for name in expected
        ],
        "offsets": [{**dataclasses.asdict(each), "lag": each.lag} for each in offsets],
    }
