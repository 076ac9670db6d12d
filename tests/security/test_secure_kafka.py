"""A broker with TLS, logins and ACLs: what is needed suffices, and what is missing is named."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.wire import Wire
from tests.newswire_process import NEWSWIRE
from tests.secure_kafka import PASSWORD, SecureKafka
from tests.shown_lines import the_words

pytestmark = [pytest.mark.integration, pytest.mark.apache]


@pytest.fixture
def wire(secure_broker: SecureKafka) -> Iterator[Wire]:
    """Topics of the test's own, on which nobody who logs in has any right yet."""
    yield Wire(secure_broker.broker, partitions=1)
    secure_broker.forbid_all()


def rights(wire: Wire) -> list[tuple[str, str, str]]:
    """The least that `newswire run` needs, as SECURITY.md has it."""
    return [
        ("READ", "TOPIC", wire.topics.articles),
        ("READ", "GROUP", wire.group_id),
        *(("WRITE", "TOPIC", topic) for topic in wire.topics.outputs),
    ]


def newswire(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NEWSWIRE, *arguments],
        capture_output=True,
        text=True,
        timeout=240,
        env=os.environ | environment,
    )


def run(wire: Wire, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    # The last of two options wins.
    more = ("--until-caught-up", "--max-outage=4s", "--bundle-retry=4s")
    return newswire(*wire.run_arguments, *options, *more, **environment)


def tail(wire: Wire, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return newswire("tail", wire.topics.articles, "--format=jsonl", *options, **environment)


def test_the_documented_rights_suffice(secure_broker: SecureKafka, wire: Wire) -> None:
    secure_broker.allow(*rights(wire))
    wire.publish(1)
    wire.publish_raw(b"no article")
    # As the README shows it; who signed the broker's certificate is a setting of this place.
    _, *options = the_words("run --sasl-mechanism")
    password_file = {"/run/secrets/kafka": str(secure_broker.password_file)}
    ran = run(
        wire,
        f"--bootstrap-servers={secure_broker.servers('SASL_SSL')}",
        *(password_file.get(word, word) for word in options),
        NEWSWIRE_SSL_CA_FILE=str(secure_broker.ca_file),
    )
    assert ran.returncode == 0, ran.stderr
    assert PASSWORD not in ran.stdout + ran.stderr
    assert wire.article_ids() == {"article-1"}
    assert len(wire.dead_letters()) == 1
    assert wire.committed == 2


def test_mutual_tls_says_who_we_are(secure_broker: SecureKafka, wire: Wire) -> None:
    secure_broker.allow(*rights(wire))
    wire.publish(1)
    ran = run(wire, *secure_broker.tls(mutual=True))
    assert ran.returncode == 0, ran.stderr
    assert wire.article_ids() == {"article-1"}


@pytest.mark.parametrize(
    ("mechanism", "protocol"),
    [("PLAIN", "SASL_SSL"), ("SCRAM-SHA-256", "SASL_SSL"), ("SCRAM-SHA-512", "SASL_PLAINTEXT")],
)
def test_every_login_is_taken(
    secure_broker: SecureKafka, wire: Wire, mechanism: str, protocol: str
) -> None:
    secure_broker.allow(("READ", "TOPIC", f"{wire.prefix}*"))
    wire.publish(1)
    shown = tail(wire, *secure_broker.login(mechanism, protocol))
    assert shown.returncode == 0, shown.stderr
    assert wire.topics.articles in shown.stdout


def test_the_password_is_taken_from_the_environment_and_from_the_settings_file(
    secure_broker: SecureKafka, wire: Wire, tmp_path: Path
) -> None:
    secure_broker.allow(("READ", "TOPIC", wire.topics.articles))
    login = [each for each in secure_broker.login("PLAIN") if "password" not in each]
    nowhere = tail(wire, *login)
    assert nowhere.returncode == 2
    assert "NEWSWIRE_SASL_PASSWORD" in nowhere.stderr and "sasl-password" in nowhere.stderr
    assert tail(wire, *login, NEWSWIRE_SASL_PASSWORD=PASSWORD).returncode == 0
    settings = tmp_path / "newswire.toml"
    settings.write_text(f'sasl-password = "{PASSWORD}"\n')
    settings.chmod(0o600)
    shown = tail(wire, *login, f"--config={settings}")
    assert shown.returncode == 0, shown.stderr
    assert PASSWORD not in shown.stdout + shown.stderr


def test_a_wrong_password_is_told_from_a_broker_that_is_away(
    secure_broker: SecureKafka, wire: Wire, tmp_path: Path
) -> None:
    wrong = tmp_path / "password"
    wrong.write_text("wrong-canary")
    login = secure_broker.login("SCRAM-SHA-512")
    refused = tail(wire, *login, f"--sasl-password-file={wrong}")
    assert refused.returncode == 1
    # kafka-python sees the broker's answer, or only that it hung up.
    assert "login" in refused.stderr and "--sasl-username" in refused.stderr
    assert "wrong-canary" not in refused.stderr


def test_a_broker_of_another_authority_is_not_trusted(
    secure_broker: SecureKafka, wire: Wire
) -> None:
    other = f"--ssl-ca-file={secure_broker.other_ca_file}"
    refused = tail(wire, *secure_broker.login("PLAIN"), other)
    assert refused.returncode == 1
    assert "TLS failed" in refused.stderr and "--ssl-ca-file" in refused.stderr


def test_a_listener_that_speaks_something_else_is_a_reason_to_ask_about(
    secure_broker: SecureKafka, wire: Wire
) -> None:
    refused = tail(wire, f"--bootstrap-servers={secure_broker.servers('SASL_SSL')}")
    assert refused.returncode == 1
    assert "--security-protocol" in refused.stderr


@pytest.mark.parametrize("missing", ["input", "group", "output"])
def test_a_missing_right_is_named(secure_broker: SecureKafka, wire: Wire, missing: str) -> None:
    threats, articles = wire.topics.threats, wire.topics.articles
    left_out, seen, said = {
        "input": (("READ", "TOPIC", articles), articles, f"READ on topic {articles}"),
        "group": (("READ", "GROUP", wire.group_id), articles, "READ on the group"),
        "output": (("WRITE", "TOPIC", threats), threats, "WRITE on topic"),
    }[missing]
    granted = [right for right in rights(wire) if right != left_out]
    wire.publish(1)
    if missing != "group":
        secure_broker.allow(*granted)
        hidden = run(wire, *secure_broker.login("SCRAM-SHA-512"))
        assert hidden.returncode == 1
        assert f"no topic {seen}" in hidden.stderr and "hidden from this user" in hidden.stderr
    # A topic that may be seen and no more.
    secure_broker.allow(*granted, ("DESCRIBE", "TOPIC", seen))
    refused = run(wire, *secure_broker.login("SCRAM-SHA-512"))
    assert refused.returncode == 1, refused.stderr
    assert said in refused.stderr and "says no" in refused.stderr
    assert wire.committed == 0


COMMANDS = {
    "tail": (["tail", "threats"], [("READ", "threats")]),
    "publish": (["publish", "--topic={articles}", "{file}"], [("WRITE", "articles")]),
    "list": (["dead-letters", "list"], [("READ", "dead_letters")]),
    "replay": (
        [
            "dead-letters",
            "replay",
            "--yes",
            "--max-article-chars=400000",
            "--input-topic={articles}",
        ],
        [("READ", "dead_letters"), ("READ", "extractions"), ("WRITE", "articles")],
    ),
    "prune": (
        ["topics", "prune", "--older-than=1ms", "--yes"],
        [("READ", "extractions"), ("WRITE", "extractions")],
    ),
    "describe": (
        ["topics", "describe", "--input-topic={articles}", "--group-id={group}"],
        [
            ("READ", topic)
            for topic in ("articles", "actors", "threats", "denials", "extractions", "dead_letters")
        ],
    ),
    "create": (
        ["topics", "create", "--input-topic={articles}"],
        [
            (right, topic)
            for topic in ("articles", "actors", "threats", "denials", "extractions", "dead_letters")
            for right in ("CREATE", "DESCRIBE", "DESCRIBE_CONFIGS")
        ],
    ),
}
"""What SECURITY.md says that each command needs, on which topics."""


def fill(wire: Wire) -> None:
    """Has something on every topic: of an article, and of one that is too long."""
    wire.publish(1)
    wire.publish_raw(json.dumps({"id": "long", "body": "word " * 50_000}).encode())
    assert newswire(*wire.run_arguments, "--until-caught-up").returncode == 0


def command(
    wire: Wire, broker: SecureKafka, folder: Path, words: list[str]
) -> subprocess.CompletedProcess[str]:
    """Runs a command of `COMMANDS` as one who logs in."""
    file = folder / "articles.jsonl"
    file.write_text('{"id": "a", "body": "b"}\n')
    given = [
        word.format(articles=wire.topics.articles, group=wire.group_id, file=file) for word in words
    ]
    if words[0] != "publish":
        given.append(f"--topic-prefix={wire.prefix}")
    return newswire(*given, *broker.login("SCRAM-SHA-256"))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_rights_documented_for_a_command_suffice(
    secure_broker: SecureKafka, wire: Wire, tmp_path: Path, name: str
) -> None:
    words, needed = COMMANDS[name]
    secure_broker.allow(
        *((right, "TOPIC", str(getattr(wire.topics, topic))) for right, topic in needed)
    )
    if name == "describe":
        secure_broker.allow(("DESCRIBE", "GROUP", wire.group_id))
    if name in {"replay", "prune"}:
        fill(wire)
    ran = command(wire, secure_broker, tmp_path, words)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    ("name", "right", "topic"),
    [
        (name, *each)
        for name in ("tail", "publish", "list", "replay", "prune")
        for each in COMMANDS[name][1]
    ],
)
def test_each_right_that_a_command_misses_is_named(
    secure_broker: SecureKafka, wire: Wire, tmp_path: Path, name: str, right: str, topic: str
) -> None:
    words, needed = COMMANDS[name]
    missed = getattr(wire.topics, topic)
    others = [each for each in needed if each != (right, topic)]
    secure_broker.allow(*((each, "TOPIC", str(getattr(wire.topics, on))) for each, on in others))
    for topics in (wire.topics.articles, *wire.topics.outputs):
        secure_broker.allow(("DESCRIBE", "TOPIC", topics))
    fill(wire)
    refused = command(wire, secure_broker, tmp_path, words)
    assert refused.returncode == 1, refused.stdout
    assert f"add the ACL {right} on topic {missed}" in refused.stderr


def test_a_topic_that_may_not_be_seen_may_be_hidden(
    secure_broker: SecureKafka, wire: Wire, tmp_path: Path
) -> None:
    for name in ("tail", "publish", "list", "prune"):
        refused = command(wire, secure_broker, tmp_path, COMMANDS[name][0])
        assert refused.returncode == 1
        needed = "WRITE" if name == "publish" else "READ"
        assert "hidden from this user" in refused.stderr and needed in refused.stderr


def test_describing_topics_that_may_not_be_read_names_what_is_missing(
    secure_broker: SecureKafka, wire: Wire
) -> None:
    secure_broker.allow(
        ("DESCRIBE", "TOPIC", f"{wire.prefix}*"), ("DESCRIBE", "GROUP", wire.group_id)
    )
    refused = newswire(
        "topics",
        "describe",
        f"--topic-prefix={wire.prefix}",
        f"--input-topic={wire.topics.articles}",
        f"--group-id={wire.group_id}",
        *secure_broker.login("PLAIN"),
    )
    assert refused.returncode == 1
    assert f"READ on topic {wire.prefix}." in refused.stderr
