"""``newswire tail``: what is on the output topics, decoded."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from pipeline import logs, options
from pipeline.cluster_options import kafka_cluster
from pipeline.commands.registry_access import registry_at
from pipeline.errors import CommandError
from pipeline.records import Actor, Denial, Extraction, OutputValue, Threat
from pipeline.registry_options import schema_registry
from pipeline.settings_file import config_file
from pipeline.topics import TopicNames

if TYPE_CHECKING:
    from kafka.consumer.fetcher import ConsumerRecord
    from rich.table import Table

    from pipeline.kafka_security import Cluster
    from pipeline.serialization.framing import WriterSchemas
    from pipeline.serialization.registry_settings import RegistrySettings

KINDS = ("actors", "threats", "denials", "extractions", "dead-letters")

STAGE_HEADER = "newswire-stage"
"""Only dead letters have it."""

MAX_REMEMBERED_THREATS = 10_000
"""To say which threat a denial denies that comes later."""


@click.command(
    epilog="""\b
Examples:
  newswire tail
  newswire tail threats denials --follow
  newswire tail threats --format jsonl | jq 'select(.category == "138")'
  newswire tail dead-letters --limit 10

\b
A TOPIC is actors, threats, denials, extractions or dead-letters below --topic-prefix, or any
topic's full name; without one actors, threats and denials are shown. With --format jsonl a line
has the record's fields and its "topic", "partition", "offset" and "timestamp" (when it was
written); a dead letter has "key", "value", "headers" instead of a record's fields.

\b
Exit codes: 0 ok; 1 failed; 2 usage. Ctrl-C ends --follow.
""",
)
@click.argument("names", metavar="[TOPIC…]", nargs=-1, type=options.NAMES)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["table", "jsonl"]),
    default="table",
    show_default=True,
    help="table: to read; jsonl: a line for every message.",
)
@click.option("--follow", "-f", is_flag=True, help="Go on with what is written from now on.")
@click.option(
    "--from-beginning/--from-now",
    default=True,
    show_default=True,
    help="Begin with the oldest message there is, or (implying --follow) with the next.",
)
@click.option("--limit", type=click.IntRange(min=1), help="End after this many messages.")
@config_file
@kafka_cluster
@options.topic_prefix
@schema_registry
def tail(
    names: tuple[str, ...],
    output_format: str,
    follow: bool,
    from_beginning: bool,
    limit: int | None,
    cluster: Cluster,
    topic_prefix: str,
    registry: RegistrySettings | None,
) -> None:
    """Show actors, threats, denials, extractions and dead letters on the output topics, decoded."""
    # Here and not above: "newswire tail --help" needs no Kafka client.
    from kafka.errors import KafkaError

    from pipeline.kafka_clients import explain
    from pipeline.sources.tailing import messages

    logs.configure("WARNING")
    topics = _topics(names, TopicNames(topic_prefix))
    show = _Tables() if output_format == "table" else _JsonLines()
    left = limit
    try:
        with registry_at(registry) if registry else nullcontext() as client:
            writer_of = client.writer_schema if client else None
            for batch in messages(
                cluster,
                topics,
                from_beginning=from_beginning,
                follow=follow or not from_beginning,
            ):
                shown = batch[:left]
                show.batch([_read(message, writer_of) for message in shown])
                if left is not None:
                    left -= len(shown)
                    if left == 0:
                        break
    except KafkaError as error:
        raise CommandError(explain(error, cluster)) from error
    show.end(topics)


def _topics(names: tuple[str, ...], known: TopicNames) -> list[str]:
    if not names:
        return list(known.records)
    full = dict(zip(KINDS, known.outputs, strict=True))
    return list(dict.fromkeys(full.get(name, name) for name in names))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A message, and the record in it; ``error`` says why there is none."""

    message: ConsumerRecord
    record: OutputValue | None = None
    error: str | None = None

    @property
    def place(self) -> str:
        return f"{self.message.topic}[{self.message.partition}]@{self.message.offset}"

    def header(self, name: str) -> str:
        """A header's value; the last of several, for what we add stands behind the wire's."""
        return _text(dict(self.message.headers).get(name)) or ""


