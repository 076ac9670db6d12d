"""Whether a schema may follow a released one, and if not, why, in a person's words.

The rule is BACKWARD_TRANSITIVE: a reader with the new schema reads what was written with the
schema of *any* release, by Avro's rules of resolution. The contract goes further where the
rules would let something slip away in silence: a field that is gone, an enum's value that
would turn into its default, a number that means something else. Nothing that a consumer may
be reading disappears; it is left, and something better put beside it.

Knows nothing of registries and record classes; two JSON documents go in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastavro import parse_schema

from pipeline.serialization import breaks
from pipeline.serialization.breaks import (
    NAMED,
    Break,
    Definition,
    full_name,
    kind_of,
    logical_type,
    short_name,
)

SUFFIX = ".avsc"

_PROMOTIONS = {
    "int": {"long", "float", "double"},
    "long": {"float", "double"},
    "float": {"double"},
    "string": {"bytes"},
    "bytes": {"string"},
}
"""What Avro reads as what: written as the key, read as one of the values."""


@dataclass(frozen=True, slots=True)
class FileBreak:
    """A break between a release's file and the file of now."""

    file: str
    release: str
    found: Break

    def __str__(self) -> str:
        lines = str(self.found).replace("\n", "\n  ")
        return f"{self.file} can't follow that of {self.release}:\n  {lines}"


def compare_folders(released: Path, current: Path) -> list[FileBreak]:
    """Compares the schemas in ``current`` with those of every release.

    ``released`` has a folder for each release, named by its version. Raises OSError where a
    folder can't be read, and ValueError where a file holds no Avro schema.
    """
    now = {path.name: load(path) for path in sorted(current.glob(f"*{SUFFIX}"))}
    found = []
    for release in sorted(entry for entry in released.iterdir() if entry.is_dir()):
        for path in sorted(release.glob(f"*{SUFFIX}")):
            old, new = load(path), now.get(path.name)
            here = [breaks.file_gone(path.name)] if new is None else find_breaks(old, new)
            found += [FileBreak(path.name, release.name, one) for one in here]
    return found


def load(path: Path) -> Definition:
    """The schema in a file; raises OSError, or ValueError where it holds no Avro schema."""
    text = path.read_text(encoding="utf-8")
    try:
        definition = json.loads(text)
        parse_schema(definition)
    except Exception as error:
        # fastavro raises errors of its own, and KeyError or TypeError for what is no schema.
        raise ValueError(f"{path} holds no Avro schema: {error}") from error
    return definition


def find_breaks(old: Definition, new: Definition) -> list[Break]:
    """Every way in which ``new`` can't follow ``old``; both are complete, valid schemas."""
    comparison = _Comparison(_named_types(old), _named_types(new))
    return list(comparison.of(old, new, short_name(old) if isinstance(old, dict) else "schema"))


