"""What was found in one article as Kafka messages.

A record's key is its id, an extraction's the article's; the value is Avro in single-object
encoding, or with a registry in the Confluent wire format. Headers, all UTF-8, say where the
article lies that it was found in: ``newswire-article-id``, ``newswire-topic``,
``newswire-partition``, ``newswire-offset``. An extraction also has ``newswire-revision`` and
``newswire-status``, so that who prunes or watches the topic need not decode it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline.messages import OutputMessage, SourceMessage
from pipeline.records import Actor, Extraction, OutputValue, Record, Threat
from pipeline.serialization.avro import encode_value
from pipeline.serialization.values import to_value

if TYPE_CHECKING:
    from pipeline.topics import TopicNames

REVISION_HEADER = "newswire-revision"
STATUS_HEADER = "newswire-status"


def output_messages(
    source: SourceMessage,
    extraction: Extraction,
    topics: TopicNames,
    schema_ids: Mapping[type[OutputValue], int] | None = None,
) -> tuple[OutputMessage, ...]:
    """One message for each record, in the order of ``extraction.records``, then the extraction.

    An article that was skipped for its language gives none. ``schema_ids`` are those of a
    registry; without it values are in single-object encoding.
    """
    ids = schema_ids or {}
    lineage = {
        "newswire-article-id": extraction.provenance.article_id,
        "newswire-topic": source.topic,
        "newswire-partition": str(source.partition),
        "newswire-offset": str(source.offset),
    }
    headers = tuple((name, text.encode()) for name, text in lineage.items())
    # In it the records stand as they do alone; so each is looked through once.
    value = to_value(extraction)
    values = (*value["actors"], *value["threats"], *value["denials"])
    records = tuple(
        OutputMessage(
            _topic(record, topics),
            fields["record_id"].encode(),
            encode_value(type(record), fields, ids.get(type(record))),
            headers,
        )
        for record, fields in zip(extraction.records, values, strict=True)
    )
    if not extraction.states_truth:
        return records
    state = {
        REVISION_HEADER: str(extraction.provenance.revision),
        STATUS_HEADER: extraction.status.value,
    }
    whole = OutputMessage(
        topics.extractions,
        extraction.provenance.article_id.encode(),
        encode_value(Extraction, value, ids.get(Extraction)),
        (*headers, *((name, text.encode()) for name, text in state.items())),
    )
    return (*records, whole)


def _topic(record: Record, topics: TopicNames) -> str:
    if isinstance(record, Actor):
        return topics.actors
    return topics.threats if isinstance(record, Threat) else topics.denials
