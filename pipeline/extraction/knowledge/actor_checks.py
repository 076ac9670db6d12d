"""What is wrong with actor files: the line, the field, what was expected there.

A file that has no problem can be read by `actor_files.py`. The packaged files are checked by a
test, others each time that they are used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.extraction.knowledge.actor_files import ActorFile, office_of

ACTOR_SCHEMA = Path(__file__).parent / "actor.schema.json"
"""JSON Schema of one line of an actor file."""

_NO_LINE = "expected one JSON object a line, with at least id, name, type and country"


@dataclass(frozen=True, slots=True)
class ActorFileProblem:
    """One thing that is wrong with an actor file."""

    path: str
    line: int
    field: str
    """The field's name, with that or the number of what stands within: "roles.0.from"."""
    problem: str
    """What was expected and what was found."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.field}: {self.problem}"


class ActorFileError(ValueError):
    """Actor files are not what they have to be; a line for each problem."""

    def __init__(self, problems: Sequence[ActorFileProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Row:
    """One actor as its file has it."""

    file: ActorFile
    line: int
    actor: Mapping[str, Any]

    def problem(self, field: str, problem: str) -> ActorFileProblem:
        """A problem with one of its fields."""
        return ActorFileProblem(self.file.path, self.line, field, problem)


def check(
    files: Sequence[ActorFile], *, states: frozenset[str], bodies: frozenset[str]
) -> list[ActorFileProblem]:
    """Every problem of the files, in their order.

    Args:
        files: what is to be used together; one may name a state or body of another.
        states: codes of the states that are known besides.
        bodies: names of the other actors that are known besides, whom somebody may serve.
    """
    problems: list[ActorFileProblem] = []
    rows = [row for file in files for row in _rows(file, problems)]
    sound = _of_the_schema(rows, problems)
    _check_ids(sound, problems)
    own = {str(row.actor["country"]) for row in sound if row.actor["type"] == "GOVERNMENT"}
    names = {str(row.actor["name"]) for row in sound}
    for row in sound:
        problems += _unknown_states(row, states | own)
        for index, role in enumerate(row.actor.get("roles", ())):
            problems += _office_problems(row, f"roles.{index}", role, bodies | names)
    order = {file.path: number for number, file in enumerate(files)}
    return sorted(problems, key=lambda found: (order[found.path], found.line))


def _rows(file: ActorFile, problems: list[ActorFileProblem]) -> Iterator[Row]:
    for number, line in file.lines():
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            found = f"found no JSON: {error.msg} (column {error.colno})"
        else:
            if isinstance(row, dict):
                yield Row(file, number, row)
                continue
            found = f"found {type(row).__name__} {json.dumps(row)[:40]}"
        problems.append(ActorFileProblem(file.path, number, "line", f"{_NO_LINE}; {found}"))


def _of_the_schema(rows: Sequence[Row], problems: list[ActorFileProblem]) -> list[Row]:
    # Only people who write such a file pay for this import.
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(json.loads(ACTOR_SCHEMA.read_text("utf-8")))
    sound = []
    for row in rows:
        errors = list(validator.iter_errors(row.actor))
        for error in errors:
            field = ".".join(str(part) for part in error.absolute_path) or "line"
            expected = error.schema.get("description") if isinstance(error.schema, dict) else None
            said = f"{error.message} (expected: {expected})" if expected else error.message
            problems.append(row.problem(field, said))
        if not errors:
            sound.append(row)
    return sound


def _check_ids(rows: Sequence[Row], problems: list[ActorFileProblem]) -> None:
    seen: dict[str, Row] = {}
    for row in rows:
        first = seen.setdefault(row.actor["id"], row)
        if first is not row:
            where = f"line {first.line}" + ("" if first.file == row.file else f" of {first.file}")
            said = f"expected an id of its own, but {row.actor['id']!r} stands in {where} too"
            problems.append(row.problem("id", said))


def _unknown_states(row: Row, states: frozenset[str]) -> Iterator[ActorFileProblem]:
    codes = {"country": row.actor["country"]}
    for index, role in enumerate(row.actor.get("roles", ())):
        codes[f"roles.{index}.country"] = role["country"]
    for field, code in codes.items():
        if code is not None and code not in states:
            yield row.problem(
                field,
                f"expected the ISO 3166-1 alpha-3 code of a known state, such as RUS, or null; "
                f"found {code!r}. A state that is missing can be added as a line of its own, of "
                "type GOVERNMENT",
            )


def _office_problems(
    row: Row, field: str, role: Mapping[str, Any], bodies: frozenset[str]
) -> Iterator[ActorFileProblem]:
    served = role.get("org")
    if served is not None and served not in bodies:
        yield row.problem(
            f"{field}.org",
            f"expected the canonical name of a known actor, found {served!r}. "
            '"newswire actors show NAME" tells the name of one that is known; add a line for one '
            "that is not",
        )
    try:
        office = office_of(dict(role))
    except ValueError as error:
        yield row.problem(field, f"expected real dates: {error}")
        return
    if office.to is not None and office.to < office.from_:
        yield row.problem(
            f"{field}.to", f"expected an end on or after {role['from']}, found {role['to']}"
        )
