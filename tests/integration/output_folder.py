"""What a run has left in its output folder, read by another reader than the one who wrote it."""

from __future__ import annotations

from collections import defaultdict
from io import BytesIO
from pathlib import Path
from typing import Any

import avro.datafile
import avro.io


def records_in(folder: Path) -> dict[str, list[bytes]]:
    """Every record under its id, as bytes, of all files that have their final names."""
    found: dict[str, list[bytes]] = defaultdict(list)
    for kind in ("actors", "threats", "denials"):
        for path in folder.glob(f"{kind}-*.avro"):
            with avro.datafile.DataFileReader(path.open("rb"), avro.io.DatumReader()) as reader:
                writer = avro.io.DatumWriter(reader.datum_reader.writers_schema)
                for record in reader:
                    output = BytesIO()
                    writer.write(record, avro.io.BinaryEncoder(output))
                    found[record["record_id"]].append(output.getvalue())
    return found


def articles_in(folder: Path) -> set[str]:
    """The articles that have left a record."""
    return {value["article_id"] for value in values_in(folder, "actors", "threats", "denials")}


def values_in(folder: Path, *kinds: str) -> list[dict[str, Any]]:
    """The content of all files of these kinds that have their final names."""
    values: list[dict[str, Any]] = []
    for kind in kinds:
        for path in sorted(folder.glob(f"{kind}-*.avro")):
            with avro.datafile.DataFileReader(path.open("rb"), avro.io.DatumReader()) as reader:
                values += reader
    return values


def unfinished_in(folder: Path) -> list[Path]:
    """The files that are being written, or were."""
    return [path for path in folder.iterdir() if path.name.startswith(".")]
