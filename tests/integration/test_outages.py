"""A broker that goes away is waited for, and nothing is lost; too long an outage ends the run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.brokers import apache
from pipeline.brokers.apache import ApacheKafka
from pipeline.brokers.embedded import EmbeddedBroker
from tests.integration.wire import Wire
from tests.newswire_process import NewswireProcess

pytestmark = [pytest.mark.integration, pytest.mark.slow]

ARTICLES = 120


@pytest.fixture
def own_kafka() -> Iterator[ApacheKafka]:
    """A broker that the test may stop: one that keeps its data."""
    reason = apache.unavailable_because()
    if reason:
        pytest.skip(f"Apache Kafka: {reason}")
    with ApacheKafka() as broker:
        yield broker


@pytest.mark.apache
def test_a_stopped_broker_is_waited_for_and_no_article_is_lost(
    own_kafka: ApacheKafka, direct_runner: list[str], tmp_path: Path
) -> None:
    wire = Wire(own_kafka)
    wire.publish(*range(ARTICLES))
    arguments = [*wire.run_arguments, *direct_runner]
    arguments += ["--bundle-retry=2s", "--max-bundle-records=10"]
    with NewswireProcess(tmp_path, *arguments) as process:
        process.wait_until(lambda: wire.committed >= 20)
        own_kafka.kill()
        process.wait_for_output("is submitted again")
        time.sleep(2)
        own_kafka.start()
        wire.publish(*range(ARTICLES, ARTICLES + 10))
        process.wait_until(lambda: wire.committed == ARTICLES + 10, seconds=120)
        process.process.terminate()
        assert process.wait() == 0, process.output
        warnings = process.output.count(" WARNING ")

    assert wire.article_ids() == {f"article-{number}" for number in range(ARTICLES + 10)}
    assert all(len(set(values)) == 1 for values in wire.records().values())
    assert warnings <= 10, "an outage is said when it begins, not at each try"
    assert "Traceback" not in process.output


def test_an_outage_longer_than_allowed_ends_the_run_with_an_error(tmp_path: Path) -> None:
    with EmbeddedBroker() as broker:
        wire = Wire(broker)
        wire.publish(*range(5))
        arguments = [*wire.run_arguments, "--bundle-retry=1s", "--max-outage=3s"]
        with NewswireProcess(tmp_path, *arguments) as process:
            process.wait_until(lambda: wire.committed == 5)
            broker.kill()
            assert process.wait() == 1
    assert "gave up" in process.output
    assert process.output.count("does not answer") == 1, "once, however often it is submitted"
    assert "Traceback" not in process.output


@pytest.mark.apache
def test_outages_with_a_quiet_wire_between_them_are_two_and_not_one_long_one(
    own_kafka: ApacheKafka, tmp_path: Path
) -> None:
    longest = 20
    wire = Wire(own_kafka)
    wire.publish(0)
    arguments = [*wire.run_arguments, "--bundle-retry=1s", f"--max-outage={longest}s"]
    with NewswireProcess(tmp_path, *arguments) as process:
        process.wait_until(lambda: wire.committed == 1)
        for outage in (1, 2):
            own_kafka.kill()
            process.wait_until(lambda: process.output.count("does not answer") == outage)  # noqa: B023
            own_kafka.start()
            process.wait_until(lambda: process.output.count("is back") == outage)  # noqa: B023
            if outage == 1:
                time.sleep(longest)
        wire.publish(1)
        process.wait_until(lambda: wire.committed == 2)


@pytest.mark.parametrize(("more", "code"), [([], 0), (["--until-caught-up"], 130)])
def test_a_run_that_waits_for_a_broker_can_be_stopped_in_order(
    tmp_path: Path, more: list[str], code: int
) -> None:
    arguments = ["run", "--bootstrap-servers=127.0.0.1:1", "--metrics-address=127.0.0.1:0", *more]
    with NewswireProcess(tmp_path, *arguments) as process:
        process.wait_for_output("does not answer")
        process.process.terminate()
        assert process.wait() == code
    assert "Stopped before reading began" in process.output
    assert "Error" not in process.output.replace("KafkaTimeoutError", "")
    assert "Traceback" not in process.output


@pytest.mark.apache
def test_a_run_can_be_stopped_in_an_outage_and_goes_on_where_it_was(
    own_kafka: ApacheKafka, tmp_path: Path
) -> None:
    wire = Wire(own_kafka)
    wire.publish(*range(60))
    with NewswireProcess(tmp_path, *wire.run_arguments, "--max-bundle-records=5") as process:
        process.wait_until(lambda: wire.committed > 0)
        own_kafka.kill()
        process.wait_for_output("does not answer")
        process.process.terminate()
        assert process.wait() == 0
    assert "read again the next time" in process.output
    own_kafka.start()
    with NewswireProcess(tmp_path, *wire.run_arguments, "--until-caught-up") as process:
        assert process.wait() == 0, process.output
    assert wire.article_ids() == {f"article-{number}" for number in range(60)}


def test_without_a_broker_the_run_says_what_to_do(tmp_path: Path) -> None:
    arguments = ["run", "--bootstrap-servers=127.0.0.1:1", "--max-outage=1s"]
    with NewswireProcess(tmp_path, *arguments, "--metrics-address=127.0.0.1:0") as process:
        assert process.wait() == 1
    assert "--bootstrap-servers" in process.output
    assert "Traceback" not in process.output
