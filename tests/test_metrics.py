from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from pipeline import metrics
from pipeline.options import Address
from pipeline.records import CATEGORIES, DenialKind


@pytest.fixture
def endpoint() -> Iterator[metrics.Endpoint]:
    served = metrics.Endpoint(Address("127.0.0.1", 0), lambda: "loading the model")
    yield served
    served.close()


def scrape(endpoint: metrics.Endpoint) -> str:
    with urllib.request.urlopen(f"http://{endpoint.address}/metrics", timeout=10) as answer:
        return answer.read().decode()


def ours() -> list:
    return [family for family in REGISTRY.collect() if family.name.startswith("newswire_")]


def test_what_is_served_is_prometheus_text(endpoint: metrics.Endpoint) -> None:
    served = text_string_to_metric_families(scrape(endpoint))
    samples = {sample.name for family in served for sample in family.samples}
    assert {sample.name for family in ours() for sample in family.samples} <= samples


def test_a_process_that_is_not_ready_says_what_it_waits_for(endpoint: metrics.Endpoint) -> None:
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
