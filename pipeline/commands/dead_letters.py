"""``newswire dead-letters``: what could not be processed, looked at and sent again."""

from __future__ import annotations

import re
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline import logs, options
from pipeline.articles import REASONS as DECODE_REASONS
from pipeline.cluster_options import kafka_cluster
from pipeline.commands.registry_access import registry_at
from pipeline.errors import CommandError
from pipeline.extraction.limits import REASONS as LIMIT_REASONS
from pipeline.plain_text import escaped
from pipeline.registry_options import schema_registry
from pipeline.settings_file import config_file
from pipeline.topics import TopicNames

if TYPE_CHECKING:
    from pipeline.dead_letters import StoredDeadLetter, Wanted
    from pipeline.kafka_security import Cluster
    from pipeline.replaying import ReplayPlan
    from pipeline.serialization.registry_settings import RegistrySettings

REASONS = (
    *DECODE_REASONS,
    *LIMIT_REASONS,
    "extractor-error",
    "encoder-error",
    "record-too-large",
)
SHOWN_LETTERS = 50
SHOWN_BYTES = 4_096


@click.group("dead-letters", short_help="Look at what could not be processed, and send it again.")
def dead_letters() -> None:
    """Look at what could not be processed, and send it again.

    A dead letter is an article as it came, with where it came from and why it failed. They lie on
    PREFIX.dead-letters for as long as that topic keeps them.

    \b
    newswire dead-letters list                        the newest, and how many of each reason
    newswire dead-letters show 0@17                   one, whole
    newswire dead-letters replay --reason too-long    once the cause is mended
    """


_reasons = click.option(
    "--reason",
    "reasons",
    multiple=True,
    type=click.Choice(sorted(set(REASONS))),
    metavar="REASON",
    help="Only letters of this reason; may be given several times.",
)


class SinceType(options.InstantType):
    """A point in time, or how long ago it was."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Gives the point in time in UTC, or fails with a usage error."""
        # A number alone may be meant as a date.
        if str(value)[-1:].isalpha():
            with suppress(click.BadParameter, OverflowError):
                seconds = options.DurationType().convert(value, None, None)
                return datetime.now(UTC) - timedelta(seconds=seconds)
        return super().convert(value, param, ctx)


_since = click.option(
    "--since",
    type=SinceType(),
    help="Only letters that failed then or later: 2026-11-01T00:00:00Z, or 2h for two hours ago.",
)


@dead_letters.command("list")
@_reasons
@_since
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=SHOWN_LETTERS,
    show_default=True,
    help="Show so many, the newest.",
)
@config_file
@kafka_cluster
@options.topic_prefix
def list_letters(
    reasons: tuple[str, ...],
    since: datetime | None,
    limit: int,
    cluster: Cluster,
    topic_prefix: str,
) -> None:
    """Show the newest dead letters, and how many there are of each reason.

    The first column is the letter's name for `show`: partition@offset on the topic of dead letters.

    \b
    Examples:
      newswire dead-letters list
      newswire dead-letters list --reason not-json --reason wrong-type --limit 200
    """
    with _kafka_errors(cluster):
        found = _letters(cluster, topic_prefix, reasons, since)
        count: Counter[str] = Counter()
        newest: deque[StoredDeadLetter] = deque(maxlen=limit)
        for letter in found:
            count[f"{letter.stage}: {letter.reason}"] += 1
            newest.append(letter)
    if not count:
        click.echo("no dead letters" + (" of that kind" if reasons or since else ""))
        return
    _show_table(sorted(newest, key=lambda letter: letter.written_ms))
    left_out = count.total() - len(newest)
    if left_out:
        click.echo(f"and {left_out:,} older ones (--limit)\n")
    for reason, number in count.most_common():
        click.echo(f"{number:8,}  {escaped(reason)}")


