"""The records of one article as Kafka messages.

The key is the record's id, the value Avro in single-object encoding. Headers, all UTF-8, say
where the article lies that the record was found in: ``newswire-article-id``,
``newswire-topic``, ``newswire-partition``, ``newswire-offset``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.messages import OutputMessage, SourceMessage
from pipeline.records import Actor, Extraction, Record, Threat
from pipeline.serialization.avro import encode

if TYPE_CHECKING:
    from pipeline.topics import TopicNames


def output_messages(
    source: SourceMessage, extraction: Extraction, topics: TopicNames
) -> tuple[OutputMessage, ...]:
    """One message for each record, in the order of ``extraction.records``."""
    lineage = {
        "newswire-article-id": extraction.provenance.article_id,
        "newswire-topic": source.topic,
        "newswire-partition": str(source.partition),
        "newswire-offset": str(source.offset),
    }
    headers = tuple((name, text.encode()) for name, text in lineage.items())
    return tuple(
        OutputMessage(_topic(record, topics), record.record_id.encode(), encode(record), headers)
        for record in extraction.records
    )


def _topic(record: Record, topics: TopicNames) -> str:
    if isinstance(record, Actor):
        return topics.actors
    return topics.threats if isinstance(record, Threat) else topics.denials
