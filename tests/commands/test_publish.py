"""``newswire publish`` against real brokers: every article acknowledged, keyed, as it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.brokers.process import LocalBroker, free_port
from pipeline.commands.publish import publish
from tests.kafka_helpers import create_topic, read_all, unique_name

pytestmark = pytest.mark.integration

LIMIT = {"max.message.bytes": "20000"}


def published(servers: str, topic: str, *arguments: str, stdin: bytes = b"") -> Result:
    place = ["--bootstrap-servers", servers, "--topic", topic]
    return CliRunner().invoke(publish, [*arguments, *place], input=stdin)


def line(article_id: str, body: str = "Text.") -> bytes:
    return json.dumps({"id": article_id, "body": body}).encode()


def test_each_line_is_sent_as_it_stands_under_its_articles_id(
    broker: LocalBroker, tmp_path: Path
) -> None:
    topic = create_topic(broker.bootstrap_servers, unique_name("published"), partitions=3)
    feed = tmp_path / "feed.jsonl"
    values = [line("a1"), b'{"body":"x", "id":"a2"}', b"{oops", b'{"id": "a4"}']
    feed.write_bytes(b"\n".join(values))
    result = published(broker.bootstrap_servers, topic, str(feed))
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        f"4 published to {topic}, 2 of them no articles: they will become dead letters\n"
    )
    found = {message.value: message.key for message in read_all(broker.bootstrap_servers, topic)}
    assert found == {values[0]: b"a1", values[1]: b"a2", values[2]: None, values[3]: b"a4"}


def test_revisions_of_an_article_keep_their_order(broker: LocalBroker) -> None:
    topic = create_topic(broker.bootstrap_servers, unique_name("revisions"), partitions=3)
    values = [
        json.dumps({"id": f"a{number % 7}", "body": "x", "revision": number}).encode()
        for number in range(2_500)
    ]
    result = published(broker.bootstrap_servers, topic, "-", stdin=b"\n".join(values))
    assert result.stdout == f"2,500 published to {topic}\n"
    revisions: dict[str, list[int]] = {}
    for message in read_all(broker.bootstrap_servers, topic):
        article = json.loads(message.value)
        revisions.setdefault(article["id"], []).append(article["revision"])
    assert sum(map(len, revisions.values())) == 2_500
    assert all(found == sorted(found) for found in revisions.values())


def test_a_text_is_sent_as_an_article(broker: LocalBroker, tmp_path: Path) -> None:
    topic = create_topic(broker.bootstrap_servers, unique_name("text"))
    (tmp_path / "talks.txt").write_text("Talks fail\n\nThe talks failed.\n")
    result = published(broker.bootstrap_servers, topic, str(tmp_path / "talks.txt"))
    assert result.exit_code == 0, result.output
    [message] = read_all(broker.bootstrap_servers, topic)
    assert json.loads(message.value) == {
        "id": "talks",
        "headline": "Talks fail",
        "body": "The talks failed.",
    }


def test_an_article_larger_than_the_topic_takes_is_named_and_the_others_sent(
    broker: LocalBroker, tmp_path: Path
) -> None:
    topic = create_topic(broker.bootstrap_servers, unique_name("large"), configs=LIMIT)
    feed = tmp_path / "feed.jsonl"
    feed.write_bytes(b"\n".join([line("a1"), line("a2", "x" * 20_000), line("a3")]))
    result = published(broker.bootstrap_servers, topic, str(feed))
    assert result.exit_code == 1
    assert f"{feed}:2: 20,154 bytes" in result.stderr
    assert "takes 20,000: not sent" in result.stderr
    keys = {message.key for message in read_all(broker.bootstrap_servers, topic)}
    assert keys == {b"a1", b"a3"}


def test_a_missing_topic_is_an_error_that_says_how_to_make_it(broker: LocalBroker) -> None:
    topic = unique_name("nowhere")
    result = published(broker.bootstrap_servers, topic, "-", stdin=line("a1"))
    assert result.exit_code == 1
    assert f"there is no topic {topic}" in result.stderr
    assert "newswire topics create" in result.stderr


@pytest.mark.slow
def test_a_missing_broker_is_an_error_that_names_the_address() -> None:
    servers = f"127.0.0.1:{free_port()}"
    result = published(servers, "any", "-", stdin=line("a1"))
    assert result.exit_code == 1
    assert f"no Kafka broker answers at {servers}" in result.stderr
