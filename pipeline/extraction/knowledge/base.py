"""The known actors: states, their organs, organisations, armed groups and people in office.

Loads ``actors/*.jsonl`` (one actor a line, described by ``actor.schema.json``) into look-up
tables by folded name. It says who a name *may* stand for; which candidate an article means,
and whether a capital is a government or a place, is decided by the caller.
"""

from __future__ import annotations

import functools
import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.records import ActorType

_HERE = Path(__file__).parent
_ACTORS = _HERE / "actors"

ACTOR_SCHEMA = _HERE / "actor.schema.json"
"""JSON Schema of one line of an actor file."""

ROLE_NAMES_SCHEMA = _HERE / "role_names.schema.json"
"""JSON Schema of ``role_names.json``."""

ACTOR_FILES = tuple(
    _ACTORS / f"{name}.jsonl"
    # Candidates for one name come in this order. Organisations stand before countries so that
    # "Brussels" is the European Union first and Belgium second.
    for name in ("organisations", "institutions", "countries", "armed_groups", "persons")
)
"""The packaged files, in the order in which their actors become candidates for a name."""

ROLE_NAMES = _ACTORS / "role_names.json"
"""Which titles are the same office ("foreign secretary" is a "foreign minister")."""

LEADER = "leader"
"""The role that `KnowledgeBase.holders` answers with whoever really leads the country."""

_DROPPED = "'’‘ʼʻʿʾ`´.,"
_SPACED = "-‐‑–—_/"
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "ħ": "h"}
_TRANSLATION = str.maketrans(
    dict.fromkeys(_DROPPED, "") | dict.fromkeys(_SPACED, " ") | _LETTERS | {"þ": "th", "ə": "e"}
)


def fold(name: str) -> str:
    """The form in which names are compared.

    Case and diacritics are dropped, so are apostrophes, full stops, commas and a leading
    "the"; hyphens become spaces and runs of spaces one. "The U.S." and "us" fold alike: a
    caller for whom case matters asks `KnowledgeBase.is_ambiguous`.
    """
    text = name.casefold()
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    words = text.translate(_TRANSLATION).split()
    if len(words) > 1 and words[0] == "the":
        del words[0]
    return " ".join(words)


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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KnowledgeBase:
    """Look-up tables over the known actors. All keys are folded (see `fold`)."""

    actors: tuple[KnownActor, ...]
    by_id: Mapping[str, KnownActor]
    by_name: Mapping[str, tuple[KnownActor, ...]]
    """By canonical name and alias; more than one candidate where the name is shared."""
    by_metonym: Mapping[str, tuple[KnownActor, ...]]
    by_demonym: Mapping[str, tuple[KnownActor, ...]]
    by_surname: Mapping[str, tuple[KnownActor, ...]]
    by_country: Mapping[str, KnownActor]
    """The state by its ISO 3166-1 alpha-3 code."""
    _ambiguous: frozenset[str]
    _offices: Mapping[tuple[str, str | None], tuple[tuple[KnownActor, Office], ...]]
    _role_names: Mapping[str, str]

    @classmethod
    def load(cls, extra_files: Iterable[Path | str] = ()) -> KnowledgeBase:
        """The packaged actors and those of ``extra_files``; loaded once a process.

        ``extra_files`` are JSON Lines as the packaged ones are. Their actors come first among
        the candidates for a name, and one with the id of a packaged actor replaces it. They
        are validated: raises `ActorFileError` as `validate_actor_file` does.
        """
        return _load(tuple(Path(path) for path in extra_files))

    def is_ambiguous(self, name: str) -> bool:
        """Whether the name is also an ordinary word or another name, and needs more evidence.

        Goes by the spelling, but for a leading article: "Us" and "us" are ambiguous, "US" and
        "U.S." are not.
        """
        return name.removeprefix("the ").removeprefix("The ") in self._ambiguous

    def role_name(self, title: str) -> str:
        """The office's usual name: "minister of defense" is a "defence minister"."""
        folded = fold(title)
        return self._role_names.get(folded, folded)

    def holders(
        self, role: str, country: str | None, on: date, org: str | None = None
    ) -> tuple[KnownActor, ...]:
        """Who held an office on a day, the latest to take it first.

        Args:
            role: the office in any of its usual names; "leader" is whoever leads the country.
            country: ISO 3166-1 alpha-3; None for offices of international bodies.
            on: the day asked about.
            org: name or alias of the body served ("Kremlin", "UN"). Without it the offices of
                the state itself answer, and those of its bodies only where it has none.
        """
        wanted = self.role_name(role)
        state = self.by_country.get(country) if country is not None else None
        if wanted == LEADER and state is not None and state.leader is not None:
            wanted = fold(state.leader)
        held = [
            (office.from_, actor, office)
            for actor, office in self._offices.get((wanted, country), ())
            if office.held_on(on)
        ]
        if org is not None:
            served = {actor.name for actor in self.by_name.get(fold(org), ())}
            held = [item for item in held if item[2].org in served]
        else:
            held = [item for item in held if item[2].org is None] or held
        held.sort(key=lambda item: item[0], reverse=True)
        return tuple(dict.fromkeys(actor for _, actor, _ in held))


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
    for number, line in _lines(path):
        row = _parse(path, number, line)
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


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if line.strip():
            yield number, line


