"""The benchmarks' wire, on a real broker with the real pipeline."""

from __future__ import annotations

import pytest

from benchmarks.wire import Pipeline, Wire
from pipeline.brokers.apache import ApacheKafka
from tests.numbered_articles import numbered_article

pytestmark = [pytest.mark.integration, pytest.mark.apache]


def test_what_a_pipeline_takes_is_measured_from_append_to_acknowledged_extraction(
    apache_broker: ApacheKafka,
) -> None:
    values = [numbered_article(number)[1] for number in range(6)]
    with Wire(apache_broker.bootstrap_servers, 2) as wire:
        with Pipeline(wire, "--prism=off") as pipeline:
            pipeline.await_ready()
            wire.send(values[:2])
            pipeline.await_all_written()
            took = pipeline.read(apache_broker, values[2:])
            assert pipeline.written == 6
        ways = wire.ways()
    assert len(ways) == 6
    assert all(done >= came for came, done in ways)
    assert took.clock == max(done for _, done in ways[2:]) - ways[2][0]
    assert 0 < took.pipeline < took.total
