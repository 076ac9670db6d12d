"""``newswire run`` over a job endpoint, with a Prism behind it that is not its child."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.brokers.embedded import EmbeddedBroker
from pipeline.runners.job_service import JobService
from pipeline.runners.prism import Prism
from tests.integration.wire import Wire
from tests.newswire_process import NEWSWIRE, NewswireProcess

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.fixture(scope="module")
def service(prism: Path) -> Iterator[JobService]:
    with Prism(prism) as server:
        yield JobService(server.address)


@pytest.fixture
def wire(embedded_broker: EmbeddedBroker) -> Wire:
    wire = Wire(embedded_broker)
    wire.publish(*range(20))
    return wire


def over(service: JobService) -> list[str]:
    return [
        "--runner=PortableRunner",
        f"--job-endpoint={service.endpoint}",
        "--environment-type=LOOPBACK",
    ]


def test_ctrl_c_ends_the_job(service: JobService, wire: Wire, tmp_path: Path) -> None:
    with NewswireProcess(tmp_path, *wire.run_arguments, *over(service)) as run:
        run.wait_until(lambda: wire.committed >= 20)
        assert wire.group_id in service.running_jobs().values()
        run.process.send_signal(signal.SIGINT)
        assert run.wait() == 0, run.output
    assert wire.group_id not in service.running_jobs().values()


def test_another_process_can_end_the_job(service: JobService, wire: Wire, tmp_path: Path) -> None:
    with NewswireProcess(tmp_path, *wire.run_arguments, *over(service)) as run:
        run.wait_until(lambda: wire.committed >= 20)
        done = subprocess.run(
            [
                NEWSWIRE,
                "cancel",
                f"--job-endpoint={service.endpoint}",
                f"--group-id={wire.group_id}",
            ],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert f"{wire.group_id} (job-" in done.stdout
        assert run.wait() == 0, run.output
        assert "cancelled from outside" in run.output
    assert wire.group_id not in service.running_jobs().values()


def test_a_second_job_of_a_group_is_refused_and_replaces_the_first_where_so_wished(
    service: JobService, wire: Wire, tmp_path: Path
) -> None:
    arguments = [*wire.run_arguments, *over(service)]
    with NewswireProcess(tmp_path, *arguments) as first:
        first.wait_until(lambda: wire.committed >= 20)
        with NewswireProcess(tmp_path, *arguments) as second:
            assert second.wait() == 1
            assert "running already" in second.output
            assert "--replace" in second.output
        wire.publish(20)
        with NewswireProcess(tmp_path, *arguments, "--replace") as third:
            assert first.wait() == 0, first.output
            third.wait_until(lambda: wire.committed >= 21)
            third.process.send_signal(signal.SIGTERM)
            assert third.wait() == 0, third.output


def test_an_endpoint_that_does_not_answer_is_waited_for_and_told(
    wire: Wire, tmp_path: Path
) -> None:
    nowhere = over(JobService("127.0.0.1:1"))
    with NewswireProcess(tmp_path, *wire.run_arguments, *nowhere, "--max-outage=1s") as run:
        assert run.wait() == 1
    assert "no Beam job service answers at 127.0.0.1:1" in run.output
    assert "Traceback" not in run.output


def test_a_service_that_dies_is_waited_for_and_given_the_job_again(
    prism: Path, wire: Wire, tmp_path: Path
) -> None:
    boot = json.dumps({"command": str(Path(NEWSWIRE).with_name("newswire-boot"))})
    with Prism(prism) as server:
        elsewhere = [
            "--runner=PortableRunner",
            f"--job-endpoint={server.address}",
            "--environment-type=PROCESS",
            f"--environment-config={boot}",
        ]
        with NewswireProcess(tmp_path, *wire.run_arguments, *elsewhere) as run:
            run.wait_until(lambda: wire.committed >= 20)
            server.kill()
            wire.publish(20)
            server.start()
            run.wait_until(lambda: wire.committed >= 21)
            run.process.terminate()
            assert run.wait() == 0, run.output
    assert "submitted again" in run.output
    assert "Traceback" not in run.output
