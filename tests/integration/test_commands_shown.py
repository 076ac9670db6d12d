"""Who types what the pages show, in an empty folder with articles of their own, gets no error."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from pipeline.brokers.embedded import EmbeddedBroker
from tests.fake_flink import FakeFlink
from tests.kafka_helpers import committed_offsets, produce
from tests.samples import WIDTH, article_text, quarrel_text, untrue_lines
from tests.shown_lines import ROOT, Line, is_a_test, newswire_lines, outputs_of
from tests.shown_process import Shown

pytestmark = pytest.mark.integration

FEED = (ROOT / "pipeline" / "data" / "feed.jsonl").read_text(encoding="utf-8").splitlines()
PREPARED = (
    "topics create",
    "topics create --topic-prefix mine",
    "publish articles.jsonl",
)
UNKNOWN_SCHEMA = b"\xc3\x01" + bytes(8)
LETTERS = 18
"""So many dead letters that the one which a page shows is there."""

ELSEWHERE = {
    # What needs more than this machine has at once, and the tests that run it.
    r"^run --runner FlinkRunner .*--savepoint": (
        "tests/runner/test_on_flink.py::test_a_job_goes_on_exactly_where_its_savepoint_was_taken",
    ),
    r"^run --runner FlinkRunner": (
        "tests/runner/test_on_flink.py"
        "::test_checkpoints_complete_and_a_run_that_is_stopped_leaves_no_job_behind",
        "tests/runners/test_flink.py::test_a_runner_is_known_by_each_of_the_names_that_beam_takes",
    ),
    r"^run --runner PortableRunner": (
        "tests/runner/test_reading_on_runners.py"
        "::test_articles_of_several_partitions_and_splits_become_records",
        "tests/runners/test_job_endpoint.py::test_ctrl_c_ends_the_job",
    ),
    r"^worker": (
        "tests/worker_pool/test_worker_command.py::test_a_worker_that_dies_or_is_stopped_is_seen",
    ),
    r"--sasl-": ("tests/security/test_secure_kafka.py::test_the_documented_rights_suffice",),
    r"^schemas (register|check)": (
        "tests/commands/test_schemas_command.py"
        "::test_what_is_registered_is_listed_with_id_and_version_and_passes_the_check",
    ),
    r"--schema-registry-url": (
        "tests/integration/test_registry_run.py"
        "::test_confluents_own_client_reads_every_record_of_a_run_with_a_registry",
    ),
    r"--workers .*--until-caught-up": (
        "tests/integration/test_workers.py"
        "::test_workers_together_read_until_caught_up_and_are_stopped_by_one_signal",
    ),
    r"--workers .*--output-dir": (
        "tests/integration/test_workers.py"
        "::test_a_worker_killed_in_mid_feed_is_started_again_and_nothing_is_lost",
    ),
}
ENDLESS = {
    r"^run(?!.*--until-caught-up)": "Running on",
    r"^tail .*--follow": "expel",
    r"^(dashboard|broker)": "Ctrl-C",
}
"""What goes on until Ctrl-C, and what it says once it works."""

STAND_INS = {
    ":9108": ":0",
    ":9120": ":0",
    "/run/secrets/": "secrets/",
}
"""What stands here for ports and places that a test may not take."""


def here(line: Line) -> bool:
    return not any(re.search(each, line.arguments) for each in ELSEWHERE)


def words_of(line: Line) -> list[str]:
    text = line.arguments
    for shown, real in STAND_INS.items():
        text = text.replace(shown, real)
    return shlex.split(text)


def test_what_is_run_elsewhere_is_shown_somewhere_and_its_tests_are_there() -> None:
    for pattern, tests in ELSEWHERE.items():
        assert any(re.search(pattern, line.arguments) for line in newswire_lines()), pattern
        for test in tests:
            assert is_a_test(test), test


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    # A broker of its own: the pages use the default names of topics and groups.
    with EmbeddedBroker() as broker:
        yield os.environ | {
            "NEWSWIRE_BOOTSTRAP_SERVERS": broker.bootstrap_servers,
            "NEWSWIRE_METRICS_ADDRESS": "127.0.0.1:0",
            "NEWSWIRE_DASHBOARD_ADDRESS": "127.0.0.1:0",
            "NEWSWIRE_BROKER_PORT": "0",
            "COLUMNS": str(WIDTH),
        }


@pytest.fixture(scope="module")
def folder(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a reader is who has followed the first steps: with files, topics and records."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "article.txt").write_text(article_text(), encoding="utf-8")
    (folder / "quarrel.txt").write_text(quarrel_text(), encoding="utf-8")
    articles = "".join(
        f"{each}\n" for each in (json.dumps({"id": "a", "body": article_text()}), *FEED[:2])
    )
    for name in ("articles", "my-articles", "monday"):
        (folder / f"{name}.jsonl").write_text(articles, encoding="utf-8")
    actors = re.findall(
        r"```json\n(.*?)```", (ROOT / "docs" / "actors.md").read_text(encoding="utf-8"), re.DOTALL
    )[0]
    *ours, other = actors.splitlines(keepends=True)
    (folder / "our-actors.jsonl").write_text("".join(ours), encoding="utf-8")
    (folder / "banks.jsonl").write_text(other, encoding="utf-8")
    gold = (ROOT / "tests" / "gold" / "feed_gold.jsonl").read_text(encoding="utf-8").splitlines()
    (folder / "tests" / "gold").mkdir(parents=True)
    for file in (folder / "tests" / "gold" / "feed_gold.jsonl", folder / "gold.jsonl"):
        file.write_text("\n".join(gold[:3]), encoding="utf-8")
    (folder / "newswire.toml").write_text('group-id = "watch"\n', encoding="utf-8")
    (folder / "schemas").symlink_to(ROOT / "schemas")
    (folder / "kafka-password").touch()
    (folder / "secrets").mkdir()
    for name in ("metrics", "dashboard"):
        (folder / "secrets" / name).write_text("a long password of ours", encoding="utf-8")
    certificate = trustme.CA().issue_cert("wire.example.org")
    for cert, key in (("metrics.pem", "metrics.key"), ("cert.pem", "key.pem")):
        certificate.cert_chain_pems[0].write_to_path(folder / cert)
        certificate.private_key_pem.write_to_path(folder / key)

    def does(command: str) -> None:
        shown = Shown(shlex.split(command), folder, environment, "")
        assert shown.wait() == 0, shown.said

    for command in PREPARED:
        does(command)
    servers = environment["NEWSWIRE_BOOTSTRAP_SERVERS"]
    produce(servers, "newswire.articles", [UNKNOWN_SCHEMA] * LETTERS)
    does("run --until-caught-up --output-dir records")
    return folder


@pytest.fixture
def flink() -> Iterator[FakeFlink]:
    """Flink's REST interface, with a job of each group that the pages show."""
    with FakeFlink() as flink:
        for job_id, group in (("1f0c", "newswire"), ("2a", "watch")):
            flink.add(job_id, group)
        yield flink


