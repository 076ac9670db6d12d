"""Commit after write holds only where nothing between source and sink is run by the runner."""

from __future__ import annotations

import apache_beam as beam
from apache_beam.portability import common_urns, python_urns
from apache_beam.portability.api import beam_runner_api_pb2

from pipeline.extraction.settings import ExtractorSettings
from pipeline.graph import GraphSettings, build
from pipeline.sinks.kafka import KafkaSinkSettings
from pipeline.sinks.rolling import AvroFileSinkSettings
from pipeline.sources.kafka import SplitSettings
from pipeline.topics import TopicNames

SETTINGS = GraphSettings(
    source=SplitSettings("kafka:9092", ("newswire.articles",), "group"),
    sinks=(
        KafkaSinkSettings("kafka:9092", TopicNames()),
        AvroFileSinkSettings("records"),
    ),
    topics=TopicNames(),
    extractor=ExtractorSettings(),
    max_article_chars=1_000,
    dead_letter_other_languages=False,
    max_bundle_records=10,
    max_bundle_seconds=1,
    max_failure_ratio=0.5,
)

PAR_DO = common_urns.primitives.PAR_DO.urn


def graph() -> beam_runner_api_pb2.Pipeline:
    pipeline = beam.Pipeline()
    build(pipeline, SETTINGS)
    return pipeline.to_runner_api()


def leaves(proto: beam_runner_api_pb2.Pipeline) -> list[beam_runner_api_pb2.PTransform]:
    return [
        transform
        for transform in proto.components.transforms.values()
        if not transform.subtransforms
        and transform.spec.urn != python_urns.GENERIC_COMPOSITE_TRANSFORM
    ]


def after_the_source(
    proto: beam_runner_api_pb2.Pipeline,
) -> list[beam_runner_api_pb2.PTransform]:
    """Every transform that reads, directly or not, what the source's transform gives."""
    transforms = leaves(proto)
    [source] = [t for t in transforms if t.unique_name.endswith("ReadUnbounded")]
    reached, found = set(source.outputs.values()), []
    while True:
        new = [t for t in transforms if t not in found and reached & set(t.inputs.values())]
        if not new:
            return found
        found += new
        reached.update(*(t.outputs.values() for t in new))


def test_only_plain_par_dos_stand_between_the_source_and_the_sink() -> None:
    stages = after_the_source(graph())
    assert [stage.unique_name.split("/")[0] for stage in stages] == [
        "Decode",
        "Extract",
        "Encode",
        "Write",
    ]
    for stage in stages:
        assert stage.spec.urn == PAR_DO, stage.unique_name
        payload = beam_runner_api_pb2.ParDoPayload.FromString(stage.spec.payload)
        assert not payload.side_inputs
        assert not payload.state_specs
        assert not payload.timer_family_specs
        assert not payload.restriction_coder_id
        assert len(stage.inputs) == 1, "a Flatten hides behind a second input"


def test_the_source_is_an_unbounded_splittable_read_of_ours() -> None:
    proto = graph()
    [read] = [t for t in leaves(proto) if t.unique_name.endswith("ReadUnbounded")]
    payload = beam_runner_api_pb2.ParDoPayload.FromString(read.spec.payload)
    assert payload.restriction_coder_id
    assert payload.requests_finalization
