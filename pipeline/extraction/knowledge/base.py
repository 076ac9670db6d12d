"""The known actors: states, their organs, organisations, armed groups and people in office.

Loads ``actors/*.jsonl`` (one actor a line, described by ``actor.schema.json``) into look-up
tables by folded name. It says who a name *may* stand for; which candidate an article means,
and whether a capital is a government or a place, is decided by the caller.
"""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipeline.extraction.knowledge.actor_checks import ActorFileError, ActorFileProblem, check
from pipeline.extraction.knowledge.actor_files import ActorFile, KnownActor, Office, actors_of
from pipeline.extraction.knowledge.folding import fold
from pipeline.records import ActorType

__all__ = [
    "ActorFile",
    "ActorFileError",
    "KnowledgeBase",
    "KnownActor",
    "Office",
    "check_actor_files",
    "fold",
]

_HERE = Path(__file__).parent
_ACTORS = _HERE / "actors"

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
    def load(cls, extra_files: Iterable[ActorFile] = ()) -> KnowledgeBase:
        """The packaged actors and those of ``extra_files``; loaded once a process.

        ``extra_files`` are JSON Lines as the packaged ones are. Their actors come first among
        the candidates for a name, and one with the id of a packaged actor replaces it. Raises
        `ActorFileError` with all that `check_actor_files` finds.
        """
        return _load(tuple(extra_files))

    def at(self, day: date) -> KnowledgeBase:
        """The same with the states of a day first: Moscow in 1990 stands for the Soviet Union."""
        former = tuple(a for a in self.actors if a.until is not None and day <= a.until)
        return _with_former(self, former) if former else self

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


@functools.lru_cache(maxsize=8)
def _with_former(base: KnowledgeBase, former: tuple[KnownActor, ...]) -> KnowledgeBase:
    names, metonyms, demonyms = (
        _Table(table) for table in (base.by_name, base.by_metonym, base.by_demonym)
    )
    countries = dict(base.by_country)
    for state in former:
        names.put_first((state.name, *state.aliases), state)
        metonyms.put_first(state.metonyms, state)
        demonyms.put_first(state.demonyms, state)
        countries[state.country or ""] = state
    return replace(
        base, by_name=names, by_metonym=metonyms, by_demonym=demonyms, by_country=countries
    )


def _surname_forms(surname: str) -> tuple[str, ...]:
    """The surname, and without its Arabic article: wires write both "al-Sisi" and "Sisi"."""
    article, _, rest = fold(surname).partition(" ")
    return (surname, rest) if rest and article in {"al", "el"} else (surname,)


class _Table(dict[str, tuple[KnownActor, ...]]):
    """Candidates by folded name, each once, in the order added."""

    def add(self, names: Iterable[str], actor: KnownActor) -> None:
        for name in names:
            key = fold(name)
            found = self.get(key)
            if found is None:
                self[key] = (actor,)
            elif actor not in found:
                self[key] = (*found, actor)

    def put_first(self, names: Iterable[str], actor: KnownActor) -> None:
        """Make the actor the first candidate for names that it has."""
        for name in names:
            key = fold(name)
            self[key] = (actor, *(other for other in self[key] if other is not actor))


def check_actor_files(files: Sequence[ActorFile]) -> list[ActorFileProblem]:
    """Every problem of actor files that are to be used beside the packaged ones."""
    packaged = KnowledgeBase.load()
    return check(
        files,
        states=frozenset(packaged.by_country),
        bodies=frozenset(actor.name for actor in packaged.actors),
    )


@functools.cache
def _load(extra_files: tuple[ActorFile, ...]) -> KnowledgeBase:
    problems = check_actor_files(extra_files) if extra_files else []
    if problems:
        raise ActorFileError(problems)
    by_id: dict[str, KnownActor] = {}
    for file in (*extra_files, *map(ActorFile.read, ACTOR_FILES)):
        for actor in actors_of(file):
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
            role = role_names.get(office.role) or fold(office.role)
            offices[role_names.get(role, role), office.country].append((actor, office))
    return KnowledgeBase(
        actors=tuple(by_id.values()),
        by_id=by_id,
        by_name=names,
        by_metonym=metonyms,
        by_demonym=demonyms,
        by_surname=surnames,
        by_country=countries,
        _ambiguous=frozenset(ambiguous),
        _offices={key: tuple(held) for key, held in offices.items()},
        _role_names=role_names,
    )
