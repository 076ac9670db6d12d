"""Workers as threads of this process, for a runner on this machine.

It is what Beam calls LOOPBACK. Beam's own listens on all interfaces, and whoever reaches it can
have this process run code of theirs; this one listens on the loopback interface alone.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import grpc
from apache_beam.portability.api import beam_fn_api_pb2_grpc
from apache_beam.runners.worker.worker_pool_main import BeamFnExternalWorkerPoolServicer
from apache_beam.utils.thread_pool_executor import shared_unbounded_instance

_LOGGER = logging.getLogger(__name__)

_STOP_SECONDS = 1.0


@contextmanager
def workers_of_this_process() -> Iterator[str]:
    """Within it a runner can have workers started at the address given (``host:port``)."""
    # As Beam sets them for its own: a runner pings, also when nothing is said for hours.
    options = [("grpc.http2.max_pings_without_data", 0), ("grpc.http2.max_ping_strikes", 0)]
    server = grpc.server(shared_unbounded_instance(), options=options)
    port = server.add_insecure_port("127.0.0.1:0")
    beam_fn_api_pb2_grpc.add_BeamFnExternalWorkerPoolServicer_to_server(
        BeamFnExternalWorkerPoolServicer(), server
    )
    server.start()
    threading.excepthook = _said_by_the_job_already
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(_STOP_SECONDS)


def _said_by_the_job_already(failed: threading.ExceptHookArgs) -> None:
    """Leaves out the traces of Beam's threads that lose their runner: one for each, every time.

    What ended the job is told by the job. The hook stays: some end after it.
    """
    if isinstance(failed.exc_value, grpc.RpcError):
        _LOGGER.debug("%s ended: %s", failed.thread, failed.exc_value)
    else:
        threading.__excepthook__(failed)
