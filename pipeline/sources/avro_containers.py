"""Articles in Avro object containers (``.avro``), each as the JSON bytes that it is in JSON.

The container's own schema may be any that Avro can resolve to ``schemas/article.avsc``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

import fastavro

from pipeline.serialization.articles import article_schema
from pipeline.serialization.framing import AvroError, shortened
from pipeline.serialization.writer_schemas import parse_writer_schema

CONTAINER_MAGIC = b"Obj\x01"
"""Begins every container."""


def container_articles(stream: BinaryIO) -> Iterator[bytes]:
    """Each record of the container as JSON, in its order.

    Raises OSError where it is no container of articles, or damaged: the records before the
    damage have been given by then.
    """
    schema = article_schema()
    found = "no Avro container"
    try:
        reader = fastavro.reader(stream, schema.parsed)
        parse_writer_schema(json.dumps(reader.writer_schema))
        found = f"record 1 is no {schema.name} and can't be resolved to one, or is damaged"
        for number, fields in enumerate(reader, start=1):
            found = f"record {number + 1} is damaged"
            yield _as_json(fields)
    except OSError:
        raise
    except AvroError as error:
        raise OSError(f"its schema can't be used: {error}") from error
    except Exception as error:
        # fastavro raises whatever the place of the damage brings about; a codec that is not
        # installed is a ValueError.
        raise OSError(f"{found}: {type(error).__name__}: {shortened(error)}") from error


def _as_json(fields: object) -> bytes:
    return json.dumps(fields, ensure_ascii=False, default=_iso_time).encode("utf-8")


def _iso_time(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"expected a time, found {type(value).__name__}")
    return value.isoformat()
