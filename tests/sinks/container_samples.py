"""What the tests of file sinks write and read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fastavro

from pipeline.messages import DeadLetter, Encoded, Failure, SourceMessage
from pipeline.sinks.containers import ContainerFile
from tests.record_samples import EXTRACTION

SCHEMA = fastavro.parse_schema(
    {
        "type": "record",
        "name": "Sample",
        "fields": [{"name": "number", "type": "int"}, {"name": "text", "type": "string"}],
    }
)
MESSAGE = SourceMessage(
    "articles", 3, 17, 1_700_000_000_123, b"\x00key", b"\xff not json", (("trace", b"\x01"),)
)
ENCODED = Encoded(MESSAGE, EXTRACTION, ())
LETTER = DeadLetter(MESSAGE, Failure("decode", "not-json", "ArticleError", "bad \ud800 text"))


def samples(*numbers: int) -> list[dict[str, Any]]:
    return [{"number": number, "text": f"text {number} " * 9} for number in numbers]


def container(folder: Path, name: str = "sample.avro", codec: str = "deflate") -> ContainerFile:
    return ContainerFile(folder, name, SCHEMA, codec)


def read(path: Path) -> list[Any]:
    with path.open("rb") as file:
        return list(fastavro.reader(file))


def published(folder: Path) -> list[Path]:
    """The files that have their final names."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def unfinished(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name.startswith("."))
