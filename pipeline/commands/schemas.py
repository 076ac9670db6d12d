"""``newswire schemas``: the schemas of the topics, and their places in a registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from pipeline import logs, options
from pipeline.commands.registry_access import registry_at
from pipeline.commands.schemas_compare import compare
from pipeline.errors import CommandError
from pipeline.registry_options import schema_registry
from pipeline.settings_file import config_file
from pipeline.topics import TopicNames

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.serialization.registry import Registered, SchemaRegistry
    from pipeline.serialization.registry_settings import RegistrySettings
    from pipeline.serialization.subjects import Subject

_STYLES = {
    "registered": "green",
    "not registered": "yellow",
    "incompatible": "bold red",
    "refused": "bold red",
}


@dataclass(frozen=True, slots=True)
class _Row:
    subject: Subject
    state: str = ""
    registered: Registered | None = None
    why: str = ""


@click.group()
def schemas() -> None:
    """Show the schemas of the topics, register them in a registry, compare them with it.

    A schema stands in the registry under the subject TOPIC-value. Nothing but "newswire schemas
    register" ever registers one.
    """


schemas.add_command(compare)


def _which_schemas(command: Callable[..., None]) -> Callable[..., None]:
    """The settings that all of these commands have."""
    for decorator in (
        options.input_topics,
        options.topic_prefix,
        schema_registry,
        config_file,
        click.argument("names", metavar="[SCHEMA…]", nargs=-1),
    ):
        command = decorator(command)
    return command


@schemas.command("list")
@_which_schemas
def list_(
    names: tuple[str, ...],
    registry: RegistrySettings | None,
    topic_prefix: str,
    input_topics: tuple[str, ...],
) -> None:
    """Show each schema with its fingerprint, and with a registry its id and version.

    A SCHEMA is article, actor, threat, denial or extraction; without one all are shown. The
    fingerprint is what stands in a value in single-object encoding behind C3 01.

    \b
    Examples:
      newswire schemas list
      newswire schemas list --schema-registry-url http://registry:8081

    Exit codes: 0 ok, 1 no answer from the registry, 2 wrong usage.
    """
    subjects = _subjects(names, topic_prefix, input_topics)
    if registry is None:
        _show([_Row(subject) for subject in subjects], with_registry=False)
        return
    with registry_at(_named(registry)) as client:
        _show([_row(client, subject) for subject in subjects], with_registry=True)


@schemas.command()
@_which_schemas
def register(
    names: tuple[str, ...],
    registry: RegistrySettings | None,
    topic_prefix: str,
    input_topics: tuple[str, ...],
) -> None:
    """Register the schemas in the registry, each under TOPIC-value.

    What is registered stays as it is, so the command can be repeated. A new subject is set to
    BACKWARD_TRANSITIVE, unless it has a compatibility level of its own.

    \b
    Examples:
      newswire schemas register --schema-registry-url http://registry:8081
      newswire schemas register actor threat denial extraction

    Exit code 1 where the registry refuses a schema, 2 for wrong usage.
    """
    from pipeline.outages import Misconfigured

    rows = []
    with registry_at(_named(registry)) as client:
        for subject in _subjects(names, topic_prefix, input_topics):
            try:
                found = client.register(subject.name, subject.schema)
            except Misconfigured as error:
                rows.append(_Row(subject, "refused", why=str(error)))
            else:
                rows.append(_Row(subject, "registered", found))
    _show(rows, with_registry=True)
    _fail(rows, "refused", "what the registry said stands below")


@schemas.command()
@_which_schemas
@click.option(
    "--allow-unregistered",
    is_flag=True,
    help="Only incompatible schemas fail the check, not those that are yet to be registered.",
)
def check(
    names: tuple[str, ...],
    registry: RegistrySettings | None,
    topic_prefix: str,
    input_topics: tuple[str, ...],
    allow_unregistered: bool,
) -> None:
    """Compare the schemas of this release with the registry.

    \b
    Examples:
      newswire schemas check --schema-registry-url http://registry:8081
      newswire schemas check threat denial
      newswire schemas check --allow-unregistered      before a release

    Exit code 0 where all are registered, 1 where one is not, or is incompatible with the
    versions that are; 2 for wrong usage.
    """
    subjects = _subjects(names, topic_prefix, input_topics)
    with registry_at(_named(registry)) as client:
        rows = [_row(client, subject) for subject in subjects]
    _show(rows, with_registry=True)
    _fail(
        rows,
        "incompatible",
        "the versions that are registered forbid these schemas; write to other topics "
        "(--topic-prefix), or give the consumers a release that reads both",
    )
    if not allow_unregistered:
        _fail(rows, "not registered", "`newswire schemas register` registers")


def _subjects(
    names: tuple[str, ...], topic_prefix: str, input_topics: tuple[str, ...]
) -> list[Subject]:
    # Here and not above: "newswire schemas --help" needs no fastavro.
    from pipeline.serialization.subjects import input_subjects, output_subjects

    topics = TopicNames(topic_prefix)
    every = [*input_subjects(input_topics), *output_subjects(topics).values()]
    known = dict.fromkeys(subject.schema.stem for subject in every)
    if unknown := [name for name in names if name not in known]:
        raise click.UsageError(f"No schema {', '.join(unknown)}; there are {', '.join(known)}.")
    return [subject for subject in every if not names or subject.schema.stem in names]


def _named(registry: RegistrySettings | None) -> RegistrySettings:
    if registry is None:
        raise click.UsageError(
            "Name the registry: --schema-registry-url or NEWSWIRE_SCHEMA_REGISTRY_URL."
        )
    logs.configure("WARNING")
    return registry


def _row(client: SchemaRegistry, subject: Subject) -> _Row:
    found = client.find(subject.name, subject.schema)
    if found is not None:
        return _Row(subject, "registered", found)
    compatible = client.is_compatible(subject.name, subject.schema)
    return _Row(subject, "not registered" if compatible else "incompatible")


def _show(rows: Sequence[_Row], *, with_registry: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("Schema", "Fingerprint"):
        table.add_column(title, no_wrap=True)
    if with_registry:
        table.add_column("Subject", overflow="fold")
        table.add_column("Id", justify="right")
        table.add_column("Version", justify="right")
        table.add_column("")
    else:
        table.add_column("Topic", overflow="fold")
    for row in rows:
        schema = row.subject.schema
        cells = [schema.name, schema.fingerprint.hex()]
        if with_registry:
            place = row.registered
            version = place.version if place else None
            cells += [
                row.subject.name,
                str(place.schema_id) if place else "",
                "" if version is None else str(version),
                f"[{_STYLES[row.state]}]{row.state}",
            ]
        else:
            cells.append(row.subject.topic)
        table.add_row(*cells)
    Console().print(table)


def _fail(rows: Sequence[_Row], state: str, what: str) -> None:
    failed = [row for row in rows if row.state == state]
    if failed:
        names = "\n".join(
            f"  {row.subject.schema.name} ({row.subject.name})"
            + (f": {row.why}" if row.why else "")
            for row in failed
        )
        raise CommandError(f"{len(failed)} of {len(rows)} {state}: {what}\n{names}")
