"""What may break between two versions of a schema, in a person's words.

Each function says of one change where it is, what has changed, why consumers can't live with
it and what to do instead. Whether there is such a change, `compatibility` finds out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Definition = Any
"""A schema as JSON: an object, a list (a union) or a name."""

NAMED = frozenset({"record", "enum", "fixed"})
"""The kinds of types that have a name."""


@dataclass(frozen=True, slots=True)
class Break:
    """One change that consumers can't live with."""

    where: str
    """The type and field: "Threat.targets[].country"."""
    what: str
    """What has changed."""
    why: str
    """What would go wrong."""
    remedy: str
    """What to do instead."""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}.\n  Why: {self.why}.\n  What to do: {self.remedy}."


def file_gone(file: str) -> Break:
    """A whole schema is missing."""
    return Break(
        file,
        "the schema is gone",
        "what was written with it stays on its topic, and nobody could tell what it is",
        "put the file back; say in its doc that it is no longer written",
    )


def added_without_default(name: str, where: str) -> Break:
    """A new field that old records lack."""
    return Break(
        where,
        "the field was added without a default",
        f"records already written have no {name}, and a reader with this schema can't do without",
        'give it a default: "type": ["null", …] with "default": null says that it may be missing. '
        "Where it is an old field with a new name, leave it under the old one",
    )


def removed_field(name: str, has_default: bool, where: str) -> Break:
    """A field that consumers may be reading."""
    cannot = "" if has_default else ", and those with the older schema can't read at all"
    return Break(
        f"{where}.{name}",
        "the field was removed, or has another name now",
        f"consumers that read {name} would find nothing there{cannot}",
        "put it back and go on writing it; what replaces it stands beside it, with a default",
    )


def renamed_field(old: str, new: str, where: str) -> Break:
    """A field that the new schema knows as an alias."""
    return Break(
        f"{where}.{old}",
        f"the field was renamed to {new}",
        f"an alias lets Avro read old records as {new}; consumers that ask for {old} "
        "would find nothing there",
        f"leave {old} as it is; where the new name is needed, add {new} beside it, with a default",
    )


def renamed_type(old: dict[str, Any], new: dict[str, Any], where: str) -> Break:
    """A record, enum or fixed of another name, without an alias."""
    return Break(
        where,
        f"the type {full_name(old)} is now called {full_name(new)}",
        "to Avro two names are two types, and it does not read one as the other",
        f'name it {full_name(old)} again, or add "aliases": ["{full_name(old)}"]',
    )


def other_type(old: Definition, new: Definition, where: str) -> Break:
    """A type that can't be read as the new one."""
    return Break(
        where,
        f"the type was {_said(old)} and is now {_said(new)}",
        f"records already written have {_said(old)} there, which can't be read as {_said(new)}",
        "leave the type as it was, and add a field of the new type with a default beside it",
    )


def other_meaning(old: Definition, new: Definition, where: str) -> Break:
    """The same bytes, taken for something else."""
    return Break(
        where,
        f"it was {_said(old)} and is now {_said(new)}",
        "Avro reads the old bytes without complaint, and consumers take them for something else",
        "leave the type as it was, and add a field of the new type with a default beside it",
    )


def other_size(old: dict[str, Any], new: dict[str, Any], where: str) -> Break:
    """A fixed of another length."""
    return Break(
        where,
        f"the size was {old['size']} bytes and is now {new['size']}",
        "Avro reads no fixed value as one of another size",
        "leave the size as it was, and add a field with a default beside it",
    )


def lost_branch(old: Definition, where: str) -> Break:
    """A union that lacks what old records may have."""
    return Break(
        where,
        f"it may no longer be {_said(old)}",
        f"records already written have {_said(old)} there, and a reader with this schema can't "
        "read them",
        f'put {_said(old)} back into "type": […]',
    )


def lost_symbols(old: dict[str, Any], new: dict[str, Any], gone: list[str], where: str) -> Break:
    """An enum that lacks what old records may have."""
    read = (
        f"is read as {new['default']}, which says nothing of what it was"
        if "default" in new
        else "can't be read"
    )
    listed = gone[0] if len(gone) == 1 else f"{', '.join(gone[:-1])} and {gone[-1]}"
    return Break(
        where,
        f"the enum {short_name(old)} no longer has {listed}",
        f"a record already written with {gone[0]} {read}",
        f"put {listed} back; the doc may say that it is no longer written",
    )


def lost_enum_default(old: dict[str, Any], where: str) -> Break:
    """An enum that nothing can be added to any more."""
    return Break(
        where,
        f"the enum {short_name(old)} no longer has the default {old['default']}",
        "a reader of this version could not read a symbol that a later version adds",
        f'put back "default": "{old["default"]}"',
    )


def kind_of(schema: Definition) -> str:
    """What sort of type it is: "record", "array", "long" …; not for a union."""
    return str(schema["type"]) if isinstance(schema, dict) else str(schema)


def logical_type(schema: Definition) -> str | None:
    """What a primitive or fixed stands for, as "timestamp-millis"."""
    return schema.get("logicalType") if isinstance(schema, dict) else None


def full_name(schema: dict[str, Any]) -> str:
    """Of a named type, with its namespace: "newswire.Threat"."""
    name, space = str(schema["name"]), schema.get("namespace")
    return name if "." in name or not space else f"{space}.{name}"


def short_name(schema: dict[str, Any]) -> str:
    """Of a named type, without its namespace; of another its kind."""
    return str(schema.get("name", schema["type"])).rpartition(".")[2]


def _said(schema: Definition) -> str:
    """The type in a few words: "timestamp-millis (long)", "the enum Modality", "an array"."""
    if isinstance(schema, list):
        return "a union"
    kind, logical = kind_of(schema), logical_type(schema)
    if logical:
        return f"{logical} ({kind})"
    if kind in NAMED:
        return f"the {kind} {short_name(schema)}"
    return {"array": "an array", "map": "a map", "int": "an int"}.get(
        kind, kind if kind == "null" else f"a {kind}"
    )
