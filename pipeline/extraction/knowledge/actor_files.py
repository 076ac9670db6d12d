"""Actor files: JSON Lines, one known actor a line, described by ``actor.schema.json``.

Reads them into typed actors, and says exactly what is wrong with a file that is not sound.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.records import ActorType

ACTOR_SCHEMA = Path(__file__).parent / "actor.schema.json"
"""JSON Schema of one line of an actor file."""


@dataclass(frozen=True, slots=True)
class Office:
    """A role that a person has, or had."""

    role: str
    """As the data has it, in small letters: "foreign minister"."""
    country: str | None
    """ISO 3166-1 alpha-3 of the state served; None for an international body."""
    org: str | None
    """Name of the actor served, where that is not the country itself: "Kremlin"."""
    from_: date
    to: date | None
    """Last day in office; None where no end is known."""

    def held_on(self, day: date) -> bool:
        """Whether the office was held on this day; on a day of change it has two holders."""
        return self.from_ <= day and (self.to is None or day <= self.to)


@dataclass(frozen=True, slots=True, eq=False)
class KnownActor:
    """One line of an actor file."""

    id: str
    """A Wikidata id, or "nw:" and a slug."""
    name: str
    """The canonical name: the one that a reader would look up."""
    type: ActorType
    country: str | None
    """ISO 3166-1 alpha-3, former states with their former code."""
    aliases: tuple[str, ...] = ()
    metonyms: tuple[str, ...] = ()
    """Places and buildings that stand for it where they act or speak."""
    demonyms: tuple[str, ...] = ()
    """Countries only: the adjective first, then nouns for its people."""
    roles: tuple[Office, ...] = ()
    surname: str | None = None
    """Persons only: what later mentions use. Family name first ("Xi") for East Asian names."""
    ambiguous: tuple[str, ...] = ()
    """Spellings that are ordinary words or other names too: "Turkey", "Shell", "Us" (not "US")."""
    leader: str | None = None
    """Countries only: the role of the one who leads it ("president", "prime minister")."""


class ActorFileError(ValueError):
    """A line of an actor file is not what the schema asks for."""

    def __init__(self, path: Path, line: int, field: str, problem: str) -> None:
        super().__init__(f"{path}:{line}: {field}: {problem}")
        self.path = path
        self.line = line
        self.field = field


def read_actor_file(path: Path) -> Iterator[KnownActor]:
    """The actors of a file, in its order.

    Raises:
        ActorFileError: where a line is no JSON. The schema is not checked here: the
            packaged files are tested, other files go through `validate_actor_file` first.
    """
    lines = list(_numbered_lines(path))
    try:
        # Twice as fast as a line at a time, and every process that extracts pays for it.
        rows = json.loads(f"[{','.join(line for _, line in lines)}]")
    except json.JSONDecodeError:
        rows = [_row(path, number, line) for number, line in lines]
    yield from map(_actor, rows)


def validate_actor_file(path: Path | str) -> None:
    """Checks every line of an actor file against ``actor.schema.json``.

    Raises:
        ActorFileError: at the first line that is no JSON, breaks the schema, repeats an id or
            has an office that ends before it begins; says file, line, field and what was
            expected.
    """
    # Only people who write such a file pay for this import; the packaged ones are tested.
    from jsonschema import Draft202012Validator

    path = Path(path)
    validator = Draft202012Validator(json.loads(ACTOR_SCHEMA.read_text("utf-8")))
    seen: dict[str, int] = {}
    for number, line in _numbered_lines(path):
        row = _row(path, number, line)
        for error in validator.iter_errors(row):
            field = ".".join(str(part) for part in error.absolute_path) or "line"
            raise ActorFileError(path, number, field, _explain(error.message, error.schema))
        if row["id"] in seen:
            problem = f"expected an id of its own, but {row['id']!r} stands in line"
            raise ActorFileError(path, number, "id", f"{problem} {seen[row['id']]} too")
        seen[row["id"]] = number
        _check_offices(path, number, row)


def _explain(message: str, schema: object) -> str:
    expected = schema.get("description") if isinstance(schema, dict) else None
    return f"{message} (expected: {expected})" if expected else message


def _check_offices(path: Path, number: int, row: dict[str, Any]) -> None:
    for index, role in enumerate(row.get("roles", ())):
        try:
            office = _office(role)
        except ValueError as error:
            field = f"roles.{index}"
            raise ActorFileError(path, number, field, f"expected real dates: {error}") from error
        if office.to is not None and office.to < office.from_:
            problem = f"expected an end on or after {role['from']}, found {role['to']}"
            raise ActorFileError(path, number, f"roles.{index}.to", problem)


def _numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if line.strip():
            yield number, line


def _row(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        problem = f"expected one JSON object a line: {error}"
        raise ActorFileError(path, number, "line", problem) from error
    if not isinstance(row, dict):
        raise ActorFileError(path, number, "line", "expected a JSON object")
    return row


def _day(text: str, last: bool) -> date:
    """A date of the data: a year or month stands for its first or its last day."""
    if len(text) == 10:
        return date.fromisoformat(text)
    if len(text) == 4:
        return date(int(text), 12, 31) if last else date(int(text), 1, 1)
    year, month = int(text[:4]), int(text[5:])
    if not last:
        return date(year, month, 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def _office(row: dict[str, Any]) -> Office:
    to = row.get("to")
    return Office(
        role=row["role"],
        country=row["country"],
        org=row.get("org"),
        from_=_day(row["from"], last=False),
        to=None if to is None else _day(to, last=True),
    )


def _actor(row: dict[str, Any]) -> KnownActor:
    kind = ActorType(row["type"])
    surname = row.get("surname")
    if surname is None and kind is ActorType.PERSON:
        surname = row["name"].rsplit(" ", 1)[-1]
    return KnownActor(
        id=row["id"],
        name=row["name"],
        type=kind,
        country=row["country"],
        aliases=tuple(row.get("aliases", ())),
        metonyms=tuple(row.get("metonyms", ())),
        demonyms=tuple(row.get("demonyms", ())),
        roles=tuple(_office(role) for role in row.get("roles", ())),
        surname=surname,
        ambiguous=tuple(row.get("ambiguous", ())),
        leader=row.get("leader"),
    )
