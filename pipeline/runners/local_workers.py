"""Workers as threads of this process, for a runner on this machine.

It is what Beam calls LOOPBACK. Beam's own listens on all interfaces, and whoever reaches it can
have this process run code of theirs; this one listens on the loopback interface alone.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import grpc
from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc
from apache_beam.runners.worker.sdk_worker import SdkHarness
from apache_beam.runners.worker.worker_pool_main import BeamFnExternalWorkerPoolServicer
from apache_beam.utils.thread_pool_executor import shared_unbounded_instance

from pipeline.runners.state_sampling import look_often

_LOGGER = logging.getLogger(__name__)

_STOP_SECONDS = 1.0


class _Worker(SdkHarness):
    """Beam's, but that it does not print the trace of each bundle that fails.

    The runner gets it as the error that the job ends with; in an outage that is one each minute.
    """

    def _execute(
        self,
        task: Callable[[], beam_fn_api_pb2.InstructionResponse],
        request: beam_fn_api_pb2.InstructionRequest,
    ) -> None:
        def told() -> beam_fn_api_pb2.InstructionResponse:
            try:
                return task()
            except BaseException:
                trace = traceback.format_exc()
                _LOGGER.debug("A bundle failed: %s", trace)
                return beam_fn_api_pb2.InstructionResponse(
                    instruction_id=request.instruction_id, error=trace
                )

        super()._execute(told, request)


class _Pool(BeamFnExternalWorkerPoolServicer):
    """Starts workers as threads."""

    def StartWorker(
        self, start_worker_request: beam_fn_api_pb2.StartWorkerRequest, unused_context: object
    ) -> beam_fn_api_pb2.StartWorkerResponse:
        """One more worker, for the runner that asks."""
        worker = _Worker(
            start_worker_request.control_endpoint.url, worker_id=start_worker_request.worker_id
        )
        # Beam's `StopWorker` looks there.
        self._worker_threads[start_worker_request.worker_id] = worker
        threading.Thread(target=worker.run, name="sdk-worker", daemon=True).start()
        return beam_fn_api_pb2.StartWorkerResponse()


@contextmanager
def workers_of_this_process() -> Iterator[str]:
    """Within it a runner can have workers started at the address given (``host:port``)."""
    look_often()
    # As Beam sets them for its own: a runner pings, also when nothing is said for hours.
    options = [("grpc.http2.max_pings_without_data", 0), ("grpc.http2.max_ping_strikes", 0)]
    server = grpc.server(shared_unbounded_instance(), options=options)
    port = server.add_insecure_port("127.0.0.1:0")
    beam_fn_api_pb2_grpc.add_BeamFnExternalWorkerPoolServicer_to_server(_Pool(), server)
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(_STOP_SECONDS)
