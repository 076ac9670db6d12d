"""``newswire schemas``: what is listed, registered and found wanting, on a real registry."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from confluent_kafka.schema_registry import Schema

from pipeline.brokers.process import LocalBroker, free_port
from pipeline.brokers.registry import LocalRegistry
from pipeline.cli import cli
from pipeline.commands import registry_access
from pipeline.serialization.articles import decode_article
from pipeline.serialization.schemas import load_schema
from tests.confluents_registry import confluents_client
from tests.faulty_registry import faulty_registry
from tests.kafka_helpers import create_topic, read_all, unique_name
from tests.shown_lines import the_words

STEMS = ("article", "actor", "threat", "denial", "extraction")


def newswire(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, arguments, input=stdin, env={"COLUMNS": "200"})


def place(registry: LocalRegistry, prefix: str) -> list[str]:
    return [
        f"--schema-registry-url={registry.url}",
        f"--topic-prefix={prefix}",
        f"--input-topic={prefix}.articles",
    ]


def test_each_schema_is_listed_with_its_fingerprint_and_topic() -> None:
    output = newswire("schemas", "list").stdout
    for stem in STEMS:
        schema = load_schema(stem)
        [line] = [line for line in output.splitlines() if line.startswith(f"{schema.name} ")]
        assert line.split() == [schema.name, schema.fingerprint.hex(), f"newswire.{stem}s"]


@pytest.mark.integration
def test_what_is_registered_is_listed_with_id_and_version_and_passes_the_check(
    registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = unique_name("listed")
    before = newswire("schemas", "list", *place(registry, prefix))
    assert before.stdout.count("not registered") == len(STEMS)
    missing = newswire("schemas", "check", *place(registry, prefix))
    assert missing.exit_code == 1
    assert "`newswire schemas register` registers" in missing.output
    allowed = newswire("schemas", "check", "--allow-unregistered", *place(registry, prefix))
    assert allowed.exit_code == 0, allowed.output
    # As the page of the records shows it, with what else is here in the environment.
    monkeypatch.setenv("NEWSWIRE_SCHEMA_REGISTRY_URL", registry.url)
    monkeypatch.setenv("NEWSWIRE_TOPIC_PREFIX", prefix)
    monkeypatch.setenv("NEWSWIRE_INPUT_TOPIC", f"{prefix}.articles")
    for _ in range(2):
        made = newswire(*the_words("schemas register"))
        assert made.exit_code == 0, made.output
    assert newswire(*the_words("schemas check")).exit_code == 0
    listed = newswire("schemas", "list", "threat", *place(registry, prefix)).stdout
    subject = f"{prefix}.threats-value"
    known = confluents_client(registry.url).get_latest_version(subject)
    words = listed.splitlines()[1].split()
    assert words[2:] == [subject, str(known.schema_id), "1", "registered"]


@pytest.mark.integration
def test_only_the_schemas_named_are_registered(registry: LocalRegistry) -> None:
    prefix = unique_name("named")
    newswire("schemas", "register", "actor", "threat", *place(registry, prefix))
    subjects = confluents_client(registry.url).get_subjects()
    ours = {subject for subject in subjects if subject.startswith(prefix)}
    assert ours == {f"{prefix}.actors-value", f"{prefix}.threats-value"}


@pytest.mark.integration
def test_what_is_incompatible_is_told_and_the_others_are_registered(
    registry: LocalRegistry,
) -> None:
    prefix = unique_name("incompatible")
    theirs = confluents_client(registry.url)
    fields = [{"name": "record_id", "type": "int"}]
    other = json.dumps({"type": "record", "name": "newswire.Threat", "fields": fields})
    theirs.register_schema(f"{prefix}.threats-value", Schema(other, "AVRO"))
    theirs.set_compatibility(f"{prefix}.threats-value", "BACKWARD_TRANSITIVE")
    made = newswire("schemas", "register", *place(registry, prefix))
    assert made.exit_code == 1
    assert f"newswire.Threat ({prefix}.threats-value)" in made.output
    assert made.stdout.count(" registered") == len(STEMS) - 1
    for more in ([], ["--allow-unregistered"]):
        checked = newswire("schemas", "check", *more, *place(registry, prefix))
        assert checked.exit_code == 1
        assert "incompatible" in checked.output


@pytest.mark.parametrize("command", ["register", "check"])
def test_without_a_registry_named_it_is_wrong_usage(command: str) -> None:
    result = newswire("schemas", command)
    assert result.exit_code == 2
    assert "NEWSWIRE_SCHEMA_REGISTRY_URL" in result.output


def test_a_schema_that_there_is_not_is_wrong_usage() -> None:
    result = newswire("schemas", "list", "threats")
    assert result.exit_code == 2
    assert "No schema threats; there are article, actor" in result.output


@pytest.mark.parametrize(
    "url",
    [
        "http://wire:s3cret@registry:8081",
        "http://wire@registry:8081",
        "http://registry:8081?token=s3cret",
        "http://registry:99999@s3cret",
        "http://a,http://wire:s3cret@b",
        "wire:s3cret@registry:8081",
        "http:/wire:s3cret@registry:8081",
    ],
)
@pytest.mark.parametrize("by", ["argument", "environment"])
def test_a_url_with_a_password_is_refused_and_not_repeated(url: str, by: str) -> None:
    if by == "argument":
        result = newswire("schemas", "list", f"--schema-registry-url={url}")
    else:
        environment = {"NEWSWIRE_SCHEMA_REGISTRY_URL": url}
        result = CliRunner().invoke(cli, ["schemas", "list"], env=environment)
    assert result.exit_code == 2
    assert "--schema-registry-password-file" in result.output
    assert "s3cret" not in result.output


@pytest.mark.parametrize("url", ["registry:8081", "ftp://registry", "http://", "mock://x", ""])
def test_what_is_no_url_is_wrong_usage(url: str) -> None:
    result = newswire("schemas", "list", f"--schema-registry-url={url}")
    assert result.exit_code == 2
    assert "http://registry:8081" in result.output


def test_a_registry_that_does_not_answer_is_one_clear_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry_access, "PATIENCE_SECONDS", 0.5)
    url = f"http://127.0.0.1:{free_port()}"
    result = newswire("schemas", "check", f"--schema-registry-url={url}")
    assert result.exit_code == 1
    assert f"no schema registry answers at {url}" in result.output


def test_a_registry_that_does_not_let_us_in_is_one_clear_sentence() -> None:
    with faulty_registry(lambda number: (401, "no")) as registry:
        result = newswire("schemas", "list", f"--schema-registry-url={registry.url}")
    assert result.exit_code == 1
    assert "does not let us in" in result.output


@pytest.mark.integration
def test_publish_writes_avro_in_either_framing_and_needs_the_schema_registered(
    embedded_broker: LocalBroker, registry: LocalRegistry
) -> None:
    servers, prefix = embedded_broker.bootstrap_servers, unique_name("avro")
    topic = create_topic(servers, f"{prefix}.articles")
    publish = [
        "publish",
        "-",
        "--format=avro",
        f"--topic={topic}",
        f"--bootstrap-servers={servers}",
    ]
    lines = '{"id": "a1", "body": "One."}\n{"id": "a2"}\n'
    with_registry = f"--schema-registry-url={registry.url}"
    refused = newswire(*publish, with_registry, stdin=lines)
    assert refused.exit_code == 1
    assert "`newswire schemas register` registers it" in refused.output
    newswire("schemas", "register", "article", *place(registry, prefix))
    assert newswire(*publish, stdin=lines).exit_code == 0
    assert newswire(*publish, with_registry, stdin=lines).exit_code == 0
    single, broken, framed, again = (message.value for message in read_all(servers, topic))
    assert decode_article(single).id == "a1"
    assert framed[:1] == b"\x00"
    schema = load_schema("article").parsed
    assert decode_article(framed, writer_of=lambda schema_id: schema).id == "a1"
    assert broken == again == b'{"id": "a2"}'
