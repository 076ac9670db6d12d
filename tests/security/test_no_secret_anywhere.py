"""A secret is in the place that it was put in, and is found nowhere else."""

from __future__ import annotations

import base64
import bz2
import os
import pickle
import re
import subprocess
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import apache_beam as beam
import click
import pytest
from apache_beam.io.unbounded_source import _UnboundedSourceRestriction
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from pipeline.brokers.registry import LocalRegistry
from pipeline.cluster_options import kafka_cluster
from pipeline.extraction.settings import ExtractorSettings
from pipeline.graph import GraphSettings, build
from pipeline.kafka_security import Cluster
from pipeline.metrics_endpoint import EndpointSettings
from pipeline.metrics_options import metrics_endpoint
from pipeline.registry_options import schema_registry
from pipeline.serialization.registry_settings import RegistrySettings
from pipeline.settings_file import SECRETS, config_file
from pipeline.sinks.kafka import KafkaSinkSettings
from pipeline.sources.kafka import KafkaSource, SplitSettings
from pipeline.topics import TopicNames
from tests.integration.wire import Wire
from tests.newswire_process import NEWSWIRE, NewswireProcess
from tests.secure_kafka import PASSWORD, SecureKafka
from tests.secure_registry import SecureRegistry, secure_registry
from tests.security.hidden import contains
from tests.stored_restrictions import CODER

KEY_PASSWORD = "canary-of-the-key"
REGISTRY_PASSWORD = "canary-of-the-registry"
REGISTRY_TOKEN = "canary-of-the-token"
METRICS_PASSWORD = "canary-of-the-metrics"
PAGE_PASSWORD = "canary-of-the-page"
CANARIES = (
    PASSWORD,
    KEY_PASSWORD,
    REGISTRY_PASSWORD,
    REGISTRY_TOKEN,
    METRICS_PASSWORD,
    PAGE_PASSWORD,
)


def wrapped(secret: str) -> dict[str, bytes]:
    pickled = pickle.dumps({"a": [secret]})
    return {
        "plain": secret.encode(),
        "a basic login": b"Authorization: Basic " + base64.b64encode(b"wire:" + secret.encode()),
        "pickled, of old": pickle.dumps(secret.encode(), protocol=2),
        "as beam does it": b"prefix" + base64.b64encode(bz2.compress(pickled)),
        "many times": base64.b64encode(
            pickle.dumps(bz2.compress(base64.urlsafe_b64encode(zlib.compress(pickled))))
        ),
    }


@pytest.mark.parametrize("way", wrapped(""))
def test_the_search_finds_what_is_planted(way: str) -> None:
    assert contains(b"\0before " + wrapped("planted-secret")[way] + b" after", "planted-secret")
    assert not contains(wrapped("another-one")[way], "planted-secret")


@dataclass
class Given:
    """What a command is handed by the options."""

    cluster: Cluster
    registry: RegistrySettings
    endpoint: EndpointSettings

    def graph(self) -> GraphSettings:
        topics = TopicNames()
        return GraphSettings(
            source=SplitSettings(self.cluster, (topics.articles,), "group"),
            sinks=(KafkaSinkSettings(self.cluster, topics),),
            topics=topics,
            extractor=ExtractorSettings(),
            max_article_chars=1_000,
            dead_letter_other_languages=False,
            max_bundle_records=10,
            max_bundle_seconds=1,
            max_failure_ratio=0.5,
            registry=self.registry,
        )

    def travelling(self) -> Iterator[tuple[str, bytes]]:
        """What leaves this process, or may be printed."""
        for each in (self.cluster, self.registry, self.endpoint, self.graph()):
            yield f"repr of {type(each).__name__}", f"{each!r} {each}".encode()
            yield f"pickle of {type(each).__name__}", pickle.dumps(each)
        pipeline = beam.Pipeline()
        build(pipeline, self.graph())
        yield "pipeline", pipeline.to_runner_api().SerializeToString()
        source = KafkaSource(self.graph().source)
        yield "restriction", CODER.encode(_UnboundedSourceRestriction(source))


def given(*arguments: str) -> Given:
    """What the command line gives a command that has all of these options."""
    found: list[Given] = []

    @click.command()
    @config_file
    @kafka_cluster
    @schema_registry
    @metrics_endpoint(default="127.0.0.1:0", help="")
    def command(**objects: Any) -> None:
        found.append(Given(**objects))

    command.main(list(arguments), standalone_mode=False)
    return found[0]


