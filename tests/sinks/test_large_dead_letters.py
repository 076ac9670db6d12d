"""A dead letter that its topic would refuse stops nothing and is not lost in silence."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pipeline.brokers.process import LocalBroker
from pipeline.dead_letters import read_letters
from pipeline.kafka_security import Cluster
from pipeline.messages import DeadLetter, Failure, SourceMessage
from pipeline.replaying import ReplayRules, plan, send_again
from pipeline.sinks.kafka import KafkaSink, KafkaSinkSettings
from pipeline.topics import TopicNames
from tests.kafka_helpers import create_topic, read_all, unique_name
from tests.sinks.container_samples import published, read

pytestmark = pytest.mark.integration

LIMIT = 100_000
VALUE = os.urandom(LIMIT)
LETTER = DeadLetter(
    SourceMessage("articles", 0, 5, 1_700_000_000_000, b"id", VALUE, (("trace", b"\x01"),)),
    Failure("decode", "not-json", "ArticleError", "expected JSON"),
)


@dataclass
class Letters:
    """A topic of dead letters that takes 100,000 bytes, and the sink that writes there."""

    broker: LocalBroker
    topics: TopicNames

    def write(self, letter: DeadLetter, folder: Path | None) -> None:
        sink = KafkaSink(
            KafkaSinkSettings(
                Cluster(self.broker.bootstrap_servers),
                self.topics,
                bundle_retry_seconds=5,
                dead_letter_dir=None if folder is None else str(folder),
            )
        )
        bundle = sink.begin()
        bundle.write(letter)
        bundle.confirm()
        sink.close()

    @property
    def one(self) -> tuple[bytes | None, bytes | None, dict[str, bytes]]:
        """Key, value and headers of the one message on the topic."""
        [message] = read_all(self.broker.bootstrap_servers, self.topics.dead_letters)
        return message.key, message.value, dict(message.headers)


@pytest.fixture
def letters(broker: LocalBroker) -> Letters:
    topics = TopicNames(unique_name("letters"))
    limit = {"max.message.bytes": str(LIMIT)}
    create_topic(broker.bootstrap_servers, topics.dead_letters, configs=limit)
    return Letters(broker, topics)


def test_it_is_stored_whole_and_the_topic_gets_a_stub(letters: Letters, tmp_path: Path) -> None:
    letters.write(LETTER, tmp_path)
    [path] = published(tmp_path)
    [stored] = read(path)
    assert stored["value"] == VALUE
    key, value, headers = letters.one
    assert (key, value, headers["trace"]) == (b"id", None, b"\x01")
    assert headers["newswire-stored-at"] == str(path).encode()
    assert headers["newswire-original-size"] == b"100000"
    assert headers["newswire-sha256"] == hashlib.sha256(VALUE).hexdigest().encode()
    assert headers["newswire-reason"] == b"not-json"


def test_without_a_folder_the_stub_and_the_log_say_where_the_original_lies(
    letters: Letters, caplog: pytest.LogCaptureFixture
) -> None:
    letters.write(LETTER, None)
    _, value, headers = letters.one
    assert value is None
    assert "newswire-stored-at" not in headers
    assert (headers["newswire-topic"], headers["newswire-offset"]) == (b"articles", b"5")
    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "articles[0]@5" in record.getMessage()
    assert "--dead-letter-dir" in record.getMessage()


def test_one_with_large_headers_gets_a_stub_without_them(letters: Letters, tmp_path: Path) -> None:
    message = SourceMessage("articles", 0, 6, 0, b"id", b"x", (("trace", VALUE),))
    letters.write(DeadLetter(message, LETTER.failure), tmp_path)
    key, _, headers = letters.one
    assert key == b"id"
    assert "trace" not in headers
    [path] = published(tmp_path)
    assert read(path)[0]["headers"] == [{"name": "trace", "value": VALUE}]


def test_one_that_fits_is_not_stored(letters: Letters, tmp_path: Path) -> None:
    message = SourceMessage("articles", 0, 7, 0, b"id", VALUE[: LIMIT // 2])
    letters.write(DeadLetter(message, LETTER.failure), tmp_path)
    assert letters.one[1] == message.value
    assert list(tmp_path.iterdir()) == []


def test_what_was_stored_whole_is_sent_again_whole(letters: Letters, tmp_path: Path) -> None:
    servers = letters.broker.bootstrap_servers
    topic = create_topic(servers, unique_name("articles"))
    article = b'{"id": "a", "body": "' + b"word " * (LIMIT // 5) + b'"}'
    message = replace(LETTER.message, topic=topic, value=article)
    letters.write(replace(LETTER, message=message), tmp_path)
    # Of a second one the file is gone, and its topic never had it.
    letters.write(replace(LETTER, message=replace(message, offset=6, value=VALUE)), tmp_path)
    gone = next(path for path in published(tmp_path) if "-6-" in path.name)
    gone.unlink()
    # Of a third one something else is there.
    letters.write(replace(LETTER, message=replace(message, offset=7, value=VALUE[1:])), tmp_path)
    next(path for path in published(tmp_path) if "-7-" in path.name).write_text("no container")
    made = plan(
        read_letters(Cluster(servers), letters.topics.dead_letters),
        ReplayRules(frozenset({topic}), 3, undecodable=False, max_article_chars=2 * LIMIT),
        cluster=Cluster(servers),
        extractions=create_topic(servers, letters.topics.extractions),
    )
    assert made.refusals == {"value-lost": 2}
    assert send_again(made.to_send, Cluster(servers)) == 1
    [sent] = read_all(servers, topic)
    assert (sent.key, sent.value) == (b"id", article)
    assert list(sent.headers) == [("trace", b"\x01"), ("newswire-retries", b"1")]
