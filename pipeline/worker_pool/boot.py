"""``newswire-boot``: one SDK worker that a runner starts itself, as a process beside it.

What ``--environment_type=PROCESS --environment_config={"command": ".../newswire-boot"}`` names: a
runner calls it with the worker's id and where to ask for the rest. Sidecars are better served by
``newswire worker``, whose processes share one model and one endpoint for metrics.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from pipeline import logs, options
from pipeline.commands.worker import DEFAULT_METRICS_ADDRESS
from pipeline.errors import CommandError
from pipeline.metrics_options import metrics_endpoint
from pipeline.options import Address

if TYPE_CHECKING:
    from pipeline.metrics_endpoint import Endpoint, EndpointSettings

_LOGGER = logging.getLogger(__name__)

_PROVISION_SECONDS = 60.0


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.option("--id", "worker_id", required=True, help="The worker's id.")
@click.option("--provision_endpoint", required=True, help="Where the runner tells the rest.")
@metrics_endpoint(
    default=DEFAULT_METRICS_ADDRESS,
    help="Where /metrics, /healthz and /readyz are served; where it is taken, at a free port.",
)
@options.log_level
@options.log_format
def main(
    worker_id: str,
    provision_endpoint: str,
    endpoint: EndpointSettings,
    log_level: str,
    log_format: str,
) -> None:
    """Run a worker for the Beam runner that calls this, until it has no more work."""
    worker_id = worker_id.strip("'")  # Prism puts it between quotation marks.
    logs.configure(log_level.upper(), f"worker {worker_id}", log_format)
    logs.heed_signals()
    from pipeline.worker_pool.harness import serve

    _LOGGER.info("Metrics at %s", _endpoint(endpoint).url)
    serve(worker_id, _control_address(worker_id, provision_endpoint))


def _endpoint(settings: EndpointSettings) -> Endpoint:
    from pipeline.metrics_endpoint import Endpoint
    from pipeline.outages import Misconfigured

    try:
        return Endpoint(settings, lambda: None)
    except Misconfigured as error:
        raise CommandError(str(error)) from error
    except OSError:
        # Another worker of this machine has it.
        return Endpoint(replace(settings, address=Address(settings.address.host, 0)), lambda: None)


def _control_address(worker_id: str, provision_endpoint: str) -> str:
    import grpc
    from apache_beam.portability.api import beam_provision_api_pb2, beam_provision_api_pb2_grpc
    from apache_beam.runners.worker.worker_id_interceptor import WorkerIdInterceptor

    with grpc.insecure_channel(provision_endpoint) as channel:
        own = grpc.intercept_channel(channel, WorkerIdInterceptor(worker_id))
        runner = beam_provision_api_pb2_grpc.ProvisionServiceStub(own)
        told = runner.GetProvisionInfo(
            beam_provision_api_pb2.GetProvisionInfoRequest(), timeout=_PROVISION_SECONDS
        )
    address: str = told.info.control_endpoint.url
    return address
