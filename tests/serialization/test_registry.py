"""The registry's client: on a real registry, and on answers that a real one seldom gives."""

from __future__ import annotations

import json
import pickle
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.schema_registry import Schema, SchemaReference
from prometheus_client import REGISTRY

from pipeline.brokers.process import free_port
from pipeline.brokers.registry import LocalRegistry
from pipeline.outages import Misconfigured, Unavailable
from pipeline.secret_places import in_file
from pipeline.serialization.framing import AvroError
from pipeline.serialization.registry import (
    COMPATIBILITY,
    Incompatible,
    SchemaRegistry,
)
from pipeline.serialization.registry_settings import RegistrySettings
from pipeline.serialization.schemas import load_schema
from tests.confluents_registry import confluents_client
from tests.faulty_registry import faulty_registry
from tests.kafka_helpers import unique_name

THREAT = load_schema("threat")
KNOWN = {"subject": "x-value", "id": 7, "version": 1, "schema": "{}"}
AVRO_INT = {"schema": '"int"'}
INCOMPATIBLE: dict[str, Any] = {
    "type": "record",
    "name": "Threat",
    "namespace": "newswire",
    "fields": [{"name": "record_id", "type": "int"}],
}


def client(url: str, retry_seconds: float = 20.0) -> SchemaRegistry:
    return SchemaRegistry(RegistrySettings(url, retry_seconds))


def calls(outcome: str) -> float:
    found = REGISTRY.get_sample_value("newswire_registry_calls_total", {"outcome": outcome})
    assert found is not None
    return found


def always(status: int, body: Any) -> Callable[[int], tuple[int, Any]]:
    return lambda number: (status, body)


@pytest.mark.integration
def test_what_was_registered_is_found_by_subject_and_by_id(registry: LocalRegistry) -> None:
    subject = f"{unique_name('threats')}-value"
    assert client(registry.url).find(subject, THREAT) is None
    made = client(registry.url).register(subject, THREAT)
    assert made.version == 1
    assert client(registry.url).register(subject, THREAT) == made
    assert client(registry.url).find(subject, THREAT) == made
    assert client(registry.url).writer_schema(made.schema_id)["name"] == "newswire.Threat"
    theirs = confluents_client(registry.url)
    assert theirs.get_compatibility(subject) == COMPATIBILITY


@pytest.mark.integration
def test_a_subjects_own_compatibility_level_is_left_alone(registry: LocalRegistry) -> None:
    subject = f"{unique_name('threats')}-value"
    theirs = confluents_client(registry.url)
    theirs.register_schema(subject, Schema(THREAT.text, "AVRO"))
    theirs.set_compatibility(subject, "FULL")
    client(registry.url).register(subject, THREAT)
    assert confluents_client(registry.url).get_compatibility(subject) == "FULL"


@pytest.mark.integration
def test_asking_for_an_id_registers_nothing_and_says_what_to_do(registry: LocalRegistry) -> None:
    topic = unique_name("threats")
    with pytest.raises(Misconfigured, match=r"newswire\.Threat is not registered under .*-value"):
        client(registry.url).schema_id(topic, THREAT)
    assert f"{topic}-value" not in confluents_client(registry.url).get_subjects()


@pytest.mark.integration
def test_an_incompatible_schema_is_refused_and_named_so(registry: LocalRegistry) -> None:
    topic = unique_name("threats")
    theirs = confluents_client(registry.url)
    theirs.register_schema(f"{topic}-value", Schema(json.dumps(INCOMPATIBLE), "AVRO"))
    theirs.set_compatibility(f"{topic}-value", "BACKWARD")
    with pytest.raises(Incompatible, match="refuses it"):
        client(registry.url).register(f"{topic}-value", THREAT)
    with pytest.raises(Misconfigured, match="incompatible with what is"):
        client(registry.url).schema_id(topic, THREAT)


@pytest.mark.integration
def test_a_schema_that_refers_to_others_is_put_together(registry: LocalRegistry) -> None:
    theirs = confluents_client(registry.url)
    source, article = unique_name("source"), unique_name("article")
    fields = [{"name": "name", "type": "string"}]
    inner = json.dumps({"type": "record", "name": "wire.Source", "fields": fields})
    theirs.register_schema(source, Schema(inner, "AVRO"))
    fields = [{"name": "id", "type": "string"}, {"name": "by", "type": "wire.Source"}]
    outer = json.dumps({"type": "record", "name": "newswire.Article", "fields": fields})
    references = [SchemaReference("wire.Source", source, 1)]
    schema_id = theirs.register_schema(article, Schema(outer, "AVRO", references))
    assert client(registry.url).writer_schema(schema_id)["name"] == "newswire.Article"


@pytest.mark.integration
def test_an_id_that_the_registry_does_not_know_is_an_error_asked_once(
    registry: LocalRegistry,
) -> None:
    ours, before = client(registry.url), calls("not-found")
    for _ in range(3):
        with pytest.raises(AvroError, match="knows no schema of id 987654") as error:
            ours.writer_schema(987_654)
        assert error.value.reason == "unknown-schema"
    assert calls("not-found") == before + 1


@pytest.mark.integration
def test_what_is_known_is_known_while_the_registry_is_down(own_registry: LocalRegistry) -> None:
    ours = client(own_registry.url, 1.0)
    made = ours.register("threats-value", THREAT)
    schema = ours.writer_schema(made.schema_id)
    own_registry.kill()
    assert ours.schema_id("threats", THREAT) == made.schema_id
    assert ours.writer_schema(made.schema_id) is schema
    with pytest.raises(Unavailable):
        ours.writer_schema(made.schema_id + 1)
    own_registry.start()
    assert client(own_registry.url).find("threats-value", THREAT) == made
    with pytest.raises(AvroError):
        ours.writer_schema(made.schema_id + 1)


