"""``docs/records-reference.md``, written from the schemas themselves: ``make docs-records``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from pipeline.serialization.schemas import load_schema

_HEAD = """\
# Every field of the records

<!-- Written by "make docs-records" from schemas/*.avsc. Don't edit it here. -->

What the fields of the topics' values mean. How the records hang together, and how a message holds
one, is in [records.md](records.md).
"""

_NAMES = ("actor", "threat", "denial", "extraction", "article", "dead_letter")


def page() -> str:
    """The page."""
    return "\n".join([_HEAD, *(_section(name) for name in _NAMES)])


def _section(name: str) -> str:
    return "\n".join(_tables(load_schema(name).definition, 2))


def _tables(record: dict[str, Any], level: int) -> Iterator[str]:
    yield f"{'#' * level} {record['name']}\n"
    if "doc" in record:
        yield f"{_text(record['doc'])}\n"
    yield "| Field | Type | Meaning |\n|---|---|---|"
    inner: list[dict[str, Any]] = []
    for field in record["fields"]:
        inner += _records(field["type"])
        doc = _text(field.get("doc", ""))
        yield f"| `{field['name']}` | {_type(field['type'])} | {doc} |"
    yield ""
    for each in inner:
        yield from _tables(each, level + 1)


def _records(kind: Any) -> list[dict[str, Any]]:
    """The records that a type brings in, in the order in which they stand."""
    if isinstance(kind, list):
        return [found for each in kind for found in _records(each)]
    if isinstance(kind, dict):
        if kind["type"] == "record":
            return [kind]
        return _records(kind.get("items", kind.get("values", "null")))
    return []


def _type(kind: Any) -> str:
    if isinstance(kind, list):
        others = [each for each in kind if each != "null"]
        either = " or ".join(_type(each) for each in others)
        return f"{either}, or null" if "null" in kind else either
    if not isinstance(kind, dict):
        return str(kind).rpartition(".")[2]
    if kind["type"] == "enum":
        return ", ".join(f"`{symbol}`" for symbol in kind["symbols"])
    if kind["type"] == "array":
        return f"array of {_type(kind['items'])}"
    return str(kind.get("logicalType") or kind.get("name") or kind["type"])


def _text(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())


if __name__ == "__main__":
    sys.stdout.write(page())
