"""Several processes counting together, each a real one: the folder is for them."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import Gauge

from pipeline import metrics
from pipeline.metrics_endpoint import Endpoint, EndpointSettings
from pipeline.options import Address
from pipeline.process_metrics import FOLDER_VARIABLE, MetricsFolder

ROOT = Path(__file__).parents[1]


class Counting:
    """A process that counts what it is told, in Python, until it is killed."""

    def __init__(self, folder: MetricsFolder) -> None:
        script = (
            "import sys\nfrom pipeline import metrics\nprint('ready', flush=True)\n"
            "for line in sys.stdin:\n    exec(line)\n    print('done', flush=True)\n"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, FOLDER_VARIABLE: str(folder.path)},
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def does(self, statement: str) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{statement}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def folder() -> Iterator[MetricsFolder]:
    with MetricsFolder() as folder:
        yield folder


@pytest.fixture
def two(folder: MetricsFolder) -> Iterator[tuple[Counting, Counting]]:
    both = Counting(folder), Counting(folder)
    yield both
    for each in both:
        each.kill()


def value(folder: MetricsFolder, sample: str, **labels: str) -> float | None:
    return folder.registry.get_sample_value(sample, labels)


def test_what_processes_count_is_added_up(
    folder: MetricsFolder, two: tuple[Counting, Counting]
) -> None:
    for each in two:
        each.does("metrics.ARTICLES_WRITTEN.inc(3)")
        each.does("metrics.EXTRACTION_SECONDS.observe(0.2)")
        each.does("metrics.FILES_OPEN.labels('threat').inc()")
        each.does("metrics.describe_build('some model')")
    assert value(folder, "newswire_articles_written_total") == 6
    assert value(folder, "newswire_extraction_seconds_count") == 2
    assert value(folder, "newswire_extraction_seconds_bucket", le="0.25") == 2
    assert value(folder, "newswire_files_open", kind="threat") == 2
    assert 'model="some model"' in scraped(folder)
    assert value(folder, "newswire_dead_letters_total", stage="decode", reason="not-json") == 0


def test_counts_of_a_process_that_is_killed_remain_and_its_files_do_not(
    folder: MetricsFolder, two: tuple[Counting, Counting]
) -> None:
    dies, lives = two
    for number in range(3):
        dies.does(f"metrics.ARTICLES_WRITTEN.inc({number})")
        dies.does("metrics.EXTRACTION_SECONDS.observe(0.2)")
        dies.does("metrics.FILES_OPEN.labels('threat').inc()")
        dies.does("metrics.consumer_lag('articles', 0).set(7)")
        lives.does("metrics.ARTICLES_WRITTEN.inc(10)")
        dies.kill()
        folder.sweep()
        assert not list(folder.path.glob(f"*_{dies.process.pid}.db"))
        dies = Counting(folder)
        assert value(folder, "newswire_articles_written_total") == 10 * (number + 1) + sum(
            range(number + 1)
        )
        assert value(folder, "newswire_extraction_seconds_count") == number + 1
        assert value(folder, "newswire_files_open", kind="threat") == 0
        assert value(folder, "newswire_consumer_lag", topic="articles", partition="0") == 7
    dies.kill()


def test_the_lag_of_a_partition_is_what_was_seen_last_whoever_saw_it(
    folder: MetricsFolder, two: tuple[Counting, Counting]
) -> None:
    first, second = two
    first.does("metrics.consumer_lag('articles', 0).set(900)")
    second.does("metrics.consumer_lag('articles', 0).set(2)")
    second.kill()
    assert value(folder, "newswire_consumer_lag", topic="articles", partition="0") == 2
    first.does("metrics.consumer_lag('articles', 0).set(5)")
    assert value(folder, "newswire_consumer_lag", topic="articles", partition="0") == 5


def test_the_processes_memory_and_time_are_told_together(
    folder: MetricsFolder, two: tuple[Counting, Counting]
) -> None:
    both = value(folder, "process_resident_memory_bytes")
    before = value(folder, "process_cpu_seconds_total")
    two[0].kill()
    one = value(folder, "process_resident_memory_bytes")
    assert both is not None and one is not None and before is not None
    assert 0 < one < both
    after = value(folder, "process_cpu_seconds_total")
    assert after is not None and after >= before > 0


def test_an_endpoint_serves_all_of_them(
    folder: MetricsFolder, two: tuple[Counting, Counting]
) -> None:
    for each in two:
        each.does("metrics.ARTICLES_WRITTEN.inc()")
    assert "\nnewswire_articles_written_total 2.0\n" in scraped(folder)


def test_a_folder_whose_maker_was_killed_is_deleted_and_one_in_use_is_not(
    folder: MetricsFolder,
) -> None:
    script = (
        "import os\nfrom pipeline.process_metrics import MetricsFolder\n"
        "folder = MetricsFolder()\nprint(folder.path, flush=True)\nos._exit(9)"
    )
    made = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    abandoned = Path(made.stdout.strip())
    assert abandoned.is_dir(), made.stderr
    with MetricsFolder():
        assert not abandoned.exists()
        assert folder.path.is_dir()


def test_a_process_that_has_metrics_of_its_own_is_not_let_in_late(folder: MetricsFolder) -> None:
    with pytest.raises(RuntimeError, match="before its metrics were shared"):
        folder.join()


def test_every_gauge_says_how_those_of_several_processes_become_one() -> None:
    gauges = [gauge for gauge in vars(metrics).values() if isinstance(gauge, Gauge)]
    assert gauges
    assert {gauge._multiprocess_mode for gauge in gauges} <= {"livesum", "livemax", "mostrecent"}


def scraped(folder: MetricsFolder) -> str:
    endpoint = Endpoint(EndpointSettings(Address("127.0.0.1", 0)), lambda: None, folder.registry)
    try:
        with urllib.request.urlopen(f"http://{endpoint.address}/metrics", timeout=30) as answer:
            return answer.read().decode()
    finally:
        endpoint.close()
