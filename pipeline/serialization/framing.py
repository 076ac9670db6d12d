"""What stands before an Avro body and names the schema that it was written with.

Two framings, told apart by how they begin:

- Avro's single-object encoding: C3 01 and the schema's CRC-64-AVRO fingerprint in eight bytes,
  the lowest first.
- The Confluent wire format: 00 and the schema's id in a registry in four bytes, the highest first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from fastavro import schemaless_reader, schemaless_writer
from fastavro.read import SchemaResolutionError

from pipeline.serialization.schemas import AvroSchema

MARKER = b"\xc3\x01"
"""Begins everything in single-object encoding."""

HEADER_BYTES = 10
"""Of single-object encoding."""

MAGIC = b"\x00"
"""Begins everything in the Confluent wire format."""

MAGIC_HEADER_BYTES = 5

REASONS = ("not-avro", "unknown-schema", "schema-mismatch", "no-registry")
"""Every `AvroError.reason`."""

_MAX_DETAIL_CHARS = 300

WriterSchemas = Callable[[int], Any]
"""Gives the schema of an id in a registry, parsed by fastavro.

Raises `AvroError` where the registry has none of this id or it can't be used, and
`pipeline.outages.Unavailable` where the registry does not answer.
"""


class AvroError(ValueError):
    """Bytes that hold nothing that is known here; the message says what was found."""

    def __init__(self, reason: str, message: str) -> None:
        """``reason`` is one of `REASONS`."""
        super().__init__(message)
        self.reason = reason


def is_framed(value: bytes) -> bool:
    """Whether this begins as one of the two framings does."""
    return value.startswith((MARKER, MAGIC))


def write_datum(schema: AvroSchema, fields: Mapping[str, Any], schema_id: int | None) -> bytes:
    """The fields as Avro; in the Confluent wire format where there is a ``schema_id``.

    Otherwise in single-object encoding. Raises ValueError or TypeError where the fields are not
    those of the schema.
    """
    output = BytesIO()
    if schema_id is None:
        output.write(MARKER + schema.fingerprint)
    else:
        output.write(MAGIC + schema_id.to_bytes(4, "big"))
    schemaless_writer(output, schema.parsed, fields, strict=True)
    return output.getvalue()


def read_datum(
    value: bytes, known: Mapping[bytes, AvroSchema], writer_of: WriterSchemas | None
) -> tuple[AvroSchema, dict[str, Any]]:
    """Which of the ``known`` schemas (by fingerprint) the value is of, and its fields by it.

    What was written with another version of a known schema is resolved to the known one, by
    Avro's rules. ``writer_of`` may be None where there is no registry. Raises `AvroError` for
    whatever is wrong with ``value``, and what ``writer_of`` raises.
    """
    if value.startswith(MAGIC):
        writer, schema = _from_registry(value, known, writer_of)
        begin = MAGIC_HEADER_BYTES
    else:
        schema = _by_fingerprint(value, known)
        writer, begin = schema.parsed, HEADER_BYTES
    stream = BytesIO(value)
    stream.seek(begin)
    try:
        fields: Any = schemaless_reader(stream, writer, schema.parsed)
    except SchemaResolutionError as error:
        raise AvroError(
            "schema-mismatch",
            f"what was written as {_name(writer)} can't be read as {schema.name}: "
            f"{shortened(error)}",
        ) from error
    except Exception as error:
        # What fastavro raises on broken input is a matter of where it breaks: EOFError,
        # IndexError, UnicodeDecodeError, OverflowError ...
        raise AvroError(
            "not-avro",
            f"expected a {schema.name}, found bytes that end too early or are damaged "
            f"({type(error).__name__} within {len(value)} bytes)",
        ) from error
    left = len(value) - stream.tell()
    if left:
        raise AvroError(
            "not-avro", f"expected a {schema.name} and nothing more, found {left} bytes after it"
        )
    return schema, fields


def _by_fingerprint(value: bytes, known: Mapping[bytes, AvroSchema]) -> AvroSchema:
    if len(value) < HEADER_BYTES or not value.startswith(MARKER):
        raise AvroError(
            "not-avro",
            f"expected Avro's single-object encoding (C3 01 and a fingerprint), "
            f"found {len(value)} bytes: {value[:HEADER_BYTES].hex(' ')}",
        )
    found = value[len(MARKER) : HEADER_BYTES]
    schema = known.get(found)
    if schema is None:
        names = ", ".join(f"{schema.fingerprint.hex()} {schema.name}" for schema in known.values())
        raise AvroError(
            "unknown-schema",
            f"no schema here has the fingerprint {found.hex()} (known: {names}); "
            "it may be of another release",
        )
    return schema


def _from_registry(
    value: bytes, known: Mapping[bytes, AvroSchema], writer_of: WriterSchemas | None
) -> tuple[Any, AvroSchema]:
    """The schema it was written with, and the known one to read it by."""
    if len(value) < MAGIC_HEADER_BYTES:
        raise AvroError(
            "not-avro",
            f"expected the Confluent wire format (00 and a schema's id in four bytes), found "
            f"{len(value)} bytes: {value.hex(' ')}",
        )
    schema_id = int.from_bytes(value[1:MAGIC_HEADER_BYTES], "big")
    if writer_of is None:
        raise AvroError(
            "no-registry",
            f"found the Confluent wire format with schema id {schema_id}, and no registry to "
            "ask for it: --schema-registry-url names one",
        )
    writer = writer_of(schema_id)
    for schema in known.values():
        if schema.name == _name(writer):
            return writer, schema
    names = " or ".join(schema.name for schema in known.values())
    raise AvroError(
        "schema-mismatch", f"expected {names}, found {_name(writer)} (schema id {schema_id})"
    )


def _name(parsed: Any) -> str:
    return str(parsed.get("name", parsed.get("type"))) if isinstance(parsed, dict) else "no record"


def shortened(error: object) -> str:
    """The error's text on one line, short enough for a log and a header."""
    text = " ".join(str(error).split())
    return text if len(text) <= _MAX_DETAIL_CHARS else f"{text[: _MAX_DETAIL_CHARS - 3]}..."
