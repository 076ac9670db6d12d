"""Articles in whatever form a message has: JSON, or Avro in one of the two framings.

Each message is told by how it begins: C3 01 and 00 begin Avro (`framing`), everything else is
JSON. Avro is read by ``schemas/article.avsc``; what was written with another schema of a record
named newswire.Article is resolved to it.
"""

from __future__ import annotations

from functools import cache

from pipeline.articles import Article, ArticleError, article_from_fields, decode_json
from pipeline.serialization.framing import (
    AvroError,
    WriterSchemas,
    is_framed,
    read_datum,
    write_datum,
)
from pipeline.serialization.schemas import AvroSchema, load_schema


def article_schema() -> AvroSchema:
    """The schema of articles."""
    return load_schema("article")


def decode_article(
    value: bytes, *, max_chars: int = 200_000, writer_of: WriterSchemas | None = None
) -> Article:
    """The article that ``value`` holds.

    ``max_chars`` limits headline and body together. ``writer_of`` finds the schemas of articles
    in the Confluent wire format; None where there is no registry. Raises `ArticleError` (stage
    "decode") for whatever is wrong with ``value``, and what ``writer_of`` raises.
    """
    if not is_framed(value):
        return decode_json(value, max_chars=max_chars)
    try:
        _, fields = read_datum(value, _known(), writer_of)
    except AvroError as error:
        raise ArticleError("decode", error.reason, str(error)) from error
    return article_from_fields(fields, max_chars=max_chars)


def encode_article(article: Article, schema_id: int | None = None) -> bytes:
    """The article as Avro: in the Confluent wire format, or without an id single-object."""
    return write_datum(article_schema(), article_fields(article), schema_id)


def article_fields(article: Article) -> dict[str, object]:
    """The article as a flat dictionary, with the field names of its schema."""
    return {
        "id": article.id,
        "body": article.body,
        "headline": article.headline,
        "source": article.source,
        "url": article.url,
        "published_at": article.published_at,
        "language": article.language,
        "revision": article.revision,
        "status": article.status.value,
    }


@cache
def _known() -> dict[bytes, AvroSchema]:
    schema = article_schema()
    return {schema.fingerprint: schema}