@pytest.mark.parametrize("line", list(filter(here, newswire_lines())), ids=str)
def test_a_command_shown_does_its_work(
    line: Line, folder: Path, environment: dict[str, str], flink: FakeFlink
) -> None:
    given = article_text()
    if line.before:
        given = subprocess.check_output(line.before, shell=True, text=True)
    words = [re.sub(r"http://[\w-]+:8081", flink.url, word) for word in words_of(line)]
    shown = Shown(words, folder, environment, given)
    [until] = [text for pattern, text in ENDLESS.items() if re.search(pattern, line.arguments)] or [
        None
    ]
    code = shown.wait() if until is None else shown.interrupt_after(until)
    assert code == 0 or (until and code == 130), shown.said
    for output in outputs_of(line):
        untrue = untrue_lines(output, shown.said)
        assert untrue == [], f'stale: run "make docs-samples"; now it is\n{shown.said}'
    if line.behind.startswith(">"):
        (folder / line.behind[1:].strip()).write_text(shown.printed, encoding="utf-8")
    elif line.behind.startswith("|"):
        if "jq" in line.behind and not shutil.which("jq"):
            pytest.skip("jq: not found; the command itself has done its work")
        passed_on = subprocess.run(
            line.behind[1:].replace("less", "cat"),
            shell=True,
            input=shown.printed,
            capture_output=True,
            text=True,
        )
        assert passed_on.returncode == 0 and passed_on.stdout, passed_on.stderr


def programs() -> list[tuple[str, str]]:
    """Those of schemas/README.md are run by the tests of the contract, with a registry."""
    return [
        (f"{page.name} {number}", code)
        for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
        for number, code in enumerate(
            re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
        )
    ]


@pytest.mark.parametrize("code", [pytest.param(code, id=name) for name, code in programs()])
def test_a_program_shown_does_its_work(
    code: str, folder: Path, environment: dict[str, str]
) -> None:
    servers = environment["NEWSWIRE_BOOTSTRAP_SERVERS"]
    shown = Shown(code.replace("localhost:9092", servers), folder, environment, "")
    if "KafkaConsumer(" in code:
        assert shown.interrupt_after("Turkey") != 0 and "KeyboardInterrupt" in shown.said
    elif "ReadArticles(" in code:
        # It reads for ever.
        shown.end_once(lambda: sum(committed_offsets(servers, "mine").values()) >= 3)
    else:
        assert shown.wait() == 0, shown.said
        assert "print" not in code or "Turkey" in shown.printed
