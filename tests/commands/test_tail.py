"""``newswire tail`` against real brokers: records decoded, dead letters shown safely."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipeline.brokers.process import LocalBroker
from pipeline.commands.tail import tail
from pipeline.serialization.avro import encode
from pipeline.serialization.values import to_json
from pipeline.topics import TopicNames
from tests.kafka_helpers import create_topic, produce, unique_name
from tests.newswire_process import NewswireProcess
from tests.record_samples import ACTOR, DENIAL, THREAT

pytestmark = pytest.mark.integration

HOSTILE = b"\x1b[2J\xe2\x80\xae{oops\xff"


@pytest.fixture
def names(broker: LocalBroker) -> TopicNames:
    """Output topics of the test's own, with a record or dead letter on each."""
    names = TopicNames(unique_name("tailed"))
    servers = broker.bootstrap_servers
    for topic, record in zip(names.records, [ACTOR, THREAT, DENIAL], strict=True):
        create_topic(servers, topic)
        produce(servers, topic, [encode(record)], keys=[record.record_id.encode()])
    create_topic(servers, names.dead_letters)
    headers = {
        "newswire-topic": b"wire.in",
        "newswire-partition": b"2",
        "newswire-offset": b"17",
        "newswire-stage": b"decode",
        "newswire-reason": b"not-json",
        "newswire-error-message": b"expected JSON\x1b[31m",
    }
    produce(servers, names.dead_letters, [HOSTILE], headers=list(headers.items()))
    return names


def tailed(broker: LocalBroker, names: TopicNames, *arguments: str) -> Result:
    place = ["--bootstrap-servers", broker.bootstrap_servers, "--topic-prefix", names.prefix]
    result = CliRunner().invoke(tail, [*arguments, *place], env={"COLUMNS": "160"})
    assert result.exit_code == 0, result.output
    return result


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_record_is_a_line_with_its_place(broker: LocalBroker, names: TopicNames) -> None:
    found = {line["topic"]: line for line in lines(tailed(broker, names, "--format", "jsonl"))}
    assert set(found) == set(names.records)
    for topic, record in zip(names.records, [ACTOR, THREAT, DENIAL], strict=True):
        line = found[topic]
        assert (line["partition"], line["offset"]) == (0, 0)
        assert line["timestamp"].endswith("Z")
        assert {name: line[name] for name in to_json(record)} == json.loads(
            json.dumps(to_json(record))
        )


def test_a_topic_is_named_by_its_kind_or_in_full(broker: LocalBroker, names: TopicNames) -> None:
    found = lines(tailed(broker, names, "threats", names.denials, "--format", "jsonl"))
    assert {line["topic"] for line in found} == {names.threats, names.denials}


def test_the_table_links_a_denial_to_its_threat(broker: LocalBroker, names: TopicNames) -> None:
    output = tailed(broker, names).stdout
    assert "Threats" in output and "Denials" in output and "Actors" in output
    assert "Ilka Varna: stop every train" in output


def test_a_dead_letter_is_shown_with_its_origin_and_without_control_characters(
    broker: LocalBroker, names: TopicNames
) -> None:
    output = tailed(broker, names, "dead-letters").stdout
    assert "wire.in[2]@17" in output and "decode: not-json" in output
    assert "{oops\\xff" in output
    assert "\x1b" not in output and "\u202e" not in output
    [line] = lines(tailed(broker, names, "dead-letters", "--format", "jsonl"))
    assert line["value"] == "\x1b[2J\u202e{oops\\xff"
    assert line["headers"]["newswire-reason"] == "not-json"


def test_a_value_of_an_unknown_schema_is_shown_with_the_reason(
    broker: LocalBroker, names: TopicNames
) -> None:
    produce(broker.bootstrap_servers, names.threats, [b"\xc3\x01" + bytes(10)])
    found = lines(tailed(broker, names, "threats", "--format", "jsonl"))
    assert found[0]["record_id"] == THREAT.record_id
    assert "fingerprint 0000000000000000" in found[1]["error"]
    assert "fingerprint 0000" in tailed(broker, names, "threats").stdout


def test_a_limit_ends_it_early(broker: LocalBroker, names: TopicNames) -> None:
    produce(broker.bootstrap_servers, names.actors, [encode(ACTOR)] * 20)
    result = tailed(broker, names, "actors", "--format", "jsonl", "--limit", "7")
    assert [line["offset"] for line in lines(result)] == list(range(7))


def test_following_shows_what_is_written_later(
    broker: LocalBroker, names: TopicNames, tmp_path: Path
) -> None:
    arguments = ["threats", "--from-now", "--limit", "2", "--format", "jsonl"]
    place = ["--bootstrap-servers", broker.bootstrap_servers, "--topic-prefix", names.prefix]
    with NewswireProcess(tmp_path, "tail", *arguments, *place) as process:
        deadline = time.monotonic() + 60
        # Written until it is seen: when the command has found the topic's end, it does not say.
        while process.process.poll() is None and time.monotonic() < deadline:
            produce(broker.bootstrap_servers, names.threats, [encode(THREAT)])
            time.sleep(0.2)
        assert process.wait() == 0
        offsets = [json.loads(line)["offset"] for line in process.output.splitlines()]
    assert len(offsets) == 2 and offsets[0] > 0


def test_nothing_there_yet_is_said(broker: LocalBroker, names: TopicNames) -> None:
    empty = create_topic(broker.bootstrap_servers, unique_name("empty"))
    result = tailed(broker, names, empty)
    assert (result.stdout, result.stderr) == ("", f"nothing on {empty} yet\n")


def test_a_missing_topic_is_an_error_that_says_what_to_do(broker: LocalBroker) -> None:
    arguments = ["nowhere.at.all", "--bootstrap-servers", broker.bootstrap_servers]
    result = CliRunner().invoke(tail, arguments)
    assert result.exit_code == 1
    assert "there is no topic nowhere.at.all" in result.stderr
