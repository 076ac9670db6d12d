"""Whatever comes in there is an outcome: the quick half of ``make fuzz``."""

from __future__ import annotations

import subprocess

from tests.shown_lines import ROOT


def test_whatever_comes_in_becomes_a_result_or_a_dead_letter() -> None:
    # In a process of its own, whose memory is that of the inputs alone.
    done = subprocess.run(
        ["make", "fuzz", "QUICK=1", "SEED=1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "a result" in done.stdout
    assert "sentence-too-long" in done.stdout