def _parse(path: Path, number: int, line: str) -> dict[str, Any]:
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


def _surname_forms(surname: str) -> tuple[str, ...]:
    """The surname, and without its Arabic article: wires write both "al-Sisi" and "Sisi"."""
    article, _, rest = fold(surname).partition(" ")
    return (surname, rest) if rest and article in {"al", "el"} else (surname,)


class _Table:
    """Collects candidates by folded name, each once, in the order added."""

    def __init__(self) -> None:
        self._rows: defaultdict[str, dict[KnownActor, None]] = defaultdict(dict)

    def add(self, names: Iterable[str], actor: KnownActor) -> None:
        for name in names:
            self._rows[fold(name)][actor] = None

    def done(self) -> dict[str, tuple[KnownActor, ...]]:
        return {name: tuple(actors) for name, actors in self._rows.items()}


@functools.cache
def _load(extra_files: tuple[Path, ...]) -> KnowledgeBase:
    for path in extra_files:
        validate_actor_file(path)
    by_id: dict[str, KnownActor] = {}
    for path in (*extra_files, *ACTOR_FILES):
        for number, line in _lines(path):
            actor = _actor(_parse(path, number, line))
            by_id.setdefault(actor.id, actor)
    role_names = {
        fold(variant): fold(role)
        for role, variants in json.loads(ROLE_NAMES.read_text("utf-8")).items()
        for variant in (role, *variants)
    }
    return _build(by_id, role_names)


def _build(by_id: dict[str, KnownActor], role_names: dict[str, str]) -> KnowledgeBase:
    names, metonyms, demonyms, surnames = _Table(), _Table(), _Table(), _Table()
    countries: dict[str, KnownActor] = {}
    ambiguous: set[str] = set()
    offices: defaultdict[tuple[str, str | None], list[tuple[KnownActor, Office]]]
    offices = defaultdict(list)
    for actor in by_id.values():
        names.add((actor.name, *actor.aliases), actor)
        metonyms.add(actor.metonyms, actor)
        demonyms.add(actor.demonyms, actor)
        if actor.surname is not None:
            surnames.add(_surname_forms(actor.surname), actor)
        if actor.type is ActorType.GOVERNMENT and actor.country is not None:
            countries.setdefault(actor.country, actor)
        for name in actor.ambiguous:
            bare = name.removeprefix("The ")
            ambiguous.update((bare, bare.lower()))
        for office in actor.roles:
            role = fold(office.role)
            offices[role_names.get(role, role), office.country].append((actor, office))
    return KnowledgeBase(
        actors=tuple(by_id.values()),
        by_id=by_id,
        by_name=names.done(),
        by_metonym=metonyms.done(),
        by_demonym=demonyms.done(),
        by_surname=surnames.done(),
        by_country=countries,
        _ambiguous=frozenset(ambiguous),
        _offices={key: tuple(held) for key, held in offices.items()},
        _role_names=role_names,
    )
