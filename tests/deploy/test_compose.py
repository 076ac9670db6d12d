"""compose.yaml is sound, and what it says of the programs in it is so; no engine is needed."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.brokers.apache import KAFKA_VERSION
from pipeline.brokers.registry import APICURIO_VERSION
from pipeline.runners import prism_binary
from tests.deploy.commands import ROOT, heeded, newswire_lines, parsed

FOLDER = ROOT / "deploy" / "compose"
IMAGE = ROOT / "deploy" / "image"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: each for name, each in SERVICES.items() if each["image"].startswith("newswire:")}
LASTING = {name: each for name, each in SERVICES.items() if each["restart"] != "no"}


def calls(service: dict[str, Any]) -> list[list[str]]:
    if "entrypoint" in service:
        (script,) = service["command"]
        return newswire_lines(script)
    return [service["command"]]


def test_the_file_is_one_that_the_compose_specification_allows() -> None:
    checked = subprocess.run(
        [
            sys.executable,
            "-m",
            "check_jsonschema",
            "--builtin-schema",
            "vendor.compose-spec",
            str(FOLDER / "compose.yaml"),
        ],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("name", OURS)
def test_newswire_takes_the_commands_and_settings_given_to_it(name: str) -> None:
    service = OURS[name]
    environment = service.get("environment", {})
    assert [each for each in environment if not heeded(each)] == []
    feed = str(files("pipeline") / "data" / "feed.jsonl")
    assert calls(service)
    for call in calls(service):
        parsed(call, environment, {"/opt/newswire/feed.jsonl": feed})


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_more_rights_and_means_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] and service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert int(service["user"].split(":")[0]) > 0
    assert {"cpus", "memory", "pids"} <= service["deploy"]["resources"]["limits"].keys()
    assert service["image"].rpartition(":")[2] not in {"latest", service["image"]}
    for port in service.get("ports", []):
        assert port.startswith("127.0.0.1:"), "only this machine is let in"


@pytest.mark.parametrize("name", LASTING)
def test_a_service_that_lasts_has_a_check_of_its_health(name: str) -> None:
    assert LASTING[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_mounted_from_here_is_there(name: str) -> None:
    sources = [volume.split(":")[0] for volume in SERVICES[name].get("volumes", [])]
    named = {source for source in sources if not source.startswith(".")}
    assert named <= COMPOSE["volumes"].keys()
    assert all((FOLDER / source).exists() for source in sources if source.startswith("."))


def test_ports_are_those_that_the_services_listen_on() -> None:
    run = parsed(["run"], SERVICES["newswire"]["environment"], {}).params
    assert str(run["metrics_address"].port) in SERVICES["newswire"]["healthcheck"]["test"][-1]
    assert SERVICES["newswire"]["ports"] == [f"127.0.0.1:{run['metrics_address'].port}:9108"]
    worker = parsed(["worker"], SERVICES["worker"]["environment"], {}).params
    submitted = parsed(SERVICES["newswire-flink"]["command"], {}, {}).params
    assert submitted["environment_config"] == f"localhost:{worker['port']}"
    assert f"--job-port={submitted['job_endpoint'].port}" in SERVICES["jobserver"]["command"]
    targets = json.dumps(
        yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
    )
    assert f"newswire:{run['metrics_address'].port}" in targets
    assert f'"port": {worker["metrics_address"].port}' in targets


def test_prometheus_takes_the_configuration(promtool: str) -> None:
    checked = subprocess.run(
        [promtool, "check", "config", str(FOLDER / "prometheus.yml")],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_jobs_have_the_names_that_alerts_know() -> None:
    def jobs(path: Path) -> set[str]:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {each["job_name"] for each in loaded["scrape_configs"]}

    assert jobs(ROOT / "deploy" / "prometheus" / "prometheus.yml") <= jobs(
        FOLDER / "prometheus.yml"
    )


def test_versions_are_those_that_the_tests_run_on() -> None:
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{KAFKA_VERSION}"
    assert SERVICES["registry"]["image"] == f"apicurio/apicurio-registry:{APICURIO_VERSION}"
    beam = prism_binary.beam_version().removeprefix("v")
    flink = ".".join(SERVICES["jobmanager"]["image"].split(":")[1].split(".")[:2])
    assert SERVICES["jobserver"]["image"] == f"apache/beam_flink{flink}_job_server:{beam}"


def test_the_image_is_made_of_what_the_repository_has() -> None:
    lines = (IMAGE / "Dockerfile").read_text(encoding="utf-8").splitlines()
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists()
                assert f"!{source}" in allowed
    assert any(line.startswith("USER 10001") for line in lines)
