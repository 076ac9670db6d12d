"""``newswire schemas compare``: whether these schemas may follow those."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.errors import CommandError


@click.command()
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
def compare(old: Path, new: Path) -> None:
    """Tell whether the schemas in NEW may follow those in OLD, and if not, why.

    OLD and NEW are two schema files; or OLD is a folder with a folder of schemas for each
    release, and NEW is a folder of schemas. Every release counts. A schema may follow where a
    reader with it reads what was written before (BACKWARD_TRANSITIVE), and where nothing that
    consumers may be reading has gone: no field, no symbol of an enum, no schema.

    \b
    Examples:
      newswire schemas compare schemas/released schemas
      newswire schemas compare old/threat.avsc schemas/threat.avsc

    Exit codes: 0 they may; 1 they may not, or there is no schema; 2 wrong usage.
    """
    # Here and not above: "newswire schemas --help" needs no fastavro.
    from pipeline.serialization.compatibility import compare_folders, find_breaks, load

    if old.is_dir() != new.is_dir():
        raise click.UsageError("Give two files or two folders.")
    try:
        found = (
            [str(one) for one in compare_folders(old, new)]
            if old.is_dir()
            else [str(one) for one in find_breaks(load(old), load(new))]
        )
        releases = sorted(entry.name for entry in old.iterdir()) if old.is_dir() else [str(old)]
    except (OSError, ValueError) as error:
        raise CommandError(str(error)) from error
    if found:
        count = "1 change" if len(found) == 1 else f"{len(found)} changes"
        raise CommandError(f"{count} that consumers can't live with:\n\n" + "\n\n".join(found))
    if not releases:
        raise CommandError(f"{old} has no releases: expected a folder for each, as {old}/0.1.0")
    click.echo(f"The schemas in {new} may follow those of {', '.join(releases)}.")
