"""The pool's door: where runners ask for workers (gRPC), and where metrics are served (HTTP)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

import grpc
from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc
from apache_beam.utils.thread_pool_executor import shared_unbounded_instance

from pipeline.metrics_endpoint import Endpoint, EndpointSettings
from pipeline.options import Address
from pipeline.outages import Misconfigured
from pipeline.process_metrics import MetricsFolder

_LOGGER = logging.getLogger(__name__)


class DoorError(Exception):
    """An address can't be listened on; the message says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Start:
    """Asks for a worker that serves the runner at ``control_address``."""

    worker_id: str
    control_address: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Asks that a worker end."""

    worker_id: str


class Door:
    """Open from the start. Who asks for a worker early waits until the model is loaded."""

    def __init__(
        self, address: Address, settings: EndpointSettings, folder: MetricsFolder, pool: Connection
    ) -> None:
        """Listens at once, and tells ``pool`` so by None; raises DoorError where it can't.

        ``pool`` takes `Start` and `Stop`, and answers each; its own None says that the model is
        loaded.
        """
        self._ready = threading.Event()
        self._pool = pool
        try:
            endpoint = Endpoint(settings, self._waiting_for, folder.registry)
        except Misconfigured as error:
            raise DoorError(str(error)) from error
        except OSError as error:
            raise DoorError(
                f"--metrics-address {settings.address} can't be listened on: {error}. Is another "
                "worker pool running here? Port 0 takes a free one."
            ) from error
        _LOGGER.info("Metrics at %s", endpoint.url)
        # What keeps a connection alive in Beam's own pool.
        options = [("grpc.http2.max_pings_without_data", 0), ("grpc.http2.max_ping_strikes", 0)]
        # Two pools at one port would share the runners' calls between them, unnoticed.
        options.append(("grpc.so_reuseport", 0))
        server = grpc.server(shared_unbounded_instance(), options=options)
        beam_fn_api_pb2_grpc.add_BeamFnExternalWorkerPoolServicer_to_server(
            _Servicer(self._ask), server
        )
        try:
            port = server.add_insecure_port(str(address))
        except RuntimeError as error:
            raise DoorError(
                f"{address} (--host, --port) can't be listened on. Is another worker pool "
                "running here? Port 0 takes a free one."
            ) from error
        self._server = server
        self._address = Address(address.host, port)
        self._lock = threading.Lock()
        pool.send(None)

    def serve(self) -> None:
        """Answers until the pool is gone."""
        self._server.start()
        try:
            self._pool.recv()
            self._ready.set()
            _LOGGER.info("Ready: runners find workers at %s.", self._address)
            threading.Event().wait()
        except EOFError:
            return

    def _waiting_for(self) -> str | None:
        return None if self._ready.is_set() else "loading the model"

    def _ask(self, request: Start | Stop) -> str | None:
        self._ready.wait()
        with self._lock:
            self._pool.send(request)
            answer: str | None = self._pool.recv()
            return answer


class _Servicer(beam_fn_api_pb2_grpc.BeamFnExternalWorkerPoolServicer):
    """Beam's interface of a worker pool."""

    def __init__(self, ask: Callable[[Start | Stop], str | None]) -> None:
        self._ask = ask

    def StartWorker(
        self, request: beam_fn_api_pb2.StartWorkerRequest, context: grpc.ServicerContext
    ) -> beam_fn_api_pb2.StartWorkerResponse:
        """Starts a worker for the runner that asks."""
        start = Start(request.worker_id, request.control_endpoint.url)
        return beam_fn_api_pb2.StartWorkerResponse(error=self._ask(start) or "")

    def StopWorker(
        self, request: beam_fn_api_pb2.StopWorkerRequest, context: grpc.ServicerContext
    ) -> beam_fn_api_pb2.StopWorkerResponse:
        """Ends a worker; no error where it has ended."""
        return beam_fn_api_pb2.StopWorkerResponse(error=self._ask(Stop(request.worker_id)) or "")
