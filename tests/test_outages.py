from __future__ import annotations

import logging

import pytest
from kafka.errors import KafkaConnectionError

from pipeline.outages import OutageLog, Unavailable, is_unavailable, patiently
from pipeline.stopping import STOPPING


class Flaky:
    """Fails a number of times, then works."""

    def __init__(self, failures: int) -> None:
        self.left = failures
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.left:
            self.left -= 1
            raise KafkaConnectionError("refused")
        return "done"


def test_an_operation_is_tried_until_it_works() -> None:
    dropped = []
    result = patiently(
        Flaky(2), seconds=20, outage=OutageLog("The broker"), on_error=dropped.append
    )
    assert result == "done"
    assert len(dropped) == 2, "a client that failed is not used again"


def test_an_outage_is_logged_once_when_it_begins_and_once_when_it_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, logger="pipeline"):
        patiently(Flaky(4), seconds=20, outage=OutageLog("The broker"))
    assert [record.message.split(" after ")[0] for record in caplog.records] == [
        "The broker does not answer; waiting for it: KafkaConnectionError: refused",
        "The broker is back",
    ]


def test_what_stays_away_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="refused"):
        patiently(Flaky(1_000), seconds=0.5, outage=OutageLog("The broker"))


def test_a_process_that_is_stopping_waits_no_longer() -> None:
    operation = Flaky(1_000)
    STOPPING.set()
    try:
        with pytest.raises(Unavailable):
            patiently(operation, seconds=1_000, outage=OutageLog("The broker"))
    finally:
        STOPPING.clear()
    assert operation.calls == 1


def test_an_error_of_our_own_is_not_taken_for_an_outage() -> None:
    with pytest.raises(ZeroDivisionError):
        patiently(lambda: 1 // 0, seconds=20, outage=OutageLog("The broker"))
    assert not is_unavailable(ZeroDivisionError("division by zero"))


def test_an_outage_is_recognised_in_what_a_runner_makes_of_it() -> None:
    as_text = RuntimeError("Traceback ...\npipeline.outages.Unavailable: no success within 20 s")
    assert is_unavailable(as_text)
