"""Records as Avro bytes, each with what names its schema before it (`framing`).

The same record, with the same schema id or none, always gives the same bytes.
"""

from __future__ import annotations

from functools import cache

from pipeline.records import Actor, Denial, Extraction, OutputValue, Threat
from pipeline.serialization.framing import AvroError, WriterSchemas, read_datum, write_datum
from pipeline.serialization.schemas import AvroSchema, load_schema
from pipeline.serialization.values import Value, from_value, to_value

_STEMS: dict[type[OutputValue], str] = {
    Actor: "actor",
    Threat: "threat",
    Denial: "denial",
    Extraction: "extraction",
}


@cache
def schemas() -> dict[type[OutputValue], AvroSchema]:
    """The schema of each class of record."""
    return {record_class: load_schema(stem) for record_class, stem in _STEMS.items()}


def encode(record: OutputValue, schema_id: int | None = None) -> bytes:
    """The record in the Confluent wire format, or without an id in single-object encoding."""
    return encode_value(type(record), to_value(record), schema_id)


def encode_value(record_class: type[OutputValue], value: Value, schema_id: int | None) -> bytes:
    """As `encode`, of what `to_value` made of a record of this class."""
    return write_datum(schemas()[record_class], value, schema_id)


def decode(value: bytes, writer_of: WriterSchemas | None = None) -> OutputValue:
    """The record that `encode` made ``value`` of, in this release or another.

    Raises `AvroError` where it is in neither framing, of a schema that is not known here, cut
    off, followed by something else, or otherwise no such record; and what ``writer_of`` raises.
    """
    schema, fields = read_datum(value, _by_fingerprint(), writer_of)
    record_class = next(found for found, stem in _STEMS.items() if stem == schema.stem)
    try:
        return from_value(record_class, fields)
    except (ValueError, KeyError) as error:
        raise AvroError(
            "schema-mismatch", f"expected a {schema.name} of this release: {error}"
        ) from error


@cache
def _by_fingerprint() -> dict[bytes, AvroSchema]:
    return {schema.fingerprint: schema for schema in schemas().values()}
