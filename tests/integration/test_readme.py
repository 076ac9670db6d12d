"""A newcomer who types what the README shows gets what it promises."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.brokers.embedded import EmbeddedBroker
from tests.newswire_process import NEWSWIRE

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FEED = ROOT / "pipeline" / "data" / "feed.jsonl"


def section(title: str) -> str:
    """The part of the README below a heading, up to the next of its rank."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## )", README, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


OWN_BROKER = section("On your own broker")


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    # A broker of its own: the README uses the default names of topics and group.
    with EmbeddedBroker() as broker:
        yield os.environ | {
            "NEWSWIRE_BOOTSTRAP_SERVERS": broker.bootstrap_servers,
            "NEWSWIRE_METRICS_ADDRESS": "127.0.0.1:0",
        }


def newswire(arguments: str, environment: dict[str, str]) -> str:
    command = [NEWSWIRE, *shlex.split(arguments)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def written(environment: dict[str, str]) -> dict[str, str]:
    """The environment of a broker that the README's first commands have filled."""
    shown = re.findall(r"^\$ newswire (.*)$", OWN_BROKER.split("```console")[1], re.MULTILINE)
    assert shown == ["topics create", "publish articles.jsonl", "run"]
    newswire("topics create", environment)
    newswire(f"publish {FEED}", environment)
    newswire("run --until-caught-up", environment)
    return environment


@pytest.mark.integration
def test_tail_shows_the_records(written: dict[str, str]):
    assert "Helena Prado" in newswire("tail", written)


@pytest.mark.integration
def test_the_python_consumer_reads_threats(written: dict[str, str]):
    (code,) = re.findall(r"```python\n(.*?)```", OWN_BROKER, re.DOTALL)
    code = code.replace("localhost:9092", written["NEWSWIRE_BOOTSTRAP_SERVERS"])
    code = code.replace('="earliest"', '="earliest", consumer_timeout_ms=5000')
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr
    assert re.search(
        r"^Allied Dock and Crane Workers \| bring the port to", result.stdout, re.MULTILINE
    )
