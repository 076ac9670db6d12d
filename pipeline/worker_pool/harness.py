"""A process as one SDK worker of Beam's: takes bundles from a runner until there are no more."""

from __future__ import annotations

import logging
import os
import signal
import threading
from types import FrameType

import grpc
from apache_beam.runners.worker.sdk_worker import SdkHarness

from pipeline import logs
from pipeline.brokers.dies_with_parent import call_process
from pipeline.runners.state_sampling import look_often
from pipeline.sinks.chosen import SINKS
from pipeline.sources.commits import COMMITTERS
from pipeline.sources.consumers import CONSUMERS

_LOGGER = logging.getLogger(__name__)

PROCESS_NAME = "newswire-worker"
"""What the processes are called in lists, such as those of ``ps -e`` and ``top``."""

LOST_RUNNER = 3
"""Exit code of a worker whose runner went away without a word."""

_LOST = (grpc.RpcError, grpc.FutureTimeoutError)
"""What Beam raises where the connection breaks, or never was there."""


def serve(worker_id: str, control_address: str) -> None:
    """Serves the runner that listens at ``control_address``; ends the process.

    It ends with 0 where the runner has no more work, and on SIGTERM: a bundle that is under way
    then is given up, and as nothing of it is finalized, a runner that goes on has it done again.
    It ends with `LOST_RUNNER` where the connection breaks, and with 1 for what nobody foresaw.
    """
    code = 1
    try:
        signal.signal(signal.SIGTERM, _stop)
        threading.excepthook = _tell_what_is_new
        call_process(PROCESS_NAME)
        _LOGGER.info("Serving the runner at %s.", control_address)
        look_often()
        SdkHarness(control_address, worker_id=worker_id).run()
        _LOGGER.info("The runner has no more work.")
        code = 0
    except SystemExit:
        _LOGGER.info("Stopped.")
        code = 0
    except _LOST as error:
        _LOGGER.info("Lost the runner at %s: %s", control_address, _first_line(error))
        _LOGGER.debug("In full:", exc_info=True)
        code = LOST_RUNNER
    except BaseException:
        _LOGGER.exception("The worker failed:")
    finally:
        # The pool's own stop may come while connections and files are being closed.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        try:
            CONSUMERS.close_all()
            SINKS.end_all()
            COMMITTERS.end_all()
        except Exception:
            _LOGGER.exception("Connections were not closed in order:")
        logging.shutdown()
        # Beam's threads could hold up an orderly exit.
        os._exit(code)


def _stop(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(0)


def _tell_what_is_new(failed: threading.ExceptHookArgs) -> None:
    """A runner that hangs up ends Beam's threads one by one; it is told once, by `serve`."""
    if isinstance(failed.exc_value, grpc.RpcError):
        _LOGGER.debug("Thread %s ended: %s", failed.thread, failed.exc_value)
    else:
        logs.tell_of_thread(failed)


def _first_line(error: BaseException) -> str:
    details = getattr(error, "details", None)
    text = details() if callable(details) else str(error)
    return f"{type(error).__name__}: {text}".splitlines()[0]
