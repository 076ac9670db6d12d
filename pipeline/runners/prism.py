"""Prism as a child process: started for a submission, and gone when this process is.

with Prism(program) as prism:
    ... submit to prism.address ...
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import ClassVar

import grpc
from apache_beam.portability.api import beam_job_api_pb2, beam_job_api_pb2_grpc

from pipeline.brokers.process import BrokerError, LocalServer

_ANSWER_SECONDS = 20.0
_TCP_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_LISTENING = "0A"


class Prism(LocalServer):
    """One Prism, with its job service on a free port and without its web page."""

    name: ClassVar[str] = "Prism"
    start_seconds: ClassVar[float] = 30.0

    def __init__(self, program: Path, *, log_level: str = "warn") -> None:
        """``log_level`` is Prism's own word: debug, info, warn or error."""
        super().__init__()
        self._program = program
        self._log_level = log_level

    @property
    def is_open_to_others(self) -> bool:
        """Whether its port is open on other interfaces than loopback; False where unknown."""
        for table in _TCP_TABLES:
            with contextlib.suppress(OSError):
                for line in table.read_text(encoding="ascii").splitlines()[1:]:
                    _, local, _, state, *_ = line.split()
                    host, port = local.split(":")
                    if (state, int(port, 16)) == (_LISTENING, self._port) and not host.strip("0"):
                        return True
        return False

    @property
    def last_words(self) -> str:
        """The last lines that it printed."""
        return self._log_tail()

    def _command(self) -> list[str]:
        return [
            str(self._program.absolute()),
            f"--job_port={self._port}",
            "--serve_http=false",
            f"--log_level={self._log_level}",
            "--log_kind=text",
        ]

    def _await_answer(self) -> None:
        with grpc.insecure_channel(self.address) as channel:
            try:
                beam_job_api_pb2_grpc.JobServiceStub(channel).GetJobs(
                    beam_job_api_pb2.GetJobsRequest(),
                    timeout=_ANSWER_SECONDS,
                    wait_for_ready=True,
                )
            except grpc.RpcError as error:
                raise BrokerError(
                    f"{self._program} listens on {self.address} but does not answer as a Beam job "
                    f"service does: {error}. Is it a Prism binary? {self._log_tail()}"
                ) from error
