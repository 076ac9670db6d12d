"""``newswire run --workers``: several processes, of which the user sees one."""

from __future__ import annotations

import os
import re
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.brokers.embedded import EmbeddedBroker
from tests.integration.output_folder import articles_in, unfinished_in
from tests.integration.wire import Wire
from tests.newswire_process import START_SECONDS, NewswireProcess

pytestmark = [pytest.mark.integration, pytest.mark.slow]

ARTICLES = 200
MODULE = "pipeline.parallel.worker_main"


def workers_of(process: NewswireProcess) -> list[int]:
    """The worker processes that there are now, by number."""
    found = {}
    children = Path(f"/proc/{process.process.pid}/task").glob("*/children")
    for pid in (int(word) for path in children for word in path.read_text().split()):
        arguments = command_line(pid)
        # Not while it is still asking to end with its parent.
        if MODULE in arguments and not any("dies_with_parent" in each for each in arguments):
            found[arguments[arguments.index(MODULE) + 1]] = pid
    return [found[number] for number in sorted(found)]


def command_line(pid: int) -> list[str]:
    """Empty where the process has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


def until(condition: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


class Seen:
    """What a scraper sees of a run: it asks again and again."""

    def __init__(self, process: NewswireProcess) -> None:
        found = re.search(r"Metrics of 2 workers at (http://\S+)/metrics", process.output)
        assert found, process.output
        self.url = found[1]
        self.counters: dict[str, float] = {}
        self.worker_processes = 0.0

    def ask(self) -> None:
        """Takes the counters; none may have gone back or away."""
        with urllib.request.urlopen(f"{self.url}/metrics") as answer:
            lines = answer.read().decode().splitlines()
        series = {
            name: float(value)
            for name, _, value in (line.rpartition(" ") for line in lines)
            if name.startswith("newswire_")
        }
        self.worker_processes = series["newswire_worker_processes"]
        now = {
            name: value
            for name, value in series.items()
            if re.match(r"newswire_\w+_(total|count|bucket)\b", name)
        }
        gone_back = {name for name, value in self.counters.items() if now.get(name, -1) < value}
        assert not gone_back
        self.counters = now

    @property
    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz"):
                return True
        except urllib.error.HTTPError:
            return False


def test_a_worker_killed_in_mid_feed_is_started_again_and_nothing_is_lost(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    wire, folder = Wire(embedded_broker, partitions=4), tmp_path / "records"
    wire.publish(*range(ARTICLES))
    arguments = [*wire.run_arguments, "--workers=2", f"--output-dir={folder}"]
    arguments.append("--max-bundle-records=10")
    with NewswireProcess(tmp_path, *arguments, on_a_terminal=True) as process:
        process.wait_for_output("Metrics of 2 workers")
        seen = Seen(process)
        assert not seen.ready
        process.wait_until(lambda: seen.ready and wire.committed >= 20)
        seen.ask()
        first, second = workers_of(process)
        os.kill(first, signal.SIGKILL)
        process.wait_until(lambda: not seen.ready)
        assert wire.committed < ARTICLES, "the kill came too late to show anything"
        assert unfinished_in(folder), "the kill came too early to show anything"

        def all_is_committed() -> bool:
            # The counters are those of after the last commit, and not of just before.
            done = wire.committed == ARTICLES
            seen.ask()
            return done

        process.wait_until(all_is_committed, 2 * START_SECONDS)
        assert seen.ready
        assert workers_of(process)[1] == second
        assert seen.counters["newswire_worker_restarts_total"] == 1
        assert seen.worker_processes == 2
        assert seen.counters["newswire_articles_written_total"] >= ARTICLES
        process.wait_for_output("lag 0, last article-")
        process.process.send_signal(signal.SIGTERM)
        assert process.wait() == 0, process.output
    assert "Worker 0 was ended by SIGKILL. It is started again in 1 s" in process.output
    every_article = {f"article-{number}" for number in range(ARTICLES)}
    assert wire.article_ids() == every_article
    assert articles_in(folder) == every_article
    assert unfinished_in(folder) == []


def test_workers_together_read_until_caught_up_and_are_stopped_by_one_signal(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker, partitions=3)
    wire.publish(*range(30))
    arguments = [*wire.run_arguments, "--workers=2", "--until-caught-up"]
    with NewswireProcess(tmp_path, *arguments, "--share=pod-0/1", "--splits=2") as process:
        assert process.wait() == 0, process.output
    assert "Done: 30 of 30 articles" in process.output
    assert wire.committed == 30

    wire.publish(*range(30, 30 + ARTICLES))
    with NewswireProcess(tmp_path, *arguments, "--max-bundle-records=5") as process:
        process.wait_until(lambda: wire.committed > 30)
        workers = workers_of(process)
        process.process.send_signal(signal.SIGINT)
        assert process.wait() == 130, process.output
    assert not any(command_line(pid) for pid in workers)
    assert process.output.count("Stopping") == 1
    assert wire.committed < 30 + ARTICLES, "it was not stopped, but done"
    assert "Traceback" not in process.output


def test_workers_end_with_their_parent_however_it_ends(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker)
    with NewswireProcess(tmp_path, *wire.run_arguments, "--workers=2") as process:
        process.wait_until(lambda: len(workers_of(process)) == 2)
        workers = workers_of(process)
        process.process.kill()
        until(lambda: not any(command_line(pid) for pid in workers))


def test_a_second_signal_ends_all_at_once(embedded_broker: EmbeddedBroker, tmp_path: Path) -> None:
    wire = Wire(embedded_broker)
    with NewswireProcess(tmp_path, *wire.run_arguments, "--workers=2") as process:
        process.wait_until(lambda: len(workers_of(process)) == 2)
        workers = workers_of(process)
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)  # so that they do not end by themselves
        process.process.send_signal(signal.SIGTERM)
        process.wait_for_output("Stopping")
        time.sleep(1)
        process.process.send_signal(signal.SIGTERM)
        assert process.wait() == 128 + signal.SIGTERM
        until(lambda: not any(command_line(pid) for pid in workers))


def test_a_worker_that_dies_again_and_again_is_started_with_growing_pauses_and_given_up(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker)
    arguments = [*wire.run_arguments, "--workers=2", "--max-outage=5s"]
    with NewswireProcess(tmp_path, *arguments) as process:
        killed: set[int] = set()
        while process.process.poll() is None:
            for pid in workers_of(process)[1:]:
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
            time.sleep(0.05)
        assert process.wait() == 1
    pauses = re.findall(r"started again in (\d+) s", process.output)
    assert pauses == ["1", "2", "4"][: len(pauses)]
    assert len(killed) == len(pauses) + 1 > 2
    assert "Worker 1 was ended by SIGKILL, and is given up" in process.output


def test_what_only_a_person_can_put_right_ends_all_workers_and_none_is_started_again(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    arguments = [
        "run",
        f"--bootstrap-servers={embedded_broker.bootstrap_servers}",
        "--input-topic=no-such-topic",
        "--metrics-address=127.0.0.1:0",
        "--workers=2",
    ]
    with NewswireProcess(tmp_path, *arguments) as process:
        assert process.wait() == 1
    assert "there is no topic no-such-topic" in process.output
    assert "ended for good with exit code 1" in process.output
    assert "started again" not in process.output


def test_workers_on_a_runner_that_has_its_own_are_wrong_usage(tmp_path: Path) -> None:
    with NewswireProcess(tmp_path, "run", "--runner=FlinkRunner", "--workers=2") as process:
        assert process.wait() == 2
    assert "--workers is for the DirectRunner" in process.output
