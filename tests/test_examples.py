"""The programs in examples/ do what they say, run as their users would run them."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipeline.articles import Article
from pipeline.brokers.embedded import EmbeddedBroker
from tests.dashboard_wire import Wire
from tests.kafka_helpers import committed_offsets

ROOT = Path(__file__).parents[1]
ARTICLE = (
    "Ankara and Athens quarrel\n\nTurkey has threatened to expel the Greek ambassador unless "
    "Athens withdraws its frigates. Turkey denied that it had made such a threat.\n"
)


def example(name: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / name), *arguments],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_no_example_is_left_untested() -> None:
    names = {path.name for path in (ROOT / "examples").glob("*.py")}
    assert names == {"folder.py", "threats_to_sqlite.py", "webhook.py"}


def test_a_folder_of_articles_is_read_without_kafka(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(ARTICLE, encoding="utf-8")
    said = example("folder.py", str(tmp_path))
    assert (
        "one.txt: Turkey threatens Greece, Ambassador of Greece: expel the Greek ambassador" in said
    )
    assert "one.txt: Turkey denies: it had made such a threat" in said


@pytest.fixture(scope="module")
def servers() -> Iterator[str]:
    """A broker of its own, for the examples have the default names; with articles and records."""
    headline, _, body = ARTICLE.partition("\n\n")
    with EmbeddedBroker() as broker:
        wire = Wire(broker.bootstrap_servers, "newswire")
        for number in range(3):
            wire.publish(Article(id=f"a{number}", headline=headline, body=body))
        yield broker.bootstrap_servers


@pytest.mark.integration
def test_threats_come_into_a_database_and_the_offsets_to_the_group(
    servers: str, tmp_path: Path
) -> None:
    database = str(tmp_path / "threats.db")
    example("threats_to_sqlite.py", servers, database)
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("select article_id, threatener from threats").fetchall()
    assert {("a0", "Turkey"), ("a1", "Turkey"), ("a2", "Turkey")} <= set(rows)
    assert sum(committed_offsets(servers, "sqlite").values()) == 3


@pytest.mark.integration
def test_each_threat_is_posted_also_where_the_receiver_fails_first(servers: str) -> None:
    posted: list[dict[str, object]] = []
    refused = threading.Event()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if refused.is_set():
                posted.append(json.loads(body))
                self.send_response(204)
            else:
                refused.set()
                self.send_response(503)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        webhook = subprocess.Popen(
            [sys.executable, str(ROOT / "examples" / "webhook.py"), servers, url]
        )
        try:
            deadline = time.monotonic() + 120
            while {each["article_id"] for each in posted} != {"a0", "a1", "a2"}:
                assert webhook.poll() is None and time.monotonic() < deadline
                time.sleep(0.1)
        finally:
            webhook.kill()
            webhook.wait()
            server.shutdown()
    assert refused.is_set()
    assert len({str(each["record_id"]) for each in posted}) == len(posted)