def in_files(folder: Path, secrets: dict[str, str]) -> list[str]:
    for key, secret in secrets.items():
        (folder / key).write_text(secret)
    return [f"--{key}-file={folder / key}" for key in secrets]


def in_settings(folder: Path, secrets: dict[str, str]) -> list[str]:
    lines = [f'{key} = "{secret}"' for key, secret in secrets.items()]
    (folder / "newswire.toml").write_text("\n".join(lines))
    return [f"--config={folder / 'newswire.toml'}"]


def in_environment(folder: Path, secrets: dict[str, str]) -> list[str]:
    for key, secret in secrets.items():
        os.environ[f"NEWSWIRE_{key.upper().replace('-', '_')}"] = secret
    return []


@pytest.mark.parametrize("place", [in_files, in_settings, in_environment])
@pytest.mark.parametrize("left_out", ["schema-registry-password", "schema-registry-token"])
def test_what_travels_says_where_a_secret_is_and_not_what_it_is(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: Callable[[Path, dict[str, str]], list[str]],
    left_out: str,
) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    # The live page is of no run: its password goes nowhere.
    secrets = {key: f"canary-of-{key}" for key in SECRETS - {left_out, "dashboard-password"}}
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).write_text("canary-of-the-key's-own-file")
    user = [] if "token" in " ".join(secrets) else ["--schema-registry-user=wire"]
    read = given(
        "--sasl-mechanism=PLAIN",
        "--sasl-username=watch",
        f"--ssl-cert-file={tmp_path / 'cert.pem'}",
        f"--ssl-key-file={tmp_path / 'key.pem'}",
        "--schema-registry-url=https://registry.example",
        "--metrics-user=prometheus",
        *user,
        *place(tmp_path, secrets),
    )
    settings = read.cluster.security.client_settings()
    assert settings["sasl_plain_password"] == secrets["sasl-password"]
    for what, data in read.travelling():
        assert not contains(data, "canary-of-"), what
    # The search would find it there: a user's name is no secret, and travels.
    planted = replace(read.cluster.security, username="canary-of-the-search")
    read.cluster = replace(read.cluster, security=planted)
    seen = {what for what, data in read.travelling() if contains(data, "canary-of-the-search")}
    assert {"repr of Cluster", "pipeline", "restriction"} <= seen


@pytest.fixture
def wire(secure_broker: SecureKafka) -> Iterator[Wire]:
    wire = Wire(secure_broker.broker, partitions=2)
    secure_broker.allow(
        ("READ", "TOPIC", wire.topics.articles),
        ("READ", "GROUP", wire.group_id),
        *(("WRITE", "TOPIC", topic) for topic in wire.topics.outputs),
    )
    yield wire
    secure_broker.forbid_all()


@pytest.fixture
def guarded(registry: LocalRegistry, tmp_path: Path) -> Iterator[SecureRegistry]:
    with secure_registry(registry.url, tmp_path) as secure:
        yield secure


def basic(user: str, password: str) -> str:
    """The header of a login by HTTP's basic authentication."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def registry_login(registry: SecureRegistry, folder: Path, kind: str) -> list[str]:
    """The registry's only login, by "password" or by "token", and the options for it."""
    if kind == "token":
        registry.authorization = f"Bearer {REGISTRY_TOKEN}"
        return in_files(folder, {"schema-registry-token": REGISTRY_TOKEN})
    registry.authorization = basic("wire", REGISTRY_PASSWORD)
    secrets = in_files(folder, {"schema-registry-password": REGISTRY_PASSWORD})
    return ["--schema-registry-user=wire", *secrets]


def connections(
    broker: SecureKafka, registry: SecureRegistry, folder: Path, kind: str
) -> list[str]:
    """How to reach broker and registry, with their secrets in files."""
    key = load_pem_private_key(broker.key_file.read_bytes(), None)
    encrypted = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(KEY_PASSWORD.encode())
    )
    (folder / "encrypted.key").write_bytes(encrypted)
    return [
        *broker.login("SCRAM-SHA-512"),
        f"--ssl-cert-file={broker.cert_file}",
        f"--ssl-key-file={folder / 'encrypted.key'}",
        f"--schema-registry-url={registry.url}",
        f"--schema-registry-ca-file={registry.ca_file}",
        *in_files(folder, {"ssl-key-password": KEY_PASSWORD}),
        *registry_login(registry, folder, kind),
    ]


