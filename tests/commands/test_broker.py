"""``newswire broker``: there while it runs, and gone with it."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest

from tests.kafka_helpers import create_topic
from tests.newswire_process import NewswireProcess

pytestmark = pytest.mark.integration


def test_it_serves_until_ctrl_c_and_says_when_its_port_is_taken(tmp_path: Path) -> None:
    with NewswireProcess(tmp_path, "broker", "--broker-port=0") as process:
        process.wait_for_output("Ctrl-C")
        found = re.search(r"127\.0\.0\.1:(\d+)", process.output)
        assert found
        create_topic(found[0], "tried")
        with NewswireProcess(tmp_path, "broker", f"--broker-port={found[1]}") as second:
            assert second.wait() == 1
            assert "another program listens" in second.output
            assert "--broker-port" in second.output
        process.process.send_signal(signal.SIGINT)
        assert process.wait() == 0, process.output
