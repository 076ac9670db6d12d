from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from pipeline import metrics
from pipeline.messages import DeadLetter, Failure, SourceMessage
from pipeline.metrics_endpoint import Endpoint, EndpointSettings
from pipeline.options import Address
from pipeline.records import CATEGORIES, DenialKind

PAGE = Path(__file__).parents[1] / "docs" / "metrics.md"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    served = Endpoint(EndpointSettings(Address("127.0.0.1", 0)), lambda: "loading the model")
    yield served
    served.close()


def scrape(endpoint: Endpoint) -> str:
    with urllib.request.urlopen(f"http://{endpoint.address}/metrics", timeout=10) as answer:
        return answer.read().decode()


def test_promtool_has_nothing_to_say_against_what_is_served(
    endpoint: Endpoint, promtool: str
) -> None:
    for metric in (metrics.consumer_lag, metrics.watermark, metrics.committed_offset):
        metric("newswire.articles", 0).set(1)
    metrics.bytes_read("newswire.articles").inc(1)
    metrics.bytes_written("newswire.threats").inc(1)
    metrics.describe_build("some model 1.0")
    served = scrape(endpoint)
    checked = subprocess.run(
        [promtool, "check", "metrics"], input=served, capture_output=True, text=True
    )
    assert (checked.returncode, checked.stderr) == (0, "")
    wrong = served + "# TYPE wrong_ms counter\nwrong_ms 1\n"
    refused = subprocess.run(
        [promtool, "check", "metrics"], input=wrong, capture_output=True, text=True
    )
    assert "wrong_ms" in refused.stderr, "promtool looks at all that it is given"


def test_the_page_of_metrics_is_what_the_metrics_say() -> None:
    # In a process of its own, in which no test has counted anything.
    made = subprocess.run(
        [sys.executable, "-m", "pipeline.metrics_page"], capture_output=True, text=True, check=True
    ).stdout
    assert PAGE.read_text(encoding="utf-8") == made, 'stale: run "make docs-metrics"'
    for family in ours():
        assert f"| `{family.name}" in made


def ours() -> list:
    return [family for family in REGISTRY.collect() if family.name.startswith("newswire_")]


def test_what_is_served_is_prometheus_text(endpoint: Endpoint) -> None:
    served = text_string_to_metric_families(scrape(endpoint))
    samples = {sample.name for family in served for sample in family.samples}
    assert {sample.name for family in ours() for sample in family.samples} <= samples


def test_a_process_that_is_not_ready_says_what_it_waits_for(endpoint: Endpoint) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://{endpoint.address}/readyz", timeout=10)
    assert refused.value.code == 503
    assert refused.value.read() == b"loading the model\n"


def test_every_metric_is_described_and_has_base_units() -> None:
    for family in ours():
        assert family.documentation.endswith("."), family.name
        assert not family.name.endswith(("_ms", "_milliseconds", "_minutes", "_mb", "_kb"))


@pytest.mark.parametrize(
    ("sample", "label", "expected"),
    [
        ("newswire_threats_total", "category", set(CATEGORIES)),
        ("newswire_denials_total", "kind", set(DenialKind)),
        ("newswire_extractions_total", "kind", {"actor", "threat", "denial"}),
        ("newswire_articles_skipped_total", "reason", {"language", "withdrawn"}),
        ("newswire_extraction_writes_total", "outcome", {"acknowledged", "superseded"}),
        ("newswire_offset_commits_total", "outcome", {"committed", "unchanged", "failed"}),
    ],
)
def test_every_series_is_there_from_the_start(sample: str, label: str, expected: set[str]) -> None:
    found = {
        entry.labels[label] for family in ours() for entry in family.samples if entry.name == sample
    }
    assert expected <= found


def test_every_reason_for_a_dead_letter_is_there_from_the_start() -> None:
    found = {
        (entry.labels["stage"], entry.labels["reason"])
        for family in ours()
        for entry in family.samples
        if entry.name == "newswire_dead_letters_total"
    }
    expected = {
        (stage, reason) for stage, reasons in metrics.FAILURES.items() for reason in reasons
    }
    assert expected <= found


def count(sample: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(sample, labels) or 0.0


def test_bundles_are_counted_by_their_articles_and_empty_ones_are_not() -> None:
    message = SourceMessage("articles", 0, 1, 1_700_000_000_000, b"k", b"v")
    article = DeadLetter(message, Failure("decode", "not-json", "ValueError", ""))
    of_a_record = DeadLetter(message, Failure("write", "record-too-large", "TooLarge", ""))
    before = count("newswire_bundle_articles_count"), count("newswire_bundle_articles_sum")
    metrics.count_bundle([], 0.1)
    metrics.count_bundle([article, article, of_a_record], 0.1)
    after = count("newswire_bundle_articles_count"), count("newswire_bundle_articles_sum")
    assert after == (before[0] + 1, before[1] + 2)


def test_a_messages_size_is_that_of_key_value_and_headers() -> None:
    message = SourceMessage("t", 0, 1, 0, b"key", b"value", (("größe", b"12"),))
    assert message.size == 3 + 5 + 7 + 2
    assert SourceMessage("t", 0, 1, 0, None, None).size == 0
