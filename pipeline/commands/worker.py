"""``newswire worker``: a pool of SDK workers beside a runner, as a sidecar."""

from __future__ import annotations

import logging
import os
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

import click

from pipeline import logs, options
from pipeline.errors import CommandError
from pipeline.metrics_options import metrics_endpoint
from pipeline.options import Address, option
from pipeline.settings_file import config_file

if TYPE_CHECKING:
    from pipeline.extraction.settings import ExtractorSettings
    from pipeline.metrics_endpoint import EndpointSettings

_LOGGER = logging.getLogger(__name__)

DEFAULT_METRICS_ADDRESS = "127.0.0.1:9109"
"""Not that of ``newswire run``, which may submit to this pool from the same machine."""


@click.command(
    epilog="""\b
Examples:
  newswire worker
  newswire worker --host 0.0.0.0 --port 50000 --metrics-address :9109
  newswire run --runner PortableRunner -- --job_endpoint=flink-jobs:8099 \\
      --environment_type=EXTERNAL --environment_config=localhost:50000

\b
It is stopped by Ctrl-C or SIGTERM: all workers end, and bundles under way are given up, which
the runner does again. Exit codes: 0 stopped, 1 failed, 2 usage.
""",
)
@config_file
@option(
    "--host",
    default="127.0.0.1",
    help="The address to listen on. Whoever reaches it can have code run here: keep it on the "
    "machine or in the pod.",
)
@option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=50_000,
    help="The port that a job's --environment_config names; 0 takes a free one.",
)
@metrics_endpoint(
    default=DEFAULT_METRICS_ADDRESS,
    help="Where /metrics (of all workers together), /healthz and /readyz are served; port 0 takes "
    "a free one.",
)
@options.extractor_settings
@options.log_level
@options.log_format
def worker(
    host: str,
    port: int,
    endpoint: EndpointSettings,
    extractor: ExtractorSettings,
    log_level: str,
    log_format: str,
) -> int:
    """Run the pipeline's articles for a Beam runner on this machine: a pool of SDK workers.

    A runner whose jobs have --environment_type=EXTERNAL asks the pool for workers, one process
    each. The model is loaded once, before /readyz says that the pool is ready; workers share it,
    and are there at once. Give it the same --spacy-model, --actor-file, --min-confidence and
    --parse as "newswire run": a worker loads another model where the job's settings differ.

    Settings of Kafka and of a schema registry come with the job. Passwords and tokens do not: the
    job says in which file or variable they are, and they are read there, on this machine.
    """
    level = log_level.upper()
    logs.configure(level, "pool", log_format)
    # numpy looks for it when it is imported. Threads of its own would not outlive the forking.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    from pipeline.process_metrics import MetricsFolder

    with MetricsFolder() as folder:
        folder.join()
        # What every process needs is imported before they part.
        from pipeline.running import load_model
        from pipeline.worker_pool.door import Door, DoorError
        from pipeline.worker_pool.pool import WorkerPool

        def at_the_door(pool: Connection) -> None:
            try:
                Door(Address(host, port), endpoint, folder, pool).serve()
            except DoorError as error:
                _LOGGER.error("%s", error)
                raise SystemExit(1) from error

        def load() -> None:
            _LOGGER.info("Loaded %s.", load_model(extractor))

        code = WorkerPool(level, log_format).run(at_the_door, load)
        if code:
            raise CommandError("the pool has ended, see above.")
        return code
