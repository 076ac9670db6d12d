"""Dead letters listed, shown and sent again, as an operator does it, on real brokers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.brokers.process import LocalBroker
from pipeline.commands.dead_letters import dead_letters
from tests.integration.wire import Wire
from tests.kafka_helpers import create_topic, produce, read_all, unique_name
from tests.newswire_process import NewswireProcess
from tests.numbered_articles import numbered_article

pytestmark = pytest.mark.integration

HOSTILE = b'{"id": "h", \x1b[2J\xe2\x80\xae\xff'


def run_to_the_end(wire: Wire, folder: Path, *more: str) -> None:
    with NewswireProcess(folder, *wire.run_arguments, "--until-caught-up", *more) as process:
        assert process.wait() == 0, process.output


def ask(wire: Wire, command: str, *arguments: str, code: int = 0) -> Result:
    place = [
        f"--bootstrap-servers={wire.broker.bootstrap_servers}",
        f"--topic-prefix={wire.prefix}",
    ]
    if command == "replay":
        place.append(f"--input-topic={wire.topics.articles}")
    # What a test names itself stands behind, and wins.
    result = CliRunner().invoke(dead_letters, [command, *place, *arguments], env={"COLUMNS": "200"})
    assert result.exit_code == code, result.output
    return result


def revision(number: int, revision: int) -> bytes:
    return json.dumps(json.loads(numbered_article(number)[1]) | {"revision": revision}).encode()


def test_what_failed_is_listed_shown_safely_and_sent_again_once_the_cause_is_mended(
    broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(broker)
    assert "no dead letters" in ask(wire, "list").stdout
    key, value = numbered_article(1)
    headers = [("trace", b"t-1"), ("newswire-stage", b"the wire's own"), ("trace", b"t-2")]
    produce(broker.bootstrap_servers, wire.topics.articles, [value], keys=[key], headers=headers)
    wire.publish_raw(HOSTILE)
    run_to_the_end(wire, tmp_path, "--max-article-chars=20")

    listed = ask(wire, "list").stdout
    assert "decode: too-long" in listed and "decode: not-" in listed
    only = ask(wire, "list", "--reason=too-long").stdout
    assert "not-" not in only
    place = only.splitlines()[1].split()[0]
    shown = ask(wire, "show", place).stdout
    assert "Key        article-1" in shown and "newswire-stage: the wire's own" in shown
    hostile = next(line.split()[0] for line in listed.splitlines() if "not-" in line)
    output = ask(wire, "show", hostile, f"--output={tmp_path / 'value'}").stdout
    assert "\x1b" not in output and "\u202e" not in output and r"\x1b[2J\u202e\xff" in output
    assert (tmp_path / "value").read_bytes() == HOSTILE

    # With the limit that it failed by, it would only fail again.
    assert "2 left out" in ask(wire, "replay", "--max-article-chars=20", "--yes").stdout
    assert "1 to send" in ask(wire, "replay", "--dry-run").stdout
    assert "1 sent" in ask(wire, "replay", "--yes").stdout
    again = read_all(broker.bootstrap_servers, wire.topics.articles)[-1]
    assert (again.key, again.value) == (key, value)
    assert list(again.headers) == [*headers, ("newswire-retries", b"1")]
    run_to_the_end(wire, tmp_path)
    assert wire.article_ids() == {"article-1"}


def test_retries_are_counted_and_end(broker: LocalBroker, tmp_path: Path) -> None:
    wire = Wire(broker, partitions=1)
    wire.publish(1)
    for tried in range(2):
        run_to_the_end(wire, tmp_path, "--max-article-chars=20")
        newest = ask(wire, "list").stdout.splitlines()[1 + tried]
        assert f" {tried or ''} " in newest
        ask(wire, "replay", "--yes", "--max-retries=1")
    told = ask(wire, "replay", "--yes", "--max-retries=1").stdout
    # Of the first letter, which is still there, the second one tells what became of it.
    assert "too-many-retries" in told and "failed-again" in told and "0 to send" in told
    told = ask(wire, "replay", "--yes", "--max-retries=2", "--limit=9").stdout
    assert "1 left out" in told and "1 sent" in told


def test_an_old_revision_does_not_overwrite_a_newer_one(
    broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(broker)
    key, _ = numbered_article(1)
    servers, topic = broker.bootstrap_servers, wire.topics.articles
    produce(servers, topic, [revision(1, 1)], keys=[key])
    run_to_the_end(wire, tmp_path, "--max-article-chars=20")
    produce(servers, topic, [revision(1, 2)], keys=[key])
    run_to_the_end(wire, tmp_path)
    told = ask(wire, "replay", "--yes").stdout
    assert "1 left out" in told and "older-revision" in told and "0 to send" in told
    assert len(read_all(servers, topic)) == 2


def test_nothing_is_sent_to_a_topic_that_only_a_letter_names(
    broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(broker)
    wire.publish(1)
    run_to_the_end(wire, tmp_path, "--max-article-chars=20")
    other = create_topic(broker.bootstrap_servers, unique_name("other"))
    told = ask(wire, "replay", "--yes", f"--input-topic={other}").stdout
    assert "1 to send" in told  # beside the wire's own topic, which is named too
    place = [f"--bootstrap-servers={broker.bootstrap_servers}", f"--topic-prefix={wire.prefix}"]
    result = CliRunner().invoke(dead_letters, ["replay", *place, f"--input-topic={other}", "--yes"])
    assert "other-topic" in result.output and "0 to send" in result.output
    assert read_all(broker.bootstrap_servers, other) == []


def test_nobody_is_asked_where_nobody_is_there(broker: LocalBroker, tmp_path: Path) -> None:
    wire = Wire(broker)
    wire.publish(1)
    run_to_the_end(wire, tmp_path, "--max-article-chars=20")
    assert "--yes" in ask(wire, "replay", code=1).output
    assert len(read_all(broker.bootstrap_servers, wire.topics.articles)) == 1