def _read(message: ConsumerRecord, writer_of: WriterSchemas | None) -> _Seen:
    from pipeline.serialization.avro import decode
    from pipeline.serialization.framing import AvroError, is_framed

    seen = _Seen(message)
    value: bytes = message.value or b""
    # A dead letter's value is the wire's, of whatever kind; its headers say what is wrong.
    if not is_framed(value) or seen.header(STAGE_HEADER):
        return seen
    try:
        return _Seen(message, record=decode(value, writer_of))
    except AvroError as error:
        return _Seen(message, error=str(error))


class _JsonLines:
    def batch(self, seen: list[_Seen]) -> None:
        for one in seen:
            # ASCII alone: nothing in it steers a terminal or breaks the line.
            click.echo(json.dumps(_place(one.message) | _content(one), separators=(",", ":")))

    def end(self, topics: list[str]) -> None:
        """The last line is the last message's."""


def _place(message: ConsumerRecord) -> dict[str, Any]:
    return {
        "topic": message.topic,
        "partition": message.partition,
        "offset": message.offset,
        "timestamp": _iso_time(message.timestamp),
    }


def _iso_time(milliseconds: int) -> str | None:
    """None for what is no time: any producer may write any number."""
    try:
        written = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
    return written.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _content(seen: _Seen) -> dict[str, Any]:
    from pipeline.serialization.values import to_json

    if seen.record is not None:
        return to_json(seen.record)
    raw = {
        "key": _text(seen.message.key),
        "value": _text(seen.message.value),
        "headers": {name: _text(value) for name, value in seen.message.headers},
    }
    return raw if seen.error is None else {"error": seen.error, **raw}


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "backslashreplace")


class _Tables:
    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(highlight=False)
        self._threats: OrderedDict[str, Threat] = OrderedDict()
        self._messages = 0

    def batch(self, seen: list[_Seen]) -> None:
        self._messages += len(seen)
        for table in self._tables(seen):
            if table.row_count:
                self._console.print(table)
                self._console.print()

    def end(self, topics: list[str]) -> None:
        if not self._messages:
            click.echo(f"nothing on {', '.join(topics)} yet", err=True)

    def _tables(self, seen: list[_Seen]) -> Iterator[Table]:
        from pipeline.tables import (
            actors_table,
            denials_table,
            extractions_table,
            threats_table,
        )

        records = [one.record for one in seen if one.record is not None]
        threats = [record for record in records if isinstance(record, Threat)]
        self._remember(threats)
        yield threats_table(threats)
        denials = [record for record in records if isinstance(record, Denial)]
        yield denials_table(denials, self._threats.values())
        yield actors_table(record for record in records if isinstance(record, Actor))
        yield extractions_table(record for record in records if isinstance(record, Extraction))
        yield _messages_table([one for one in seen if one.record is None])

    def _remember(self, threats: list[Threat]) -> None:
        self._threats |= {threat.record_id: threat for threat in threats}
        while len(self._threats) > MAX_REMEMBERED_THREATS:
            self._threats.popitem(last=False)


def _messages_table(seen: list[_Seen]) -> Table:
    """Dead letters, and whatever else is no record."""
    from rich.table import Table
    from rich.text import Text

    from pipeline.tables import printable

    table = Table(title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.title = "Dead letters" if any(one.header(STAGE_HEADER) for one in seen) else "Messages"
    for column in ("Place", "Why", "Message", "Begins with"):
        table.add_column(column, overflow="fold")
    for one in seen:
        origin = one.header("newswire-topic")
        place = (
            f"{origin}[{one.header('newswire-partition')}]@{one.header('newswire-offset')}"
            if origin
            else one.place
        )
        stage, reason = one.header(STAGE_HEADER), one.header("newswire-reason")
        table.add_row(
            Text(printable(place)),
            Text(printable(f"{stage}: {reason}" if stage else "")),
            Text(printable(one.error or _last_line(one.header("newswire-error-message")))),
            Text(printable(_text((one.message.value or b"")[:200]) or "", 60)),
        )
    return table


def _last_line(text: str) -> str:
    """Of a traceback, what happened."""
    return text.strip().rpartition("\n")[2]
