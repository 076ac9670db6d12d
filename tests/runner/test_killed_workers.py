"""Whoever works dies hard, and no article is lost."""

from __future__ import annotations

import time

import pytest

from pipeline.brokers.embedded import EmbeddedBroker
from tests.integration.wire import Wire
from tests.kafka_helpers import committed_offsets, read_all
from tests.runner.conftest import Start
from tests.runner.under_test import WITHIN_SECONDS, RunnerUnderTest, wait_for

pytestmark = [pytest.mark.integration, pytest.mark.slow]

FIRST = 40
ARTICLES = 100

WRITTEN = "newswire_articles_written_total"
ENDED = "newswire_workers_ended_total"


def committed_but_not_written(wire: Wire) -> set[str]:
    """The articles that the group has committed, and that have left nothing on the topics."""
    # In this order: what is written meanwhile can only hide that it came too late.
    servers = wire.broker.bootstrap_servers
    committed = committed_offsets(servers, wire.group_id)
    written = wire.current_state().keys()
    return {
        article.key.decode()
        for article in read_all(servers, wire.topics.articles)
        if article.offset < committed.get((article.topic, article.partition), 0)
    } - written


def test_every_article_is_accounted_for_soon_after_a_worker_is_killed(
    runner: RunnerUnderTest, start: Start, embedded_broker: EmbeddedBroker
) -> None:
    wire = Wire(embedded_broker)
    wire.publish(*range(FIRST))
    with start(wire, "--splits=3") as run:
        wait_for(lambda: wire.committed >= 20, run)
        died = runner.sample(run, ENDED, outcome="died")
        written = runner.sample(run, WRITTEN)
        # Flink commits with its checkpoints: what is to be under way at the kill comes now.
        wire.publish(*range(FIRST, ARTICLES))
        wait_for(lambda: runner.sample(run, WRITTEN) > written, run)
        runner.kill_workers(run)
        killed = time.monotonic()
        assert wire.committed < ARTICLES, "the kill came too late to show anything"
        assert not committed_but_not_written(wire)
        # Where the runner has not gone on by itself, `newswire run` submits the job again. Where
        # the run itself was the worker, whoever supervises it starts it again.
        again = run if runner.workers_are_apart else start(wire, "--splits=3", *runner.replacing)
        with again:
            left = WITHIN_SECONDS - (time.monotonic() - killed)
            wait_for(lambda: wire.committed >= ARTICLES, again, left)
            if runner.has_pool:
                assert runner.sample(again, ENDED, outcome="died") > died
                assert runner.sample(again, WRITTEN) > written, "what it had counted is forgotten"
            again.process.terminate()
            assert again.wait() == 0, again.output
    every_article = {f"article-{number}" for number in range(ARTICLES)}
    assert wire.article_ids() == every_article
    assert wire.current_state().keys() == every_article
    assert wire.dead_letters() == []
    for record_id, values in wire.records().items():
        assert len(set(values)) == 1, f"{record_id!r} was written with different bytes"
