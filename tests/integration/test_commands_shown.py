"""Who types what the pages show, in an empty folder with articles of their own, gets no error."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.brokers.embedded import EmbeddedBroker
from tests.kafka_helpers import committed_offsets
from tests.shown_process import Shown
from tests.test_docs import PAGES, ROOT, code_of

pytestmark = pytest.mark.integration

FEED = (ROOT / "pipeline" / "data" / "feed.jsonl").read_text(encoding="utf-8").splitlines()
ARTICLE = (
    "Turkey has threatened to expel the Greek ambassador unless Athens withdraws its frigates, "
    "Greek Defence Minister Nikos Stavrou said on Monday. Turkey denied it."
)
PREPARED = (
    "topics create",
    "topics create --topic-prefix mine",
    "publish articles.jsonl",
    "run --until-caught-up --output-dir records",
)

ELSEWHERE = {
    # What needs more than this machine has at once, and the tests that run it.
    r"^run .*--runner|^cancel|^worker": ("tests/runner", "tests/runners", "tests/worker_pool"),
    r"/run/secrets/|\.pem": ("tests/security", "tests/dashboard", "tests/test_metrics_endpoint.py"),
    r"--schema-registry-url|^schemas (register|check)": ("tests/commands/test_schemas_command.py",),
    r"--workers|--share": ("tests/integration/test_workers.py", "tests/integration/test_shares.py"),
    r"^dead-letters (show|replay)": ("tests/integration/test_dead_letters_at_work.py",),
}
ENDLESS = {
    r"^run(?!.*--until-caught-up)": "Running on",
    r"^tail .*--follow": "expel",
    r"^dashboard": "Ctrl-C",
}
"""What goes on until Ctrl-C, and what it says once it works."""


@dataclass(frozen=True)
class Line:
    """A line of a shell in which newswire stands, without its comment."""

    before: str
    arguments: str
    behind: str

    def __str__(self) -> str:
        return self.arguments


def lines() -> list[Line]:
    shown = re.compile(r"^(?:\$ )?(?:(.*) \| )?newswire\b *(.*?)(?: ([|>].*))?$", re.MULTILINE)
    found: dict[Line, None] = {}
    for page in PAGES:
        for before, arguments, behind in shown.findall(re.sub(" +#.*", "", code_of(page))):
            found[Line(before, " ".join(arguments.split()).removesuffix(" &"), behind)] = None
    return list(found)


def here(line: Line) -> bool:
    # What a page shows of the output is no command.
    known = re.match(r"[a-z]", line.arguments)
    return bool(known) and not any(re.search(each, line.arguments) for each in ELSEWHERE)


def test_what_is_run_elsewhere_is_shown_somewhere_and_its_tests_are_there() -> None:
    for pattern, tests in ELSEWHERE.items():
        assert any(re.search(pattern, line.arguments) for line in lines()), pattern
        assert all((ROOT / test).exists() for test in tests)


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    # A broker of its own: the pages use the default names of topics and groups.
    with EmbeddedBroker() as broker:
        yield os.environ | {
            "NEWSWIRE_BOOTSTRAP_SERVERS": broker.bootstrap_servers,
            "NEWSWIRE_METRICS_ADDRESS": "127.0.0.1:0",
            "NEWSWIRE_DASHBOARD_ADDRESS": "127.0.0.1:0",
        }


@pytest.fixture(scope="module")
def folder(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a reader is who has followed the first steps: with files, topics and records."""
    folder = tmp_path_factory.mktemp("reader")
    for name in ("article.txt", "quarrel.txt"):
        (folder / name).write_text(ARTICLE, encoding="utf-8")
    articles = "".join(
        f"{each}\n" for each in (json.dumps({"id": "a", "body": ARTICLE}), *FEED[:2])
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
    for command in PREPARED:
        shown = Shown(shlex.split(command), folder, environment, "")
        assert shown.wait() == 0, shown.said
    return folder


@pytest.mark.parametrize("line", list(filter(here, lines())), ids=str)
def test_a_command_shown_does_its_work(
    line: Line, folder: Path, environment: dict[str, str]
) -> None:
    given = ARTICLE
    if line.before:
        given = subprocess.check_output(line.before, shell=True, text=True)
    shown = Shown(shlex.split(line.arguments), folder, environment, given)
    for pattern, text in ENDLESS.items():
        if re.search(pattern, line.arguments):
            assert shown.interrupt_after(text) in {0, 130}, shown.said
            return
    assert shown.wait() == 0, shown.said
    if line.behind.startswith(">"):
        (folder / line.behind[1:].strip()).write_text(shown.printed, encoding="utf-8")
    elif line.behind.startswith("|") and shutil.which("jq"):
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
