"""``docs/records-reference.md``, written from the schemas themselves: ``make docs-records``."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

from pipeline.serialization.schemas import load_schema

_HEAD = """\
# Every field of the records

<!-- Written by "make docs-records" from schemas/*.avsc. Don't edit it here. -->

What the fields of the topics' values mean. How the records hang together, and how a message holds
one, is in [records.md](records.md). A `timestamp-millis` is a long. What several records have in
common stands [at the end](#what-the-fields-are-made-of), each type once.
"""

_WHERE = {
    "actor": "On `newswire.actors`; in files `actors-….avro`.",
    "threat": "On `newswire.threats`; in files `threats-….avro`.",
    "denial": "On `newswire.denials`; in files `denials-….avro`.",
    "extraction": "On `newswire.extractions`, one message an article.",
    "article": "On `newswire.articles`, as JSON or Avro.",
    "dead_letter": "In files `dead-letters-….avro`.",
}
"""Each schema, and where its values lie."""

_TYPES_HEAD = "## What the fields are made of\n"


def page() -> str:
    """The page."""
    types: dict[str, dict[str, Any]] = {}
    sections = [line for name in _WHERE for line in _section(name, types)]
    shown = {load_schema(name).definition["name"] for name in _WHERE}
    parts = [line for name, part in types.items() if name not in shown for line in _part(part)]
    return "\n".join([_HEAD, *sections, _TYPES_HEAD, *parts])


def _section(name: str, types: dict[str, dict[str, Any]]) -> Iterator[str]:
    """A schema's own table; adds the types that it brings in to ``types``."""
    schema = load_schema(name).definition
    yield f"## {schema['name']}\n"
    yield f"{_WHERE[name]} {_text(schema['doc'])}\n"
    yield from _table(schema)
    for part in _named_types([field["type"] for field in schema["fields"]]):
        types.setdefault(part["name"], part)


def _part(part: dict[str, Any]) -> Iterator[str]:
    yield f"### {part['name']}\n"
    if part["type"] == "record":
        yield f"{_text(part['doc'])}\n"
        yield from _table(part)
    else:
        symbols = part["symbols"]
        yield f"One of {', '.join(f'`{symbol}`' for symbol in symbols)}.\n"
        # The doc explains them by their names.
        yield re.sub(rf"\b({'|'.join(symbols)})\b", r"`\1`", _text(part["doc"])) + "\n"


def _table(record: dict[str, Any]) -> Iterator[str]:
    yield "| Field | Type | Meaning |\n|---|---|---|"
    for field in record["fields"]:
        yield f"| `{field['name']}` | {_type(field['type'])} | {_text(field['doc'])} |"
    yield ""


def _named_types(kind: Any) -> Iterator[dict[str, Any]]:
    """The records and enums that a type brings in, in the order in which they stand."""
    if isinstance(kind, list):
        for each in kind:
            yield from _named_types(each)
    elif isinstance(kind, dict):
        if "name" in kind:
            yield kind
        inner = [field["type"] for field in kind.get("fields", ())]
        yield from _named_types([*inner, kind.get("items")])


def _type(kind: Any) -> str:
    if isinstance(kind, list):
        others = [each for each in kind if each != "null"]
        either = " or ".join(_type(each) for each in others)
        return f"{either}, or null" if "null" in kind else either
    if isinstance(kind, dict):
        if kind["type"] == "array":
            return f"array of {_type(kind['items'])}"
        return str(kind["logicalType"]) if "logicalType" in kind else _type(kind["name"])
    name = str(kind).rpartition(".")[2]
    return f"[{name}](#{name.lower()})" if name[0].isupper() else name


def _text(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())


if __name__ == "__main__":
    sys.stdout.write(page())
