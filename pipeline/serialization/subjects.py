"""Which schema the values of each topic have, and so under which subject it is registered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.records import Actor, Denial, Extraction, OutputValue, Threat
from pipeline.serialization.articles import article_schema
from pipeline.serialization.avro import schemas
from pipeline.serialization.registry import SchemaRegistry, subject_for
from pipeline.serialization.schemas import AvroSchema

if TYPE_CHECKING:
    from pipeline.topics import TopicNames


@dataclass(frozen=True, slots=True)
class Subject:
    """A topic's values in the registry."""

    topic: str
    schema: AvroSchema

    @property
    def name(self) -> str:
        """As the registry has it: Confluent's TopicNameStrategy."""
        return subject_for(self.topic)


def output_subjects(topics: TopicNames) -> dict[type[OutputValue], Subject]:
    """The subject of each class of record."""
    names: dict[type[OutputValue], str] = {
        Actor: topics.actors,
        Threat: topics.threats,
        Denial: topics.denials,
        Extraction: topics.extractions,
    }
    return {kind: Subject(topic, schemas()[kind]) for kind, topic in names.items()}


def input_subjects(input_topics: Iterable[str]) -> list[Subject]:
    """The subjects of the topics that articles come in on."""
    return [Subject(topic, article_schema()) for topic in input_topics]


def schema_ids(
    registry: SchemaRegistry, topics: TopicNames, seconds: float | None = None
) -> dict[type[OutputValue], int]:
    """The id of each class of record.

    ``seconds`` is how long to wait for the registry, where not as its settings say. Raises
    `pipeline.outages.Unavailable` where it stays away, and `pipeline.outages.Misconfigured` where
    a schema is not registered, or the registry says no.
    """
    return {
        kind: registry.schema_id(subject.topic, subject.schema, seconds)
        for kind, subject in output_subjects(topics).items()
    }
