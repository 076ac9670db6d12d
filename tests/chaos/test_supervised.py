"""Processes are told apart by more than their ids, which a machine gives out again and again."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.chaos.supervised import Process, descendants, identify

SLEEP = [sys.executable, "-c", "import time; print(flush=True); time.sleep(600)"]


def test_a_process_is_itself_until_it_ends_and_no_other_is() -> None:
    with subprocess.Popen(SLEEP, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = identify(child.pid)
        assert found is not None
        assert found == identify(child.pid)
        assert found != Process(child.pid, found.started + 1)
        assert child.pid in descendants(os.getpid())
        child.kill()
        child.wait()
        assert identify(child.pid) != found
