"""Any consumer can read the records: here kcat, which knows nothing of this project.

What it prints is decoded by fastavro with the schema files alone.
"""

from __future__ import annotations

import io
import json
import subprocess
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import fastavro
import pytest
from fastavro.schema import fingerprint, to_parsing_canonical_form

from pipeline.brokers.process import LocalBroker
from tests.integration.wire import Wire
from tests.newswire_process import NewswireProcess

pytestmark = pytest.mark.integration

SCHEMAS = Path(__file__).parents[2] / "schemas"
MARKER_BYTES = 2
HEADER_BYTES = 10


@dataclass(frozen=True)
class Message:
    key: str
    headers: dict[str, str]
    value: bytes


def messages(kcat: str, servers: str, topic: str) -> list[Message]:
    """All that kcat finds on a topic; each part is printed behind its length in bytes."""
    layout = "%K %k%h\n%S %s"
    command = [kcat, "-b", servers, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", layout]
    printed = io.BytesIO(
        subprocess.run(command, capture_output=True, timeout=60, check=True).stdout
    )

    def length() -> int:
        digits = b""
        while (character := printed.read(1)) not in (b" ", b""):
            digits += character
        return int(digits or -1)

    found = []
    while (key_length := length()) >= 0:
        key = printed.read(key_length).decode()
        pairs = printed.readline().decode().strip().split(",")
        headers = dict(pair.split("=", 1) for pair in pairs)
        found.append(Message(key, headers, printed.read(length())))
    return found


def decode(value: bytes) -> tuple[str, dict[str, Any]]:
    """Name and content of the record in single-object encoding."""
    for path in SCHEMAS.glob("*.avsc"):
        schema = json.loads(path.read_text(encoding="utf-8"))
        mark = fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO")
        if value[MARKER_BYTES:HEADER_BYTES] == bytes.fromhex(mark):
            content: Any = fastavro.schemaless_reader(io.BytesIO(value[HEADER_BYTES:]), schema)
            return schema["name"], content
    raise AssertionError(f"no schema has the fingerprint of {value[:HEADER_BYTES]!r}")


@pytest.mark.needs("serves_librdkafka_2_0")
def test_kcat_and_the_schema_files_are_enough_to_read_every_record(
    kcat: str, broker: LocalBroker, tmp_path: Path
) -> None:
    wire = Wire(broker)
    feed = (files("pipeline") / "data" / "feed.jsonl").read_bytes().splitlines()
    articles = {json.loads(line)["id"] for line in feed}
    wire.publish_raw(*feed)
    with NewswireProcess(tmp_path, *wire.run_arguments, "--until-caught-up") as process:
        assert process.wait() == 0, process.output

    topics = {
        "Actor": wire.topics.actors,
        "Threat": wire.topics.threats,
        "Denial": wire.topics.denials,
    }
    for name, topic in topics.items():
        found = messages(kcat, broker.bootstrap_servers, topic)
        assert found, f"no {name} on {topic}"
        for message in found:
            schema_name, record = decode(message.value)
            assert schema_name == name
            assert record["record_id"] == message.key
            assert record["article_id"] == message.headers["newswire-article-id"]
            assert record["article_id"] in articles
            assert message.headers["newswire-topic"] == wire.topics.articles
