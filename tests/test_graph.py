"""Commit after write holds only where nothing between source and sink is run by the runner."""

from __future__ import annotations

import base64
import bz2
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import apache_beam as beam
import pytest
from apache_beam.portability import common_urns, python_urns
from apache_beam.portability.api import beam_runner_api_pb2
from apache_beam.runners.direct.direct_runner import BundleBasedDirectRunner, SwitchingDirectRunner
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.portability.prism_runner import PrismRunner
from apache_beam.runners.runner import PipelineRunner, PipelineState

from pipeline.extraction.settings import ExtractorSettings
from pipeline.graph import GraphSettings, build
from pipeline.kafka_security import Cluster
from pipeline.runners.direct import streaming_options
from pipeline.secret_places import in_environment
from pipeline.serialization.registry_settings import RegistrySettings
from pipeline.sinks.kafka import KafkaSinkSettings
from pipeline.sinks.rolling import AvroFileSinkSettings
from pipeline.sources.kafka import SplitSettings
from pipeline.topics import TopicNames

SETTINGS = GraphSettings(
    source=SplitSettings(Cluster("kafka:9092"), ("newswire.articles",), "group"),
    sinks=(
        KafkaSinkSettings(Cluster("kafka:9092"), TopicNames()),
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
    assert [stage.unique_name for stage in stages] == [
        "Articles/Decode",
        "Records/Extract",
        "Outputs/Encode",
        "Outputs/Write",
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


def test_nothing_in_the_graph_makes_beam_refuse_prism() -> None:
    assert decision_of_beam(lambda pipeline: build(pipeline, SETTINGS)) == "PrismRunner"


def test_beam_is_asked_for_its_decision_indeed() -> None:
    def with_what_prism_lacks(pipeline: beam.Pipeline) -> None:
        sessions = beam.WindowInto(beam.window.Sessions(1))
        _ = pipeline | beam.Create([1]) | sessions

    assert decision_of_beam(with_what_prism_lacks) != "PrismRunner"


def decision_of_beam(add: Callable[[beam.Pipeline], None]) -> str:
    """The runner that Beam's own Direct runner hands the pipeline to."""
    chosen: list[str] = []

    def note(runner: PipelineRunner, *_: object) -> SimpleNamespace:
        chosen.append(type(runner).__name__)
        return SimpleNamespace(state=PipelineState.DONE)

    pipeline = beam.Pipeline(options=streaming_options([]))
    add(pipeline)
    with pytest.MonkeyPatch.context() as patch:
        for runner in (PrismRunner, FnApiRunner, BundleBasedDirectRunner):
            patch.setattr(runner, "run_pipeline", note)
        SwitchingDirectRunner().run_pipeline(pipeline, pipeline.options)
    [name] = chosen
    return name


def pickled(proto: beam_runner_api_pb2.Pipeline) -> bytes:
    """What the stages carry to the workers, out of Beam's wrapping."""
    payloads = [
        beam_runner_api_pb2.ParDoPayload.FromString(transform.spec.payload).do_fn.payload
        for transform in leaves(proto)
        if transform.spec.urn == PAR_DO
    ]
    return b"".join(bz2.decompress(base64.b64decode(payload)) for payload in payloads)


def test_a_job_carries_the_settings_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_SCHEMA_REGISTRY_PASSWORD", "a-very-secret-password")
    password = in_environment("NEWSWIRE_SCHEMA_REGISTRY_PASSWORD")
    registry = RegistrySettings(
        "http://registry.example:8081", 20.0, user="wire", password=password
    )
    pipeline = beam.Pipeline()
    build(pipeline, replace(SETTINGS, registry=registry))
    carried = pickled(pipeline.to_runner_api())
    assert b"registry.example" in carried
    assert b"a-very-secret" not in carried
