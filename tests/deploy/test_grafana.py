"""The dashboards of Grafana: as their source has them, and with data on a running pipeline."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.brokers.embedded import EmbeddedBroker
from pipeline.brokers.process import free_port
from tests.integration.wire import Wire
from tests.newswire_process import NewswireProcess

GRAFANA = Path(__file__).parents[2] / "deploy" / "grafana"
FILES = sorted((GRAFANA / "dashboards").glob("*.json"))
PANELS = [
    (path.stem, panel)
    for path in FILES
    for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]
]

# A minute of wire is enough here, where a dashboard looks at hours.
VARIABLES = {
    "$job": "newswire.*",
    "$__rate_interval": "20s",
    "$__range": "20s",
    "[1h]": "[20s]",
}


def test_the_files_are_what_their_source_writes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, GRAFANA / "dashboards.py", tmp_path], check=True)
    assert len(FILES) == 2
    for path in FILES:
        made = (tmp_path / path.name).read_text(encoding="utf-8")
        assert path.read_text(encoding="utf-8") == made, "python deploy/grafana/dashboards.py"


@pytest.mark.parametrize(("dashboard", "panel"), PANELS, ids=lambda each: str(each)[:12])
def test_a_panel_tells_what_it_shows_in_a_unit(dashboard: str, panel: dict[str, Any]) -> None:
    assert len(panel["description"]) > 20
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert panel["datasource"]["uid"] == "${datasource}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_panels_do_not_lie_on_each_other(path: Path) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
        place = panel["gridPos"]
        own = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not own & taken and place["x"] + place["w"] <= 24
        taken |= own


@pytest.fixture(scope="module")
def scraped(
    embedded_broker: EmbeddedBroker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], list[Any]]]:
    """Asks a Prometheus that has been scraping a pipeline at work."""
    prometheus = shutil.which("prometheus")
    if prometheus is None:
        pytest.skip("prometheus: not found")
    folder = tmp_path_factory.mktemp("grafana")
    wire, port = Wire(embedded_broker), free_port()
    arguments = [
        *wire.run_arguments,
        f"--metrics-address=127.0.0.1:{port}",
        "--watch-actor=Q458",
    ]
    with (
        NewswireProcess(folder, *arguments) as process,
        running_prometheus(prometheus, folder, port) as ask,
    ):
        process.wait_for_output("Running on")
        for number in range(12):
            wire.publish(number)
            time.sleep(1)
        process.wait_until(lambda: bool(ask("newswire_articles_written_total >= 10")))
        yield ask


@contextmanager
def running_prometheus(
    program: str, folder: Path, port: int
) -> Iterator[Callable[[str], list[Any]]]:
    job = {"job_name": "newswire", "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
    config = {"global": {"scrape_interval": "1s"}, "scrape_configs": [job]}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    address = f"127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [
            program,
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address={address}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def ask(query: str) -> list[Any]:
        asked = urllib.parse.urlencode({"query": query})
        try:
            with urllib.request.urlopen(
                f"http://{address}/api/v1/query?{asked}", timeout=30
            ) as answer:
                found: list[Any] = json.load(answer)["data"]["result"]
        except ConnectionError:
            return []
        except OSError as error:
            if "refused" in str(error):
                return []
            raise
        return found

    try:
        yield ask
    finally:
        process.kill()
        process.wait()


@pytest.mark.integration
def test_every_query_finds_data_on_a_running_pipeline(
    scraped: Callable[[str], list[Any]],
) -> None:
    empty = []
    for dashboard, panel in PANELS:
        for target in panel["targets"]:
            query = target["expr"]
            for name, value in VARIABLES.items():
                query = query.replace(name, value)
            if not scraped(query):
                empty.append((dashboard, panel["title"], query))
    assert not empty
    # And the way of asking can fail.
    assert not scraped('sum(rate(newswire_no_such_metric_total{job=~"newswire.*"}[20s]))')