@dataclass
class _Comparison:
    old_types: dict[str, dict[str, Any]]
    new_types: dict[str, dict[str, Any]]
    seen: set[tuple[str, str]] = field(default_factory=set)
    """Pairs of named types that have been compared; types may contain themselves."""

    def of(self, old: Definition, new: Definition, where: str) -> Iterator[Break]:
        old, new = _resolved(old, self.old_types), _resolved(new, self.new_types)
        if isinstance(old, list):
            for branch in old:
                branches = new if isinstance(new, list) else [new]
                yield from self._branch(_resolved(branch, self.old_types), branches, where)
        elif isinstance(new, list):
            yield from self._branch(old, new, where)
        elif kind_of(old) == kind_of(new):
            yield from self._same_kind(old, new, where)
        elif kind_of(new) not in _PROMOTIONS.get(kind_of(old), ()):
            yield breaks.other_type(old, new, where)
        elif logical_type(old) != logical_type(new):
            yield breaks.other_meaning(old, new, where)

    def _same_kind(self, old: Definition, new: Definition, where: str) -> Iterator[Break]:
        kind = kind_of(old)
        if kind in NAMED:
            pair = (full_name(old), full_name(new))
            if pair not in self.seen:
                self.seen.add(pair)
                yield from self._named(old, new, where)
        elif kind == "array":
            yield from self.of(old["items"], new["items"], f"{where}[]")
        elif kind == "map":
            yield from self.of(old["values"], new["values"], f"{where}{{}}")
        elif logical_type(old) != logical_type(new):
            yield breaks.other_meaning(old, new, where)

    def _named(self, old: dict[str, Any], new: dict[str, Any], where: str) -> Iterator[Break]:
        if not _same_name(old, new):
            yield breaks.renamed_type(old, new, where)
        elif kind_of(old) == "record":
            yield from self._fields(old, new, where)
        elif kind_of(old) == "enum":
            gone = [symbol for symbol in old["symbols"] if symbol not in new["symbols"]]
            if gone:
                yield breaks.lost_symbols(old, new, gone, where)
            if "default" in old and "default" not in new:
                yield breaks.lost_enum_default(old, where)
        elif old["size"] != new["size"]:
            yield breaks.other_size(old, new, where)
        elif logical_type(old) != logical_type(new):
            yield breaks.other_meaning(old, new, where)

    def _fields(self, old: dict[str, Any], new: dict[str, Any], where: str) -> Iterator[Break]:
        before = {member["name"]: member for member in old["fields"]}
        kept = set()
        for member in new["fields"]:
            here = f"{where}.{member['name']}"
            names = [member["name"], *member.get("aliases", ())]
            name = next((name for name in names if name in before), None)
            if name is None:
                if "default" not in member:
                    yield breaks.added_without_default(member["name"], here)
                continue
            kept.add(name)
            if name != member["name"]:
                yield breaks.renamed_field(name, member["name"], where)
            yield from self.of(before[name]["type"], member["type"], here)
        for name, member in before.items():
            if name not in kept:
                yield breaks.removed_field(name, "default" in member, where)

    def _branch(self, old: Definition, new: list[Definition], where: str) -> Iterator[Break]:
        """Compares with the branch that a reader takes: the same type, else one it can become."""
        branches = [_resolved(branch, self.new_types) for branch in new]
        same = [branch for branch in branches if _same_type(old, branch)]
        able = [b for b in branches if kind_of(b) in _PROMOTIONS.get(kind_of(old), ())]
        if same or able:
            yield from self.of(old, (same or able)[0], where)
        elif len(branches) == 1 and kind_of(old) != "null":
            yield from self.of(old, branches[0], where)
        else:
            yield breaks.lost_branch(old, where)


def _named_types(schema: Definition) -> dict[str, dict[str, Any]]:
    """Every type that has a name, by that name with and without its namespace."""
    found: dict[str, dict[str, Any]] = {}

    def visit(part: Definition, namespace: str) -> None:
        if isinstance(part, list):
            for branch in part:
                visit(branch, namespace)
        elif isinstance(part, dict):
            if kind_of(part) in NAMED:
                namespace = part.get("namespace", namespace)
                named = {**part, "namespace": namespace}
                found.setdefault(short_name(part), named)
                found[full_name(named)] = named
            for member in part.get("fields", ()):
                visit(member["type"], namespace)
            for inner in ("type", "items", "values"):
                if isinstance(part.get(inner), list | dict):
                    visit(part[inner], namespace)

    visit(schema, "")
    return found


def _resolved(schema: Definition, types: dict[str, dict[str, Any]]) -> Definition:
    """The definition that a name stands for; a named type with its namespace, all else as is."""
    if isinstance(schema, str):
        return types.get(schema, schema)
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema["type"], list | dict):
        return _resolved(schema["type"], types)
    if kind_of(schema) in NAMED:
        return types[full_name(schema)]
    return types.get(schema["type"], schema)


def _same_type(old: Definition, new: Definition) -> bool:
    if kind_of(old) != kind_of(new):
        return False
    return kind_of(old) not in NAMED or _same_name(old, new)


def _same_name(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether Avro takes the old type for the new one: by its name or one of its aliases."""
    space = new.get("namespace")
    aliases = {
        alias if "." in alias or not space else f"{space}.{alias}"
        for alias in new.get("aliases", ())
    }
    return full_name(old) in {full_name(new), *aliases}
