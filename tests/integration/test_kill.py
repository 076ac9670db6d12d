"""The promise that everything else stands on: a pipeline that dies hard loses no article."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.brokers.process import LocalBroker
from tests.integration.wire import Wire
from tests.newswire_process import NewswireProcess

pytestmark = [pytest.mark.integration, pytest.mark.slow]

ARTICLES = 400
SMALL_BUNDLES = "--max-bundle-records=10"


def test_no_article_is_lost_when_the_pipeline_is_killed_in_mid_feed(
    broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(broker)
    wire.publish(*range(ARTICLES))

    for _ in range(2):
        enough = wire.committed + 20
        with NewswireProcess(tmp_path, *wire.run_arguments, SMALL_BUNDLES) as process:
            process.wait_until(lambda enough=enough: wire.committed >= enough)
            process.process.kill()
            process.wait()
        assert wire.committed < ARTICLES, "the kill came too late to show anything"

    with NewswireProcess(tmp_path, *wire.run_arguments, "--until-caught-up") as process:
        assert process.wait() == 0, process.output

    assert wire.committed == ARTICLES
    assert wire.article_ids() == {f"article-{number}" for number in range(ARTICLES)}
    for record_id, values in wire.records().items():
        assert len(set(values)) == 1, f"{record_id!r} was written with different bytes"
    assert wire.dead_letters() == []