def _show_table(letters: list[StoredDeadLetter]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from pipeline.tables import printable

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("Letter", "Failed at", "Why", "From", "Retries", "Message"):
        table.add_column(title, overflow="fold", justify="right" if title == "Retries" else "left")
    for letter in letters:
        table.add_row(
            letter.place,
            letter.failed_at.isoformat(sep=" ", timespec="seconds").replace("+00:00", "Z"),
            Text(printable(f"{letter.stage}: {letter.reason}")),
            Text(printable(letter.origin)),
            str(letter.retries or ""),
            Text(printable(letter.error_message.strip().rpartition("\n")[2], 120)),
        )
    Console(highlight=False).print(table)
    click.echo()


class PlaceType(click.ParamType[tuple[int, int]]):
    """``partition@offset`` on the topic of dead letters."""

    name = "partition@offset"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Gives partition and offset, or fails with a usage error."""
        found = re.fullmatch(r"(\d{1,9})@(\d{1,18})", str(value))
        if found is None:
            self.fail(f"{value!r} is not partition@offset, as in 0@17.", param, ctx)
        return int(found[1]), int(found[2])


@dead_letters.command()
@click.argument("place", type=PlaceType(), metavar="PARTITION@OFFSET")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the original's value to this file, byte by byte.",
)
@config_file
@kafka_cluster
@options.topic_prefix
def show(place: tuple[int, int], output: Path | None, cluster: Cluster, topic_prefix: str) -> None:
    """Show one dead letter whole, with nothing in it that could steer a terminal.

    Of the value the first 4,096 bytes are shown; --output writes all of it to a file.

    \b
    Examples:
      newswire dead-letters show 0@17
      newswire dead-letters show 0@17 --output article.json
    """
    from pipeline.dead_letters import letter_at

    topic = TopicNames(topic_prefix).dead_letters
    with _kafka_errors(cluster):
        letter = letter_at(cluster, topic, *place)
    if letter is None:
        raise CommandError(
            f"there is no dead letter at {place[0]}@{place[1]} of {topic}. `newswire dead-letters "
            "list` shows those that there are."
        )
    for line in _lines(letter):
        click.echo(line)
    if output is not None:
        if letter.stub is not None:
            raise CommandError("this letter has no value of its own: see where it is stored.")
        output.write_bytes(letter.value or b"")
        click.echo(f"\n{len(letter.value or b''):,} bytes written to {output}.", err=True)


def _lines(letter: StoredDeadLetter) -> Iterator[str]:
    yield f"Letter     {letter.place}"
    yield f"From       {escaped(letter.origin)}"
    yield f"Failed at  {letter.failed_at.isoformat(timespec='milliseconds')}"
    yield f"Why        {escaped(letter.stage)}: {escaped(letter.reason)}"
    yield f"Retries    {letter.retries}"
    yield f"Error      {escaped(letter.error_class)}"
    yield from (f"           {escaped(line)}" for line in letter.error_message.splitlines())
    yield f"Key        {'none' if letter.key is None else escaped(letter.key)}"
    for name, value in letter.headers:
        yield f"Header     {escaped(name)}: {escaped(value or b'')}"
    if letter.stub is not None:
        yield (
            f"Value      {letter.stub.size:,} bytes, too large for the topic of dead letters; "
            + (
                f"stored at {escaped(letter.stub.stored_at)}"
                if letter.stub.stored_at
                else "where it came from, for as long as that topic keeps it"
            )
        )
        return
    value = letter.value or b""
    yield f"Value      {len(value):,} bytes" if letter.value is not None else "Value      none"
    shown = value[:SHOWN_BYTES]
    yield from (f"  {escaped(line)}" for line in shown.split(b"\n"))
    if len(value) > len(shown):
        yield f"  and {len(value) - len(shown):,} more bytes (--output)"


@dead_letters.command()
@_reasons
@_since
@click.option("--limit", type=click.IntRange(min=1), help="Send at most so many, the oldest first.")
@click.option(
    "--max-retries",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="Leave out letters that have been sent again so often already.",
)
@click.option(
    "--undecodable",
    is_flag=True,
    help="Send also what can't be decoded here, for a pipeline of another release or settings.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@config_file
@kafka_cluster
@options.topic_prefix
@options.input_topics
@schema_registry
@options.max_article_chars
def replay(
    reasons: tuple[str, ...],
    since: datetime | None,
    limit: int | None,
    max_retries: int,
    undecodable: bool,
    dry_run: bool,
    yes: bool,
    cluster: Cluster,
    topic_prefix: str,
    input_topics: tuple[str, ...],
    registry: RegistrySettings | None,
    max_article_chars: int,
) -> None:
    """Send dead letters again to the topics that they came from.

    Each goes back as it came, key, value and headers, with a header newswire-retries that counts.
    Left out is what would do no good or harm: letters that were sent again --max-retries times,
    that were sent again and have a newer letter since, that can't be decoded with these settings,
    that are from a topic --input-topic does not name, or whose article has a newer revision by
    now. The letters stay on their topic: a second replay sends once more what did not fail again,
    which gives the same records under the same ids.

    \b
    Examples:
      newswire dead-letters replay --reason too-long --max-article-chars 400000 --dry-run
      newswire dead-letters replay --reason extractor-error --since 2026-11-01T00:00:00Z --yes

    Exit codes: 0 ok, also where there is nothing to send; 1 failed; 2 usage.
    """
    from pipeline.dead_letters import Wanted, read_letters
    from pipeline.replaying import ReplayRules, plan, send_again

    logs.configure("WARNING")
    with (
        _kafka_errors(cluster),
        registry_at(registry) if registry else nullcontext() as client,
    ):
        rules = ReplayRules(
            topics=frozenset(input_topics),
            max_retries=max_retries,
            undecodable=undecodable,
            max_article_chars=max_article_chars,
            writer_of=client.writer_schema if client else None,
            wanted=Wanted(frozenset(reasons), since),
        )
        topics = TopicNames(topic_prefix)
        made = plan(
            read_letters(cluster, topics.dead_letters),
            rules,
            cluster=cluster,
            extractions=topics.extractions,
        )
        chosen = made.to_send[:limit]
        _tell(made, len(chosen))
        if not chosen:
            return
        if dry_run:
            click.echo("Nothing was sent (--dry-run).")
            return
        if not yes:
            _ask(len(chosen))
        with click.progressbar(length=len(chosen), label="Sending", file=sys.stderr) as bar:
            sent = send_again(chosen, cluster, on_progress=_moves(bar))
    click.echo(f"{sent:,} sent, all acknowledged.")


def _moves(bar: Any) -> Callable[[int], None]:
    return lambda done: bar.update(done - bar.pos)


def _tell(made: ReplayPlan, chosen: int) -> None:
    from pipeline.replaying import REFUSALS

    for reason, number in made.refusals.most_common():
        click.echo(f"{number:,} left out: {REFUSALS[reason]} ({reason})")
    later = len(made.to_send) - chosen
    click.echo(
        f"{chosen:,} to send"
        + (f", {later:,} more for another time (--limit)" if later else "")
        + "."
    )


def _ask(count: int) -> None:
    if not sys.stdin.isatty():
        raise CommandError("there is nobody to ask: --yes sends without asking.")
    click.confirm(f"Send {count:,} again?", abort=True)


def _letters(
    cluster: Cluster, prefix: str, reasons: tuple[str, ...], since: datetime | None
) -> Iterator[StoredDeadLetter]:
    from pipeline.dead_letters import Wanted, read_letters

    wanted: Wanted = Wanted(frozenset(reasons), since)
    topic = TopicNames(prefix).dead_letters
    return (letter for letter in read_letters(cluster, topic) if wanted.holds(letter))


@contextmanager
def _kafka_errors(cluster: Cluster) -> Iterator[None]:
    # Here and not above: "--help" needs no Kafka client.
    from kafka.errors import KafkaError

    from pipeline.kafka_clients import explain

    try:
        yield
    except KafkaError as error:
        raise CommandError(explain(error, cluster)) from error
