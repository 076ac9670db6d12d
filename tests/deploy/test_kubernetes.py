"""The manifests, rendered as a user would, against Kubernetes' schemas and our own parser."""

from __future__ import annotations

import copy
import os
import shutil
import subprocess
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from pipeline.brokers.java import run
from pipeline.caches import cache_folder
from tests.deploy.commands import ROOT, heeded, parsed

FOLDER = ROOT / "deploy" / "kubernetes"
KUSTOMIZE = "sigs.k8s.io/kustomize/kustomize/v5@v5.8.0"
OF_OPERATORS = {"FlinkDeployment", "PodMonitor"}
"""Their schemas are with their operators, and not among Kubernetes' own."""
MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
FLINK_OPERATOR = "org.apache.flink:flink-kubernetes-operator-api:1.10.0"

Object = dict[str, Any]


@cache
def kustomize() -> tuple[str, ...]:
    """The command that renders: what is here, else kustomize built with Go (a minute, once)."""
    if found := shutil.which("kustomize"):
        return (found, "build")
    if found := shutil.which("kubectl"):
        asked = subprocess.run([found, "kustomize", "--help"], capture_output=True, text=True)
        if asked.returncode == 0:
            return (found, "kustomize")
    if (go := shutil.which("go")) is None:
        pytest.skip("neither kustomize nor kubectl is here, nor Go to build one")
    folder = cache_folder() / f"kustomize-{KUSTOMIZE.rpartition('@')[2]}"
    if not (folder / "kustomize").exists():
        built = subprocess.run(
            [go, "install", KUSTOMIZE],
            env=os.environ | {"GOBIN": str(folder), "CGO_ENABLED": "0"},
            capture_output=True,
            text=True,
        )
        if built.returncode != 0:
            pytest.skip(f"Go could not build kustomize: {built.stderr.strip()[-300:]}")
    return (str(folder / "kustomize"), "build")