def run_arguments(
    wire: Wire, broker: SecureKafka, registry: SecureRegistry, folder: Path, kind: str
) -> list[str]:
    """``newswire run`` with all the secrets that it takes, as talkative as it gets."""
    return [
        *wire.run_arguments,
        *connections(broker, registry, folder, kind),
        "--metrics-user=prometheus",
        *in_files(folder, {"metrics-password": METRICS_PASSWORD}),
        "--log-level=DEBUG",
    ]


def register(wire: Wire, options: list[str]) -> None:
    """Has the registry know the schemas."""
    wanted = [option for option in options if option.startswith("--schema-registry")]
    done = subprocess.run(
        [NEWSWIRE, "schemas", "register", f"--topic-prefix={wire.prefix}", *wanted],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    assert_without_canaries((done.stdout + done.stderr).encode())


def asked(url: str, user: str, password: str) -> bytes:
    """What is served at the address to whom it lets in."""
    request = urllib.request.Request(url, headers={"Authorization": basic(user, password)})
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: bytes = answer.read()
    return found


def assert_without_canaries(*seen: bytes) -> None:
    for data in seen:
        assert not [secret for secret in CANARIES if contains(data, secret)]


def command_lines() -> bytes:
    """Those of all processes of this machine but this one."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        if path.parent.name != str(os.getpid()):
            try:
                found.append(path.read_bytes())
            except OSError:
                continue
    return b"\n".join(found)


@pytest.mark.integration
@pytest.mark.apache
@pytest.mark.slow
@pytest.mark.parametrize(("kind", "more"), [("password", ["--workers=2"]), ("token", [])])
def test_a_run_with_all_secrets_shows_none(
    secure_broker: SecureKafka,
    wire: Wire,
    guarded: SecureRegistry,
    tmp_path: Path,
    kind: str,
    more: list[str],
) -> None:
    options = run_arguments(wire, secure_broker, guarded, tmp_path, kind)
    register(wire, options)
    wire.publish(*range(20))
    with NewswireProcess(tmp_path, *options, *more) as process:
        process.wait_until(lambda: wire.committed == 20, seconds=240)
        seen = command_lines()
        [url] = re.findall(r"Metrics(?: of 2 workers)? at (\S+)", process.output)[-1:]
        metrics = asked(url, "prometheus", METRICS_PASSWORD)
        process.process.terminate()
        assert process.wait() == 0, process.output
    assert seen.count(wire.prefix.encode()) > len(more)
    assert b"newswire_articles_written_total" in metrics
    assert_without_canaries(seen, metrics, process.log.read_bytes())


@pytest.mark.integration
@pytest.mark.apache
def test_a_live_page_with_all_secrets_shows_none(
    secure_broker: SecureKafka, wire: Wire, guarded: SecureRegistry, tmp_path: Path
) -> None:
    options = connections(secure_broker, guarded, tmp_path, "token")
    for topic in (wire.topics.threats, wire.topics.denials, wire.topics.extractions):
        secure_broker.allow(("READ", "TOPIC", topic))
    login = ["--dashboard-user=desk", *in_files(tmp_path, {"dashboard-password": PAGE_PASSWORD})]
    page = ["dashboard", "--dashboard-address=127.0.0.1:0", f"--topic-prefix={wire.prefix}"]
    with NewswireProcess(tmp_path, *page, *options, *login) as process:
        process.wait_for_output("Ctrl-C")
        [url] = re.findall(r"Live page +(\S+)", process.output)
        shown = asked(url, "desk", PAGE_PASSWORD)
        seen = command_lines()
    assert b"newswire" in shown and wire.prefix.encode() in seen
    assert_without_canaries(seen, shown, process.log.read_bytes())


@pytest.mark.integration
@pytest.mark.apache
@pytest.mark.parametrize("refused", ["password", "token", "login"])
def test_a_run_that_fails_shows_none(
    secure_broker: SecureKafka,
    wire: Wire,
    guarded: SecureRegistry,
    tmp_path: Path,
    refused: str,
) -> None:
    kind = "token" if refused == "token" else "password"
    options = run_arguments(wire, secure_broker, guarded, tmp_path, kind)
    if refused == "login":
        options = [each for each in options if not each.startswith("--schema-registry")]
        (tmp_path / "wrong").write_text(f"{PASSWORD} wrong")
        options.append(f"--sasl-password-file={tmp_path / 'wrong'}")
    else:
        guarded.authorization = "Bearer of something else"
    with NewswireProcess(tmp_path, *options, "--max-outage=5s") as process:
        assert process.wait(240) == 1, process.output
    said = process.log.read_bytes()
    assert b"--sasl-username" in said or b"does not let us in" in said
    assert_without_canaries(said)
