"""A minute and a half of chaos: each fault once at least, and nothing is lost."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pipeline.brokers import apache
from tests.chaos.faults import FAULTS

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.apache]

SECONDS = 45
"""Of faults; with starting, catching up and the account it comes to a minute and a half."""

SEED = 4
RATE = 3
LIMIT_SECONDS = 900
"""For a machine on which much else is going on."""


def test_a_minute_of_every_fault_loses_no_article(prism: Path) -> None:
    reason = apache.unavailable_because()
    if reason:
        pytest.skip(f"Apache Kafka: {reason}")
    # It takes the Prism that the fixture has found or built.
    done = subprocess.run(
        ["make", "chaos", f"SECONDS={SECONDS}", f"SEED={SEED}", f"RATE={RATE}"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
    )
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    [survived] = [line for line in told.splitlines() if line.startswith("Survived")]
    assert all(name in survived for name in FAULTS), told
    assert "Every article is accounted for" in told