def test_a_registry_that_is_not_there_is_unavailable_after_the_time_given() -> None:
    before, begun = calls("failed"), time.monotonic()
    with pytest.raises(Unavailable, match="no success within 1 s"):
        client(f"http://127.0.0.1:{free_port()}", 1.0).schema_id("x", THREAT)
    assert time.monotonic() - begun < 3
    assert calls("failed") >= before + 2


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_errors_of_the_registrys_own_are_waited_out(status: int) -> None:
    with faulty_registry(lambda n: (status, "oh") if n < 2 else (200, KNOWN)) as registry:
        assert client(registry.url).schema_id("x", THREAT) == 7
    assert len(registry.requests) == 3


def test_a_registry_that_goes_on_failing_is_unavailable() -> None:
    with (
        faulty_registry(always(500, {"error_code": 50001, "message": "no storage"})) as registry,
        pytest.raises(Unavailable, match="it answers 500: no storage"),
    ):
        client(registry.url, 1.0).schema_id("x", THREAT)


def test_a_slow_registry_is_not_waited_for_longer_than_allowed() -> None:
    def slow(number: int) -> tuple[int, Any]:
        time.sleep(3 if number == 0 else 0)
        return 200, KNOWN

    begun = time.monotonic()
    with faulty_registry(slow) as registry:
        assert client(registry.url, 2.0).schema_id("x", THREAT) == 7
        assert time.monotonic() - begun < 3


def test_a_registry_that_stays_slow_is_unavailable() -> None:
    def slow(number: int) -> tuple[int, Any]:
        time.sleep(2)
        return 200, KNOWN

    with faulty_registry(slow) as registry, pytest.raises(Unavailable, match="ReadTimeout"):
        client(registry.url, 1.0).schema_id("x", THREAT)


@pytest.mark.parametrize("status", [401, 403])
def test_who_is_not_let_in_is_told_how_to_say_who_it_is_and_does_not_ask_again(
    status: int,
) -> None:
    with (
        faulty_registry(always(status, {"error_code": 40101, "message": "no"})) as registry,
        pytest.raises(Misconfigured, match="--schema-registry-password-file"),
    ):
        client(registry.url).schema_id("x", THREAT)
    assert len(registry.requests) == 1


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (404, "<html>nothing here</html>", "no schema registry at .*under a path"),
        (404, {"error_code": 404, "message": "HTTP 404 Not Found"}, "no schema registry at"),
        (200, "<html>welcome</html>", "is no schema registry"),
        (200, [], "is no schema registry"),
        (302, "", "answers 302"),
        (422, {"error_code": 42201, "message": "Invalid Avro schema"}, "422: Invalid Avro schema"),
    ],
)
def test_what_is_no_registry_or_says_no_is_told_at_once(
    status: int, body: Any, message: str
) -> None:
    with faulty_registry(always(status, body)) as registry:
        with pytest.raises(Misconfigured, match=message):
            client(registry.url).schema_id("x", THREAT)
        assert len(registry.requests) == 1


def test_user_and_password_are_said_to_the_registry_and_shown_nowhere(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("s3cret\n")
    with faulty_registry(always(200, KNOWN)) as registry:
        password = in_file(file, "--schema-registry-password-file")
        settings = RegistrySettings(registry.url, user="wire", password=password)
        assert SchemaRegistry(settings).schema_id("x", THREAT) == 7
    assert registry.authorization == "Basic d2lyZTpzM2NyZXQ="
    assert b"s3cret" not in pickle.dumps(settings)
    assert "s3cret" not in repr(settings)


def test_a_token_that_was_renewed_is_the_next_request_s(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("first\n")
    with faulty_registry(always(200, KNOWN)) as registry:
        token = in_file(file, "--schema-registry-token-file")
        client = SchemaRegistry(RegistrySettings(registry.url, token=token))
        client.schema_id("x", THREAT)
        assert registry.authorization == "Bearer first"
        file.write_text("second")
        client.schema_id("y", THREAT)
        assert registry.authorization == "Bearer second"


@pytest.mark.parametrize("missing", ["confluent_kafka.schema_registry", "cachetools"])
def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in [name for name in sys.modules if name.startswith("confluent_kafka")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(Misconfigured, match=r"pip install 'newswire\[registry\]'"):
        client("http://127.0.0.1:1")


@pytest.mark.parametrize("kind", ["password", "token"])
def test_a_secret_that_is_not_there_is_said(kind: str) -> None:
    place = in_file("/nonexistent/secret", f"--schema-registry-{kind}-file")
    given: dict[str, Any] = {"user": "wire", "password": place} if kind == "password" else {}
    settings = RegistrySettings("http://127.0.0.1:1", **given or {"token": place})
    with pytest.raises(Misconfigured, match=rf"{kind}-file: /nonexistent/secret can't be read"):
        SchemaRegistry(settings)


@pytest.mark.parametrize(
    ("answer", "reason", "message"),
    [
        ({"schema": "{", "schemaType": "AVRO"}, "schema-mismatch", "schema id 3: no Avro schema"),
        ({"schema": "syntax", "schemaType": "PROTOBUF"}, "schema-mismatch", "type PROTOBUF"),
    ],
)
def test_a_schema_of_another_kind_is_an_error_of_the_message(
    answer: dict[str, str], reason: str, message: str
) -> None:
    with (
        faulty_registry(always(200, answer)) as registry,
        pytest.raises(AvroError, match=message) as error,
    ):
        client(registry.url).writer_schema(3)
    assert error.value.reason == reason
