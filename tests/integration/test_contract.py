"""The contract in schemas/README.md: its code runs as it stands, and its examples are records.

Only the places are put in: the broker's and the registry's address, the topic, the schema's
file, the group.
"""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline.brokers.apache import ApacheKafka
from pipeline.brokers.process import LocalBroker
from pipeline.brokers.registry import LocalRegistry
from pipeline.records import Actor, Denial, Extraction, OutputValue, Threat
from pipeline.serialization.avro import decode, schemas
from pipeline.serialization.values import from_value
from pipeline.topics import TopicNames
from tests.integration.wire import Wire
from tests.kafka_helpers import produce, read_all, unique_name
from tests.newswire_process import NewswireProcess
from tests.samples import example

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "schemas" / "README.md").read_text(encoding="utf-8")
CLASSES: dict[str, type[OutputValue]] = {
    "actors": Actor,
    "threats": Threat,
    "denials": Denial,
    "extractions": Extraction,
}
FEED = ROOT / "pipeline" / "data" / "feed.jsonl"
FIRST_SECONDS = 60


def snippet(name: str) -> str:
    """The code behind the page's mark of this name."""
    [code] = re.findall(rf"<!-- {re.escape(name)} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    return code


def put_in(code: str, wire: Wire, kind: str, registry: LocalRegistry | None = None) -> str:
    """The code with the places of a test in it."""
    schema = schemas()[CLASSES[kind]].stem
    code = code.replace("localhost:9092", wire.broker.bootstrap_servers)
    code = re.sub(r"newswire\.(threats|extractions)\b", f"{wire.prefix}.{kind}", code)
    code = code.replace("schemas/threat.avsc", f"schemas/{schema}.avsc")
    code = code.replace('"desk"', f'"{unique_name("desk")}"')
    return code.replace("http://localhost:8081", registry.url) if registry else code


def lines_of(code: str, count: int, folder: Path) -> list[str]:
    """What the code prints, up to so many lines; it would go on for ever."""
    printed, errors = folder / "printed", folder / "errors"
    deadline = time.monotonic() + FIRST_SECONDS
    with printed.open("wb") as output, errors.open("wb") as error_output:
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", code], cwd=ROOT, stdout=output, stderr=error_output
        )
        try:
            lines: list[str] = []
            while len(lines) < count:
                assert process.poll() is None, f"it ended: {errors.read_text()}"
                assert time.monotonic() < deadline, f"{lines}, {errors.read_text()}"
                time.sleep(0.05)
                lines = printed.read_text().split("\n")[:-1]
            return lines
        finally:
            process.kill()
            process.wait()


def fill(wire: Wire, folder: Path, *more: str) -> None:
    """Runs the pipeline over articles of every sort, and prunes one."""
    wire.publish(1, 2, 3)
    wire.publish_raw(*FEED.read_bytes().splitlines()[:20])
    withdrawn = {"id": "article-3", "status": "withdrawn", "revision": 1}
    empty = {"id": "empty", "body": "It rained all day."}
    # Behind the others of its article: in the same partition.
    produce(
        wire.broker.bootstrap_servers,
        wire.topics.articles,
        [json.dumps(withdrawn).encode(), json.dumps(empty).encode()],
        keys=[b"article-3", b"empty"],
    )
    with NewswireProcess(folder, *wire.run_arguments, "--until-caught-up", *more) as process:
        assert process.wait() == 0, process.output
    place = [
        f"--bootstrap-servers={wire.broker.bootstrap_servers}",
        f"--topic-prefix={wire.prefix}",
    ]
    prune = ["topics", "prune", *place, "--withdrawn-before=0s", "--yes"]
    with NewswireProcess(folder, *prune) as process:
        assert process.wait() == 0, process.output
        assert "1 pruned" in process.output


@pytest.fixture(scope="module")
def wire(broker: LocalBroker, tmp_path_factory: pytest.TempPathFactory) -> Wire:
    made = Wire(broker)
    fill(made, tmp_path_factory.mktemp("wire"))
    return made


def messages(wire: Wire, kind: str) -> list[Any]:
    found = read_all(wire.broker.bootstrap_servers, f"{wire.prefix}.{kind}")
    assert found
    return found


def read_by(code: str, wire: Wire, kind: str, folder: Path) -> list[tuple[str, OutputValue | None]]:
    """Key and record of every message, as the code prints them."""
    found = []
    for line in lines_of(code, len(messages(wire, kind)), folder):
        key, _, printed = line.partition(" ")
        # Our own page's code wrote this: dictionaries, and datetimes by their repr.
        fields = eval(printed, {"datetime": datetime})
        found.append((key, from_value(CLASSES[kind], fields) if fields else None))
    return found


def assert_reads(client: str, wire: Wire, kind: str, folder: Path) -> None:
    code = put_in(snippet(f"single-object: {client}"), wire, kind)
    expected = [
        (bytes(message.key).decode(), decode(bytes(message.value)) if message.value else None)
        for message in messages(wire, kind)
    ]
    assert Counter(read_by(code, wire, kind, folder)) == Counter(expected)
    assert any(record is None for _, record in expected) is (kind == "extractions")


