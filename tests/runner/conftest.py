"""Which runners the suite runs on, and its account at the end."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.wire import Wire
from tests.newswire_process import NEWSWIRE, NewswireProcess
from tests.runner.kept_prism import KeptPrism
from tests.runner.under_test import SETTINGS, RunnerUnderTest

# Read here: no test is to see the developer's own settings.
GIVEN = {name: os.environ.get(variable) for name, variable in SETTINGS.items()}
BUILT_IN = ("in-process", "prism-loopback", "prism-external", "prism-process")
RUNNERS = ("given",) if GIVEN["JOB_ENDPOINT"] else BUILT_IN

_outcomes: Counter[str] = Counter()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "runner" in metafunc.fixturenames:
        # One runner after the other, so that what is dear is made once for each.
        metafunc.parametrize("runner", RUNNERS, indirect=True, scope="session")


def given_runner() -> RunnerUnderTest:
    environment = (GIVEN["ENVIRONMENT_TYPE"] or "LOOPBACK").upper()
    assert environment in {"LOOPBACK", "EXTERNAL", "PROCESS"}, environment
    return RunnerUnderTest(
        GIVEN["JOB_ENDPOINT"],
        environment,  # type: ignore[arg-type]
        GIVEN["ENVIRONMENT_CONFIG"] or "",
        GIVEN["FLINK_REST"],
    )


@pytest.fixture(scope="session")
def on_flink() -> RunnerUnderTest:
    """The runner that is given, where it is Flink and its REST address is known."""
    if not (GIVEN["JOB_ENDPOINT"] and GIVEN["FLINK_REST"]):
        pytest.skip("needs Flink itself: NEWSWIRE_TEST_FLINK_REST is not given")
    return given_runner()


@pytest.fixture(scope="session")
def runner(request: pytest.FixtureRequest) -> RunnerUnderTest:
    """The runner under test."""
    if request.param == "given":
        return given_runner()
    if request.param == "in-process":
        return RunnerUnderTest(None)
    address = request.getfixturevalue("prism_service").address
    if request.param == "prism-external":
        return RunnerUnderTest(address, "EXTERNAL", request.getfixturevalue("pool"))
    if request.param == "prism-process":
        boot = Path(NEWSWIRE).with_name("newswire-boot")
        return RunnerUnderTest(address, "PROCESS", json.dumps({"command": str(boot)}))
    return RunnerUnderTest(address)


@pytest.fixture(scope="session")
def prism_service(prism: Path) -> Iterator[KeptPrism]:
    """A Prism for all jobs of the session."""
    with KeptPrism(prism) as kept:
        yield kept


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a `newswire worker`, which finds nothing on its PATH."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "/nowhere")
        process = NewswireProcess(
            tmp_path_factory.mktemp("pool"),
            "worker",
            "--port=0",
            "--metrics-address=127.0.0.1:0",
        )
    with process:
        process.wait_for_output("Ready: runners find workers at ", 120)
        yield re.findall(r"runners find workers at (\S+)\.\n", process.output)[0]
        process.process.terminate()
        assert process.wait() == 0, process.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for logs."""
    return tmp_path_factory.mktemp("runs")


Start = Callable[..., NewswireProcess]


@pytest.fixture(scope="module")
def start(runner: RunnerUnderTest, folder: Path) -> Start:
    """Starts ``newswire run`` for a wire on the runner; to be entered with ``with``."""
    return starting(runner, folder)


@pytest.fixture(scope="module")
def start_on_flink(on_flink: RunnerUnderTest, folder: Path) -> Start:
    """The same, on Flink."""
    return starting(on_flink, folder)


class Run(NewswireProcess):
    """A ``newswire run`` that is told to end its job, where the block is left with it running."""

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait()
        super().__exit__(*error)


def starting(runner: RunnerUnderTest, folder: Path) -> Start:
    def started(wire: Wire, *arguments: str) -> Run:
        return Run(
            folder,
            *wire.run_arguments,
            "--max-bundle-records=20",
            *runner.arguments,
            *arguments,
        )

    return started


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.outcome != "passed":
        _outcomes[report.outcome] += 1


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if GIVEN["JOB_ENDPOINT"]:
        told = ", ".join(
            f"{_outcomes[outcome]} {outcome}" for outcome in ("passed", "failed", "skipped")
        )
        terminalreporter.section("runner")
        environment = GIVEN["ENVIRONMENT_TYPE"] or "LOOPBACK"
        terminalreporter.line(f"{GIVEN['JOB_ENDPOINT']} with {environment} workers: {told}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if GIVEN["JOB_ENDPOINT"] and not _outcomes["passed"] and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
