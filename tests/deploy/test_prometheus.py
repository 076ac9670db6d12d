from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from pipeline import metrics

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
RULES = sorted((PROMETHEUS / "rules").glob("*.yml"))
TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))


def rules() -> list[dict[str, Any]]:
    files = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in RULES)
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    return [rule for rule in rules() if "alert" in rule]


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True)


def test_promtool_takes_the_rules_and_the_configuration(promtool: str) -> None:
    for checked in (
        run(promtool, "check", "rules", *RULES),
        run(promtool, "check", "config", PROMETHEUS / "prometheus.yml"),
    ):
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_each_alert_fires_where_it_should_and_nowhere_else(promtool: str) -> None:
    tested = run(promtool, "test", "rules", *TESTS)
    assert tested.returncode == 0, tested.stdout + tested.stderr


def cases() -> list[dict[str, Any]]:
    files = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in TESTS)
    return [case for file in files for case in file["tests"]]


def metrics_asked(expression: str) -> set[str]:
    """Those of ours and of the process, also where a recording rule stands between."""
    recorded = {rule["record"]: rule["expr"] for rule in rules() if "record" in rule}
    asked = set(re.findall(r"(?<![\w:])(?:newswire|process|flink|up\b)\w*(?=[{\[\s)])", expression))
    for name in re.findall(r"\w+:newswire_\w+:\w+", expression):
        asked |= metrics_asked(recorded[name])
    return asked


def test_each_alert_has_a_case_in_which_it_fires_and_one_in_which_it_is_quiet() -> None:
    fire, quiet = set(), set()
    for case in cases():
        given = {re.split("[{ ]", each["series"])[0] for each in case["input_series"]}
        firing = {each["alertname"] for each in case["alert_rule_test"] if each.get("exp_alerts")}
        looked_at = {each["alertname"] for each in case["alert_rule_test"]}
        fire |= firing
        for alert in alerts():
            # Where a metric is missing nothing could fire.
            if alert["alert"] in looked_at - firing and metrics_asked(alert["expr"]) <= given:
                quiet.add(alert["alert"])
    assert fire == {alert["alert"] for alert in alerts()}
    assert quiet == fire


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_an_alert_says_how_grave_it_is_what_happens_and_what_to_do(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in {"critical", "warning"}
    assert {"summary", "description", "runbook"} <= alert["annotations"].keys()
    page, _, anchor = alert["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^## (\w+)$", (ROOT / page).read_text(encoding="utf-8"), re.M)
    assert alert["alert"] in headings and anchor == alert["alert"].lower()


def test_the_runbook_has_no_entry_without_an_alert() -> None:
    page = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (\w+)$", page, re.M)
    assert sorted(headings) == sorted(alert["alert"] for alert in alerts())


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_asks_only_for_metrics_that_the_pipeline_has(rule: dict[str, Any]) -> None:
    metrics.describe_build("some model 1.0")
    served = {
        name
        for family in REGISTRY.collect()
        for name in {family.name, family.name + "_total", family.name + "_bucket"}
    }
    recorded = {other["record"] for other in rules() if "record" in other}
    asked = set(re.findall(r"(?<![\w:])(?:newswire|process)_\w+", rule["expr"]))
    assert asked <= served
    assert set(re.findall(r"\w+:newswire_\w+:\w+", rule["expr"])) <= recorded