@pytest.mark.integration
@pytest.mark.parametrize("kind", CLASSES)
def test_the_code_for_kafka_python_and_single_object_encoding_reads_every_topic(
    kind: str, wire: Wire, tmp_path: Path
) -> None:
    assert_reads("kafka-python", wire, kind, tmp_path)


# Where a group of librdkafka's takes seconds to form; on Tansu it takes more than twenty.
@pytest.mark.integration
@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.needs("serves_librdkafka_2_0")
def test_the_code_for_confluent_kafka_and_single_object_encoding_reads_every_topic(
    kind: str, wire: Wire, tmp_path: Path
) -> None:
    assert_reads("confluent-kafka", wire, kind, tmp_path)


@pytest.mark.integration
@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.needs("serves_librdkafka_2_0")
def test_the_line_for_kcat_shows_keys_and_headers(
    kcat: str, broker: LocalBroker, wire: Wire, kind: str
) -> None:
    line = put_in(snippet("single-object: kcat"), wire, kind)
    command = re.sub(r"^\$ kcat", kcat, line.strip())
    printed = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert printed.returncode == 0, printed.stderr
    shown = Counter(tuple(line.split(" ", 1)) for line in printed.stdout.splitlines())
    assert shown == Counter(
        (
            bytes(message.key).decode(),
            ",".join(f"{name}={value.decode()}" for name, value in message.headers),
        )
        for message in messages(wire, kind)
    )


@pytest.mark.integration
def test_the_code_for_what_holds_now_applies_corrections_withdrawals_and_tombstones(
    wire: Wire, tmp_path: Path
) -> None:
    code = put_in(snippet("single-object: current state"), wire, "extractions")
    shown = [
        line.split(" ", 1) for line in lines_of(code, len(messages(wire, "extractions")), tmp_path)
    ]
    of_article_3 = [state for article_id, state in shown if article_id == "article-3"]
    assert [state.split("'")[1] if "'" in state else state for state in of_article_3] == [
        "USABLE",
        "WITHDRAWN",
        "None",
    ]
    assert {article_id for article_id, _ in shown} > {"article-1", "article-2", "empty"}


@pytest.fixture(scope="module")
def registered_wire(
    apache_broker: ApacheKafka,
    registry: LocalRegistry,
    tmp_path_factory: pytest.TempPathFactory,
) -> Wire:
    made = Wire(apache_broker)
    folder = tmp_path_factory.mktemp("registered")
    url = f"--schema-registry-url={registry.url}"
    register = ["schemas", "register", url, f"--topic-prefix={made.prefix}"]
    with NewswireProcess(folder, *register, f"--input-topic={made.topics.articles}") as process:
        assert process.wait() == 0, process.output
    fill(made, folder, url)
    return made


@pytest.mark.integration
@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("client", ["kafka-python", "confluent-kafka"])
def test_the_code_for_the_confluent_wire_format_reads_every_topic(
    client: str, kind: str, registered_wire: Wire, registry: LocalRegistry, tmp_path: Path
) -> None:
    wire = registered_wire
    assert all(not m.value or m.value[:1] == b"\x00" for m in messages(wire, kind))
    code = put_in(snippet(f"registry: {client}"), wire, kind, registry)
    found = read_by(code, wire, kind, tmp_path)
    keys = Counter(bytes(message.key).decode() for message in messages(wire, kind))
    assert Counter(key for key, _ in found) == keys
    for key, record in found:
        if record is not None:
            own = record.provenance.article_id if kind == "extractions" else record.record_id
            assert own == key


EXAMPLES = re.findall(r"^## newswire\.(\S+)\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("kind", "section"), EXAMPLES, ids=[kind for kind, _ in EXAMPLES])
def test_every_topic_has_the_same_facts_and_an_example(kind: str, section: str) -> None:
    facts = re.findall(r"^\| ([a-z]+) \|", section, re.MULTILINE)
    assert {"key", "value", "headers", "partitioning", "order", "kept", "duplicates"} <= set(facts)
    examples = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", section, re.DOTALL)]
    assert examples
    if kind not in CLASSES:
        return
    # What a record deserves changes with each training: "make docs-samples" writes it.
    figures = re.compile(r'("confidence": )[\d.]+')
    made = figures.sub(r"\g<1>0", json.dumps(example(kind)))
    assert figures.sub(r"\g<1>0", json.dumps(examples[0])) == made, 'stale: "make docs-samples"'
    for shown in examples:
        assert list(shown) == [f["name"] for f in schemas()[CLASSES[kind]].definition["fields"]]
        record = from_value(CLASSES[kind], shown)
        if not isinstance(record, Extraction):
            continue
        whole = record.records
        assert all(inner.provenance.revision == shown["revision"] for inner in whole)


def test_the_page_tells_of_every_topic() -> None:
    names = TopicNames()
    told = {f"newswire.{kind}" for kind, _ in EXAMPLES}
    assert told == {names.articles, *names.outputs}


def test_ids_in_the_examples_are_those_that_the_pipeline_gives() -> None:
    # The alone standing examples are the first records of the whole one.
    sections = dict(EXAMPLES)
    whole = json.loads(re.findall(r"```json\n(.*?)```", sections["extractions"], re.DOTALL)[0])
    for kind in ("actors", "threats", "denials"):
        [alone] = re.findall(r"```json\n(.*?)```", sections[kind], re.DOTALL)
        assert json.loads(alone) == whole[kind][0]
