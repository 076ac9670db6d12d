"""The promise that everything else stands on: a pipeline that dies hard loses no article."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.brokers.process import LocalBroker
from tests.integration.output_folder import articles_in, records_in, unfinished_in
from tests.integration.wire import Wire
from tests.newswire_process import NewswireProcess

pytestmark = [pytest.mark.integration, pytest.mark.slow]

ARTICLES = 400
SMALL_BUNDLES = "--max-bundle-records=10"


def test_no_article_is_lost_when_the_pipeline_is_killed_in_mid_feed(
    broker: LocalBroker, direct_runner: list[str], tmp_path: Path
) -> None:
    wire, folder = Wire(broker), tmp_path / "records"
    wire.publish(*range(ARTICLES))
    arguments = [*wire.run_arguments, *direct_runner, f"--output-dir={folder}"]

    for _ in range(2):
        enough = wire.committed + 20
        with NewswireProcess(tmp_path, *arguments, SMALL_BUNDLES) as process:
            process.wait_until(lambda enough=enough: wire.committed >= enough)
            process.process.kill()
            process.wait()
        assert wire.committed < ARTICLES, "the kill came too late to show anything"
        assert unfinished_in(folder), "the kill came too early to show anything"

    with NewswireProcess(tmp_path, *arguments, "--until-caught-up") as process:
        assert process.wait() == 0, process.output

    assert wire.committed == ARTICLES
    every_article = {f"article-{number}" for number in range(ARTICLES)}
    assert wire.article_ids() == every_article
    assert wire.current_state().keys() == every_article
    assert articles_in(folder) == every_article
    for record_id, values in [*wire.records().items(), *records_in(folder).items()]:
        assert len(set(values)) == 1, f"{record_id!r} was written with different bytes"
    assert wire.dead_letters() == []
    assert unfinished_in(folder) == []
    assert "left by a process that died" in process.output