@cache
def rendered(name: str) -> list[Object]:
    done = subprocess.run([*kustomize(), str(FOLDER / name)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [each for each in yaml.safe_load_all(done.stdout) if each]


@cache
def flink_deployment_schema() -> Object:
    """The schema in the operator's own definition of the resource, which Maven brings."""
    file = cache_folder() / f"flinkdeployments-{FLINK_OPERATOR.rpartition(':')[2]}.yml"
    if not file.exists():
        if (maven := shutil.which("mvn")) is None:
            pytest.skip("mvn is not here, which brings the operator's definition")
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent) as work:
            what = [f"-Dartifact={FLINK_OPERATOR}", f"-DoutputDirectory={work}"]
            run([maven, "-q", "-B", MAVEN_COPY, *what], 300)
            (jar,) = Path(work).glob("*.jar")
            with zipfile.ZipFile(jar) as archive:
                inside = archive.extract(
                    "META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml", work
                )
            Path(inside).rename(file)
    definition = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    (version,) = definition["spec"]["versions"]
    assert version["name"] == "v1beta1"
    schema: Object = version["schema"]["openAPIV3Schema"]
    schema["properties"] |= dict.fromkeys(["apiVersion", "kind", "metadata"], True)
    close(schema)
    return schema


def close(schema: object) -> None:
    """Let no unknown field pass, as Kubernetes does where it is asked to be strict."""
    if isinstance(schema, dict):
        if "properties" in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
            schema.setdefault("additionalProperties", False)
        if schema.get("x-kubernetes-int-or-string"):
            schema.pop("type", None)
        for each in schema.values():
            close(each)
    elif isinstance(schema, list):
        for each in schema:
            close(each)


def only(name: str, kind: str) -> Object:
    (found,) = [each for each in rendered(name) if each["kind"] == kind]
    return found


def pods(name: str) -> list[tuple[str, Object]]:
    """What each pod of the deployment is to be, with a name for it."""
    found = []
    for each in rendered(name):
        if each["kind"] in {"StatefulSet", "Deployment", "Job"}:
            found.append((each["metadata"]["name"], each["spec"]["template"]))
        elif each["kind"] == "FlinkDeployment":
            # As the operator does: containers of one name are one.
            own = each["spec"]["taskManager"]["podTemplate"]
            spec = each["spec"]["podTemplate"]["spec"] | own["spec"]
            found.append(("taskmanager", {"metadata": own["metadata"], "spec": spec}))
    return found


def newswires(name: str) -> list[tuple[str, Object, Object]]:
    """Each container of newswire, with its pod and the pod's name."""
    return [
        (pod, template, container)
        for pod, template in pods(name)
        for container in template["spec"]["containers"]
        if "/newswire:" in container.get("image", "")
    ]


def settings_of(name: str, container: Object, pod_name: str) -> dict[str, str]:
    (reference,) = container["envFrom"]
    settings = only(name, "ConfigMap")
    assert reference["configMapRef"]["name"] == settings["metadata"]["name"]
    own = {each["name"]: each["value"] for each in container["env"] if "value" in each}
    together = settings["data"] | own
    return {key: value.replace("$(POD_NAME)", pod_name) for key, value in together.items()}


DEPLOYMENTS = ["direct", "example", "flink", "flink-upgrade"]


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_kubernetes_takes_every_object(name: str) -> None:
    kinds = set()
    for each in rendered(name):
        kinds.add(each["kind"])
        if each["kind"] not in OF_OPERATORS:
            kubernetes_validate.validate(each, "1.32", strict=True)
    assert {"PodMonitor", "PodDisruptionBudget", "NetworkPolicy", "ServiceAccount"} <= kinds


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_newswire_takes_the_arguments_and_settings_of_each_container(
    name: str, tmp_path: Path
) -> None:
    for file in ("password", "ca.crt"):
        (tmp_path / file).write_text("x", encoding="utf-8")
    assert newswires(name)
    for pod, _, container in newswires(name):
        settings = settings_of(name, container, f"{pod}-0")
        assert [key for key in settings if not heeded(key)] == []
        context = parsed(container["args"], settings, {"/etc/newswire/kafka": str(tmp_path)})
        (port,) = [each for each in container["ports"] if each["name"] == "metrics"]
        assert context.params["metrics_address"].port == port["containerPort"]
        assert context.params["metrics_address"].host == "0.0.0.0"


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_each_container_is_watched_limited_and_confined(name: str) -> None:
    for pod, template in pods(name):
        assert template["spec"]["securityContext"]["runAsNonRoot"]
        for container in template["spec"]["containers"]:
            if container["name"] == "flink-main-container":
                continue  # the operator gives it its own, from the cluster's settings
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                assert probe in container, pod
            assert "memory" in container["resources"]["limits"]
            assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
            security = container["securityContext"]
            assert security["readOnlyRootFilesystem"]
            assert not security["allowPrivilegeEscalation"]
            assert security["capabilities"]["drop"] == ["ALL"]
    for _, _, container in newswires(name):
        assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_secrets_come_by_reference_as_files_where_newswire_looks(name: str) -> None:
    assert not [each for each in rendered(name) if each["kind"] == "Secret"]
    for _, template, container in newswires(name):
        volumes = {each["name"]: each for each in template["spec"]["volumes"]}
        (mount,) = [each for each in container["volumeMounts"] if "secret" in volumes[each["name"]]]
        file = settings_of(name, container, "x-0")["NEWSWIRE_SASL_PASSWORD_FILE"]
        assert file.startswith(mount["mountPath"])


@pytest.mark.parametrize("name", ["direct", "example"])
def test_the_shares_are_as_many_as_there_are_replicas_and_each_is_read_once(name: str) -> None:
    replicas = only(name, "StatefulSet")["spec"]["replicas"]
    ((pod, _, container),) = newswires(name)
    shares = set()
    for number in range(replicas):
        settings = settings_of(name, container, f"{pod}-{number}")
        share = parsed(["run"], {"NEWSWIRE_SHARE": settings["NEWSWIRE_SHARE"]}, {}).params["share"]
        assert share.of == replicas
        shares.add(share.index)
    assert shares == set(range(replicas))


def test_another_number_of_replicas_is_another_number_of_shares(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "kubernetes")
    (tmp_path / "own").mkdir()
    (tmp_path / "kubernetes" / "direct" / "statefulset.yaml").write_text(
        (FOLDER / "direct" / "statefulset.yaml")
        .read_text(encoding="utf-8")
        .replace("replicas: 3", "replicas: 5"),
        encoding="utf-8",
    )
    done = subprocess.run(
        [*kustomize(), str(tmp_path / "kubernetes" / "direct")], capture_output=True, text=True
    )
    assert "value: $(POD_NAME)/5" in done.stdout


def test_the_worker_is_where_the_job_looks_for_it_and_open_to_nobody_else() -> None:
    by_pod = {pod: container for pod, _, container in newswires("flink")}
    assert by_pod["taskmanager"]["name"] == "worker"
    plain = {"NEWSWIRE_METRICS_ADDRESS": ":1"}
    worker = parsed(by_pod["taskmanager"]["args"], plain, {}).params
    submitted = parsed(by_pod["newswire-submit"]["args"], plain, {}).params
    assert submitted["environment_config"] == f"localhost:{worker['port']}"
    assert worker["host"] == "127.0.0.1"
    opened = [
        port["port"]
        for policy in rendered("flink")
        if policy["kind"] == "NetworkPolicy"
        for rule in policy["spec"].get("ingress", [])
        for port in rule.get("ports", [])
    ]
    assert worker["port"] not in opened
    assert {9108, 9109, 8081, submitted["job_endpoint"].port} <= set(opened)


def test_flink_is_the_operators_and_keeps_its_state_in_object_storage() -> None:
    flink = only("flink", "FlinkDeployment")
    assert flink["apiVersion"] == "flink.apache.org/v1beta1"
    assert "job" not in flink["spec"], "a session cluster"
    for pod in (flink["spec"]["podTemplate"], flink["spec"]["taskManager"]["podTemplate"]):
        assert pod["spec"]["containers"][0]["name"] in {"flink-main-container", "worker"}
    settings = flink["spec"]["flinkConfiguration"]
    for key in ("state.checkpoints.dir", "state.savepoints.dir", "high-availability.storageDir"):
        assert settings[key].startswith("s3://")
    version = flink["spec"]["flinkVersion"].removeprefix("v").replace("_", ".")
    assert flink["spec"]["image"].startswith(f"flink:{version}.")
    jobserver = only("flink", "Deployment")["spec"]["template"]["spec"]["containers"][0]
    assert f"beam_flink{version}_job_server" in jobserver["image"]


@pytest.mark.parametrize("name", ["flink", "flink-upgrade"])
def test_the_flink_operator_takes_its_resource(name: str) -> None:
    validator = jsonschema.Draft202012Validator(flink_deployment_schema())
    flink = only(name, "FlinkDeployment")
    assert [error.message for error in validator.iter_errors(flink)] == []
    flink = copy.deepcopy(flink)
    flink["spec"]["taskManager"]["podTemplate"]["spec"]["containers"][1]["argument"] = []
    assert not validator.is_valid(flink)


def test_what_is_selected_is_there() -> None:
    for name in ("direct", "example", "flink"):
        labels = [template["metadata"]["labels"] for _, template in pods(name)]
        # What the operator puts on all pods of the cluster.
        labels.append({"app": "newswire-flink"})
        for each in rendered(name):
            selector = (
                each["spec"].get("podSelector") or each["spec"].get("selector")
                if (each["kind"] in {"NetworkPolicy", "PodMonitor", "PodDisruptionBudget"})
                else None
            )
            if selector:
                wanted = selector["matchLabels"].items()
                assert any(wanted <= has.items() for has in labels), each["metadata"]["name"]


def test_an_upgrade_begins_with_the_savepoint_and_only_once() -> None:
    job = only("flink-upgrade", "Job")["spec"]
    assert job["backoffLimit"] == 0
    assert job["template"]["spec"]["restartPolicy"] == "Never"
    (container,) = job["template"]["spec"]["containers"]
    assert container["args"][-1].startswith("--savepoint=")
