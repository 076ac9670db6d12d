"""Actor files: JSON Lines, one known actor a line, described by ``actor.schema.json``.

Reads them into typed actors; what is wrong with a file that is not sound says `actor_checks.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.records import ActorType


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
    until: date | None = None
    """Countries only: the last day of a state that is no more, or of a country's former name."""


@dataclass(frozen=True, slots=True)
class ActorFile:
    """An actor file's content, so that it can travel to processes that lack the file."""

    path: str
    """Where it was read; for messages."""
    text: str

    @classmethod
    def read(cls, path: Path | str) -> ActorFile:
        """The file at ``path``; raises OSError, or UnicodeDecodeError where it is not UTF-8."""
        return cls(str(path), Path(path).read_text("utf-8-sig"))

    def lines(self) -> Iterator[tuple[int, str]]:
        """The lines that are not empty, with their numbers."""
        # Not splitlines(), which cuts at separators that may stand inside a JSON string.
        for number, line in enumerate(self.text.split("\n"), start=1):
            if line.strip():
                yield number, line

    def __str__(self) -> str:
        return self.path


def actors_of(file: ActorFile) -> Iterator[KnownActor]:
    """The actors of a file that is sound (see `actor_checks.py`), in its order."""
    # All at once is twice as fast as a line at a time, and every process that extracts pays.
    rows = json.loads(f"[{','.join(line for _, line in file.lines())}]")
    return map(_actor, rows)


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


def office_of(row: dict[str, Any]) -> Office:
    """The office that a row's ``roles`` has; raises ValueError where a date is none."""
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
        roles=tuple(office_of(role) for role in row.get("roles", ())),
        surname=surname,
        ambiguous=tuple(row.get("ambiguous", ())),
        leader=row.get("leader"),
        until=date.fromisoformat(row["until"]) if "until" in row else None,
    )
