"""A run with a schema registry: what others read of it, and what happens when it is not well."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import fastavro
import pytest
from click.testing import CliRunner
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from confluent_kafka.schema_registry import Schema
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

from pipeline.articles import decode_json
from pipeline.brokers.process import LocalBroker
from pipeline.brokers.registry import LocalRegistry
from pipeline.cli import cli
from pipeline.serialization.articles import article_fields, article_schema, encode_article
from tests.confluents_registry import confluents_client
from tests.faulty_registry import faulty_registry
from tests.integration.wire import Wire
from tests.kafka_helpers import read_all
from tests.newswire_process import NewswireProcess
from tests.numbered_articles import numbered_article
from tests.shown_lines import the_words

pytestmark = [pytest.mark.integration, pytest.mark.slow]

PLAIN_TEXT = (
    "Iran threatened on Monday to close the strait to all Iraqi tankers unless the embassy "
    "reopens. Iran denied that it had seized a tanker."
)
"""Of which every kind of record is made, whatever else the rules learn."""

EVOLVED: dict[str, Any] = {
    **article_schema().definition,
    "fields": [
        {"name": "desk", "type": "string"},
        *(field for field in article_schema().definition["fields"] if field["name"] != "source"),
    ],
}


def newswire(*arguments: str) -> str:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def register(wire: Wire, registry: LocalRegistry, *names: str) -> str:
    return newswire(
        "schemas",
        "register",
        *names,
        f"--schema-registry-url={registry.url}",
        f"--topic-prefix={wire.prefix}",
        f"--input-topic={wire.topics.articles}",
    )


def framed(number: int, schema_id: int) -> bytes:
    """The numbered article in the Confluent wire format, of the evolved schema."""
    article = decode_json(numbered_article(number)[1])
    stream = io.BytesIO()
    fields = {**article_fields(article), "desk": "world"}
    fastavro.schemaless_writer(stream, fastavro.parse_schema(EVOLVED), fields)
    return b"\x00" + schema_id.to_bytes(4, "big") + stream.getvalue()


def consumed(servers: str, topic: str, count: int) -> list[Any]:
    """So many messages, read by confluent-kafka."""
    consumer = Consumer({"bootstrap.servers": servers, "group.id": topic})
    try:
        partitions = consumer.list_topics(topic).topics[topic].partitions
        consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
        found: list[Any] = []
        while len(found) < count:
            message = consumer.poll(30)
            assert message is not None and message.error() is None, found
            found.append(message)
        return found
    finally:
        consumer.close()


@pytest.mark.parametrize("form", ["json", "avro"])
def test_confluents_own_client_reads_every_record_of_a_run_with_a_registry(
    broker: LocalBroker, registry: LocalRegistry, tmp_path: Path, form: str
) -> None:
    wire = Wire(broker)
    assert register(wire, registry).count(" registered") == 5
    feed = tmp_path / "feed.jsonl"
    articles = [{"id": f"article-{number}", "body": PLAIN_TEXT} for number in range(3)]
    feed.write_text("\n".join(json.dumps(article) for article in articles))
    at = [f"--bootstrap-servers={broker.bootstrap_servers}"]
    with_registry = f"--schema-registry-url={registry.url}"
    to = [f"--topic={wire.topics.articles}", f"--format={form}"]
    newswire("publish", str(feed), *to, *at, with_registry)
    arguments = [*wire.run_arguments, with_registry, "--until-caught-up"]
    with NewswireProcess(tmp_path, *arguments) as process:
        assert process.wait() == 0, process.output

    assert wire.dead_letters() == []
    read = AvroDeserializer(confluents_client(registry.url))
    for topic in (*wire.topics.records, wire.topics.extractions):
        values = [message.value for message in read_all(broker.bootstrap_servers, topic)]
        assert values, topic
        for message in consumed(broker.bootstrap_servers, topic, len(values)):
            record = read(message.value(), SerializationContext(topic, MessageField.VALUE))
            assert record is not None
            assert record["article_id"] in {f"article-{number}" for number in range(3)}
    # As the page of the Compose deployment shows it, but for where the registry is.
    tail = [registry.url if "http:" in word else word for word in the_words("tail --schema-")]
    lines = newswire(
        *tail, "threats", "--format=jsonl", f"--topic-prefix={wire.prefix}", *at
    ).splitlines()
    assert {json.loads(line)["article_id"] for line in lines} == {
        f"article-{number}" for number in range(3)
    }
    # Without the registry it says what is missing.
    unread = newswire("tail", "threats", "--format=jsonl", f"--topic-prefix={wire.prefix}", *at)
    assert "--schema-registry-url" in json.loads(unread.splitlines()[0])["error"]


def test_each_message_is_told_by_how_it_begins_and_what_can_not_be_read_is_a_dead_letter(
    embedded_broker: LocalBroker, registry: LocalRegistry, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker)
    register(wire, registry)
    theirs = confluents_client(registry.url)
    schema_id = theirs.register_schema(
        f"{wire.prefix}.evolved", Schema(json.dumps(EVOLVED), "AVRO")
    )
    number_id = theirs.register_schema(f"{wire.prefix}.int", Schema('"int"', "AVRO"))
    article = decode_json(numbered_article(1)[1])
    wire.publish(0)
    wire.publish_raw(
        encode_article(article),
        framed(2, schema_id),
        b" \n" + numbered_article(3)[1],
        b"\xc3\x01" + bytes(8) + b"?",
        b"\x00" + (999_999).to_bytes(4, "big") + b"?",
        b"\x00" + number_id.to_bytes(4, "big") + b"\x02",
        framed(4, schema_id)[:-3],
        b"\x00\x00",
    )
    arguments = [*wire.run_arguments, f"--schema-registry-url={registry.url}", "--until-caught-up"]
    with NewswireProcess(tmp_path, *arguments) as process:
        assert process.wait() == 0, process.output
    assert wire.article_ids() == {f"article-{number}" for number in range(4)}
    reasons = sorted(letter["newswire-reason"].decode() for letter in wire.dead_letters())
    assert reasons == [
        "not-avro",
        "not-avro",
        "schema-mismatch",
        "unknown-schema",
        "unknown-schema",
    ]


def test_without_a_registry_what_needs_one_is_a_dead_letter_and_nothing_else(
    embedded_broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker)
    wire.publish_raw(encode_article(decode_json(numbered_article(0)[1])), framed(1, 7))
    with NewswireProcess(tmp_path, *wire.run_arguments, "--until-caught-up") as process:
        assert process.wait() == 0, process.output
    assert wire.article_ids() == {"article-0"}
    [letter] = wire.dead_letters()
    assert letter["newswire-reason"] == b"no-registry"
    assert b"--schema-registry-url" in letter["newswire-error-message"]


def test_a_registry_that_is_down_at_the_start_is_waited_for(
    embedded_broker: LocalBroker, own_registry: LocalRegistry, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker)
    register(wire, own_registry)
    own_registry.kill()
    wire.publish(*range(3))
    with_registry = f"--schema-registry-url={own_registry.url}"
    with NewswireProcess(
        tmp_path, *wire.run_arguments, with_registry, "--max-outage=2s"
    ) as process:
        assert process.wait() == 1
        assert "no schema registry answers" in process.output
        assert "Traceback" not in process.output
    arguments = [*wire.run_arguments, with_registry, "--until-caught-up"]
    with NewswireProcess(tmp_path, *arguments) as process:
        process.wait_for_output("does not answer; waiting for it")
        assert wire.committed == 0
        own_registry.start()
        assert process.wait() == 0, process.output
    assert wire.article_ids() == {f"article-{number}" for number in range(3)}


def test_a_registry_killed_in_the_middle_is_waited_for_and_no_article_is_lost(
    embedded_broker: LocalBroker, own_registry: LocalRegistry, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker)
    register(wire, own_registry)
    theirs = confluents_client(own_registry.url)
    schema_id = theirs.register_schema(
        f"{wire.prefix}.evolved", Schema(json.dumps(EVOLVED), "AVRO")
    )
    wire.publish(*range(10))
    arguments = [
        *wire.run_arguments,
        f"--schema-registry-url={own_registry.url}",
        "--bundle-retry=2s",
    ]
    with NewswireProcess(tmp_path, *arguments) as process:
        process.wait_until(lambda: wire.committed == 10)
        own_registry.kill()
        # What needs nothing of the registry any more goes on.
        wire.publish(10)
        process.wait_until(lambda: wire.committed == 11)
        wire.publish_raw(*(framed(number, schema_id) for number in range(11, 20)))
        process.wait_for_output("is submitted again")
        own_registry.start()
        process.wait_until(lambda: wire.committed == 20, seconds=120)
        process.process.terminate()
        assert process.wait() == 0, process.output
    assert wire.article_ids() == {f"article-{number}" for number in range(20)}
    assert wire.dead_letters() == []
    assert "Traceback" not in process.output


def test_a_registry_that_does_not_let_us_in_in_mid_run_stops_it_and_nothing_is_lost(
    embedded_broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker)
    known = {"subject": "x", "id": 7, "version": 1, "schema": "{}"}
    wire.publish_raw(framed(0, 9))
    # The four output schemas are found; then the password is no longer good.
    with faulty_registry(lambda n: (200, known) if n < 4 else (401, "no")) as registry:
        arguments = [*wire.run_arguments, f"--schema-registry-url={registry.url}"]
        with NewswireProcess(tmp_path, *arguments, "--until-caught-up") as process:
            assert process.wait() == 1, process.output
    assert "does not let us in (it answers 401)" in process.output
    assert "--schema-registry-user" in process.output
    assert "Traceback" not in process.output
    assert wire.committed == 0
    assert wire.dead_letters() == []


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        ("nothing", "`newswire schemas register` registers it"),
        ("incompatible", "is incompatible with what is"),
    ],
)
def test_a_run_whose_schemas_are_not_registered_does_not_begin(
    embedded_broker: LocalBroker,
    registry: LocalRegistry,
    tmp_path: Path,
    prepare: str,
    message: str,
) -> None:
    wire = Wire(embedded_broker)
    wire.publish(0)
    if prepare == "incompatible":
        fields = [{"name": "record_id", "type": "int"}]
        other = {"type": "record", "name": "newswire.Actor", "fields": fields}
        theirs = confluents_client(registry.url)
        theirs.register_schema(f"{wire.topics.actors}-value", Schema(json.dumps(other), "AVRO"))
        theirs.set_compatibility(f"{wire.topics.actors}-value", "BACKWARD_TRANSITIVE")
    arguments = [*wire.run_arguments, f"--schema-registry-url={registry.url}"]
    with NewswireProcess(tmp_path, *arguments) as process:
        assert process.wait() == 1, process.output
    assert message in process.output
    assert "Traceback" not in process.output
    assert wire.committed == 0
    assert wire.records() == {}
