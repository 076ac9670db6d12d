"""``newswire actors``: check actor files of one's own, and look up who is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from pipeline import options
from pipeline.actor_file_option import ActorFileType, sound
from pipeline.errors import CommandError
from pipeline.extraction.knowledge.actor_files import ActorFile, KnownActor
from pipeline.records import ActorType

if TYPE_CHECKING:
    from pipeline.extraction.knowledge.base import KnowledgeBase

_TYPES = [kind.value for kind in ActorType if kind is not ActorType.GROUP]


@click.group()
def actors() -> None:
    """Check actor files of your own, and look up who is known."""


@actors.command()
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=ActorFileType())
def check(files: tuple[ActorFile, ...]) -> None:
    """Tell whether actor files are sound, and what their names mean without them.

    Files that are to be used together are to be checked together. Every problem is told with
    file, line, field, and what is expected there; a note is no problem, but worth a look.

    \b
    Examples:
      newswire actors check our-actors.jsonl
      newswire actors check banks.jsonl militias.jsonl

    Exit codes: 0 sound, 1 not, 2 wrong usage.
    """
    from pipeline.extraction.knowledge.base import KnowledgeBase, check_actor_files

    problems = check_actor_files(files)
    for problem in problems:
        click.echo(problem)
    if problems:
        count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise CommandError(f"{count}: the actors can't be used.")
    from pipeline.extraction.knowledge.actor_files import actors_of

    packaged = KnowledgeBase.load()
    for file in files:
        own = list(actors_of(file))
        for note in _notes(own, packaged):
            click.echo(f"{file}: note: {note}")
        click.echo(f"{file}: sound, {len(own)} actor{'' if len(own) == 1 else 's'}")


@actors.command("list")
@click.option("--type", "kind", type=click.Choice(_TYPES), help="Only actors of this type.")
@click.option("--country", metavar="CODE", help="Only those of this country, such as RUS.")
@options.actor_files
def list_(kind: str | None, country: str | None, actor_files: tuple[ActorFile, ...]) -> None:
    """List the known actors, a line each: id, type, country, name.

    \b
    Examples:
      newswire actors list --country UKR
      newswire actors list --type ARMED_GROUP --actor-file our-actors.jsonl
    """
    for actor in _known(actor_files).actors:
        if kind in {None, actor.type} and country in {None, actor.country}:
            click.echo(f"{actor.id:<28} {actor.type:<12} {actor.country or '-':<4} {actor.name}")


@actors.command()
@click.argument("name")
@options.actor_files
def show(name: str, actor_files: tuple[ActorFile, ...]) -> None:
    """Show whom NAME may stand for: by name, alias, place, surname or id.

    \b
    Examples:
      newswire actors show Kremlin
      newswire actors show "Foggy Bottom"
      newswire actors show "our trade minister" --actor-file our-actors.jsonl

    Exit codes: 0 found, 1 not known, 2 wrong usage.
    """
    knowledge = _known(actor_files)
    found = list(_meanings(name, knowledge))
    if not found:
        raise CommandError(
            f"no known actor is called {name!r}. --actor-file adds actors of your own; what one "
            "looks like tells docs/actors.md."
        )
    for number, (how, actor) in enumerate(found):
        if number:
            click.echo()
        for label, value in _described(how, actor):
            click.echo(f"{label:<9} {value}")


def _known(actor_files: Sequence[ActorFile]) -> KnowledgeBase:
    from pipeline.extraction.knowledge.base import KnowledgeBase

    return KnowledgeBase.load(sound(actor_files))


def _meanings(name: str, knowledge: KnowledgeBase) -> Iterator[tuple[str, KnownActor]]:
    """Each actor that a name may stand for, and as what; the likelier first."""
    from pipeline.extraction.knowledge.base import fold

    seen: set[str] = set()
    by_id = (knowledge.by_id[name],) if name in knowledge.by_id else ()
    for how, found in (
        ("id", by_id),
        ("name", knowledge.by_name.get(fold(name), ())),
        ("place", knowledge.by_metonym.get(fold(name), ())),
        ("demonym", knowledge.by_demonym.get(fold(name), ())),
        ("surname", knowledge.by_surname.get(fold(name), ())),
    ):
        for actor in found:
            if actor.id not in seen:
                seen.add(actor.id)
                yield how, actor


def _described(how: str, actor: KnownActor) -> Iterator[tuple[str, str]]:
    yield "name", actor.name
    yield "found by", how
    yield "id", actor.id
    yield "type", actor.type
    yield "country", actor.country or "-"
    for label, values in (
        ("aliases", actor.aliases),
        ("places", actor.metonyms),
        ("demonyms", actor.demonyms),
        ("unsure", actor.ambiguous),
    ):
        if values:
            yield label, ", ".join(values)
    for office in actor.roles:
        whose = " of ".join(filter(None, (office.role, office.org, office.country)))
        yield "office", f"{whose}, {office.from_} to {office.to or 'now'}"


def _notes(own: Iterable[KnownActor], packaged: KnowledgeBase) -> Iterator[str]:
    """What the packaged knowledge takes these names for."""
    from pipeline.extraction.knowledge.base import fold

    for actor in own:
        replaced = packaged.by_id.get(actor.id)
        if replaced is not None:
            yield f"{actor.name} replaces the packaged {replaced.name} ({actor.id}) wholly"
        for name in dict.fromkeys((actor.name, *actor.aliases, *actor.metonyms)):
            for table in (packaged.by_name, packaged.by_metonym):
                for other in table.get(fold(name), ()):
                    if other.id != actor.id:
                        yield f"{name!r} means {other.name} ({other.id}) too; yours comes first"
