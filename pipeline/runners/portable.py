"""Runners elsewhere, behind a Beam job service: Flink, or whatever a job endpoint is."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import ExitStack

import apache_beam as beam
from apache_beam.options.pipeline_options import FlinkRunnerOptions, PipelineOptions
from apache_beam.runners.portability.flink_runner import FlinkJarJobServer, FlinkRunner
from apache_beam.runners.portability.portable_runner import PortableRunner
from apache_beam.runners.runner import PipelineRunner

from pipeline.brokers import dies_with_parent
from pipeline.errors import CommandError
from pipeline.outages import Unavailable
from pipeline.runners.direct import FOR_EVER_SECONDS, streaming_options
from pipeline.runners.flink_options import with_checkpoints
from pipeline.runners.flink_rest import FlinkAway, FlinkError, FlinkRest
from pipeline.runners.job_service import JobService
from pipeline.runners.jobs import Ending, run_job
from pipeline.runners.local_workers import workers_of_this_process
from pipeline.runners.standstill import GroupProgress, Verdict
from pipeline.runners.wishes import Environment, RunnerWishes

_LOGGER = logging.getLogger(__name__)

FINISHING_SECONDS = 10.0
"""How long a cluster's job with its workers in this process has to finish what is at hand. Flink
often takes longer (measured), and who stops a container gives it 30 s."""

_NO_CLUSTER = ("[auto]", "[local]")
"""Flink masters that are no address."""

_WHERE_WORKERS_RUN = (
    "say where the workers run: --environment-type EXTERNAL --environment-config HOST:PORT (a "
    "`newswire worker` beside each task manager), PROCESS with a command, or LOOPBACK (in this "
    "process: for trying)."
)


class Portable:
    """A job endpoint, with Flink or Prism or another runner behind it."""

    def __init__(self, wishes: RunnerWishes) -> None:
        """Raises `CommandError` where something is missing that only the user can say."""
        self._wishes = wishes
        self._endpoint = wishes.job_endpoint or _given(wishes, "job_endpoint")
        self._rest = FlinkRest(wishes.flink_rest) if wishes.flink_rest else None
        self._has_run = False
        self._check()
        self._environment = _environment(wishes)

    @property
    def description(self) -> str:
        """See `Runner.description`."""
        return f"the Beam job service at {self._endpoint}, {self._where}"

    @property
    def workers_are_here(self) -> bool:
        """See `Runner.workers_are_here`."""
        return self._environment is Environment.LOOPBACK

    def run(self, build: Callable[[beam.Pipeline], None], progress: GroupProgress) -> None:
        """See `Runner.run`."""
        assert self._endpoint is not None
        service = JobService(self._endpoint)
        is_flink = service.is_flinks()
        if not self._has_run:
            _LOGGER.info(
                "The job service at %s is %s.",
                self._endpoint,
                "Flink's" if is_flink else "not Flink's: nothing is known of its checkpoints",
            )
            if is_flink and self._rest is None:
                _LOGGER.warning(
                    "Without --flink-rest the job can't be ended from here, nor can it be told "
                    "whether another of this group runs: Beam's job server does neither."
                )
        self._run(build, progress, PortableRunner(), service, is_flink=is_flink)

    def _check(self) -> None:
        if not self._endpoint:
            raise CommandError(
                "--runner=PortableRunner needs --job-endpoint HOST:PORT, where Beam's job service "
                "is; Flink's job server listens on 8099 by default."
            )

    @property
    def _where(self) -> str:
        if self.workers_are_here:
            return "with the workers in this process"
        kind = self._environment.value if self._environment else "those that Beam is told of"
        config = self._wishes.environment_config
        return f"with {kind} workers{f' ({config})' if config else ''}"

    def _run(
        self,
        build: Callable[[beam.Pipeline], None],
        progress: GroupProgress,
        runner: PipelineRunner,
        service: JobService | None,
        *,
        is_flink: bool,
    ) -> None:
        wishes = self._wishes
        arguments = [*self._first_arguments(), *wishes.beam_arguments]
        if is_flink:
            arguments = with_checkpoints(arguments, wishes.checkpoint_interval)
            if wishes.parallelism is not None:
                arguments.append(f"--parallelism={wishes.parallelism}")
            if wishes.savepoint is not None and not self._has_run:
                arguments.append(f"--savepoint_path={wishes.savepoint}")
        elif wishes.savepoint is not None:
            raise CommandError("--savepoint is for Flink, and this job service is none of Flink's.")
        if is_flink and progress.has_end and self._rest is None:
            raise CommandError(
                "--until-caught-up needs --flink-rest HOST:PORT, where the JobManager's REST "
                "interface is (port 8081 by default): Flink never ends a job that has nothing more "
                "to read, and Beam's job server can't."
            )
        self._end_others(service)
        with ExitStack() as stack:
            arguments += self._workers(stack)
            arguments += self._service_arguments()
            arguments.append(f"--job_name={wishes.job_name}")
            pipeline = beam.Pipeline(runner=runner, options=streaming_options(arguments))
            build(pipeline)
            self._has_run = True
            run_job(
                pipeline.run,
                Ending(wishes.job_name, service, self._rest, is_flink),
                patience_seconds=FINISHING_SECONDS if self.workers_are_here else 0.0,
                service_name=self._endpoint or "Flink",
                # Flink sees for itself that a worker is gone, and commits with its checkpoints,
                # however far apart. But it never ends a job that has nothing more to read.
                judge=progress.judge,
                heeded=Verdict.CAUGHT_UP if is_flink else Verdict.STANDS_STILL,
            )

    def _first_arguments(self) -> list[str]:
        return []

    def _service_arguments(self) -> list[str]:
        return [
            f"--job_endpoint={self._endpoint}",
            f"--job_server_timeout={FOR_EVER_SECONDS}",
        ]

    def _workers(self, stack: ExitStack) -> list[str]:
        if self._environment is None:
            return []  # behind --
        if self._environment is Environment.LOOPBACK:
            workers = stack.enter_context(workers_of_this_process())
            return ["--environment_type=EXTERNAL", f"--environment_config={workers}"]
        arguments = [f"--environment_type={self._environment.value}"]
        if self._wishes.environment_config is not None:
            arguments.append(f"--environment_config={self._wishes.environment_config}")
        return arguments

    def _end_others(self, service: JobService | None) -> None:
        """Sees to it that no other job of this name runs: both would read every article."""
        wishes = self._wishes
        try:
            if self._rest is not None:
                others = [job.id for job in self._rest.running(wishes.job_name)]
            else:
                others = service.running(wishes.job_name) if service else []
            if not others:
                return
            if not (wishes.replace or self._has_run):
                raise CommandError(
                    f"a job {wishes.job_name} is running already ({', '.join(others)}), and both "
                    f"would read every article. End it by: newswire cancel --group-id "
                    f"{wishes.job_name}, or have it ended here by --replace. If it is another's, "
                    "give this one a --group-id of its own."
                )
            for job_id in others:
                if self._rest is not None:
                    state = self._rest.cancel(job_id)
                else:
                    assert service is not None
                    state = service.cancel(job_id)
                _LOGGER.warning(
                    "Ended the job %s of before (%s): %s.", job_id, wishes.job_name, state
                )
        except FlinkAway as error:
            raise Unavailable(f"{error}: --flink-rest, else --flink-master, says where") from error
        except FlinkError as error:
            raise CommandError(
                f"whether a job {wishes.job_name} runs already can't be told: {error}. Flink's "
                "REST address is --flink-rest, else --flink-master."
            ) from error


class Flink(Portable):
    """A Flink cluster, by a job server that is started here: that needs Java."""

    def __init__(self, wishes: RunnerWishes) -> None:
        """Raises `CommandError` where something is missing that only the user can say."""
        self._master = wishes.flink_master or _given(wishes, "flink_master")
        super().__init__(wishes)
        if self._rest is None and self._master and self._master not in _NO_CLUSTER:
            self._rest = FlinkRest(self._master)
        # Now, and not at the first submission: what is wrong here stays wrong.
        with_checkpoints(wishes.beam_arguments, wishes.checkpoint_interval)

    @property
    def description(self) -> str:
        """See `Runner.description`."""
        return f"Flink at {self._master or self._endpoint}, {self._where}"

    def run(self, build: Callable[[beam.Pipeline], None], progress: GroupProgress) -> None:
        """See `Runner.run`."""
        if self._endpoint:
            super().run(build, progress)
            return
        runner = _OwnJobServer()
        try:
            self._run(build, progress, runner, None, is_flink=True)
        finally:
            runner.stop()

    def _check(self) -> None:
        if self._endpoint:
            return
        if not self._master:
            raise CommandError(
                "--runner=FlinkRunner needs --flink-master HOST:PORT, where the JobManager's REST "
                "interface is (port 8081 by default), or [local] for a Flink in this machine."
            )
        if shutil.which(_java(self._wishes)) is None:
            raise CommandError(
                "FlinkRunner starts Beam's job server, and that needs Java, which is not on the "
                "path. A job server elsewhere needs none here: --runner=PortableRunner "
                "--job-endpoint HOST:8099."
            )

    def _first_arguments(self) -> list[str]:
        if self._endpoint:
            return []
        # The job server is to end when this process does, however that ends. What the user has
        # for the JVM comes behind.
        java = shutil.which(_java(self._wishes)) or "java"
        script = str(dies_with_parent.__file__)
        prefix = ["-I", "-S", script, str(os.getpid()), java]
        return [f"--job_server_jvm_property={part}" for part in prefix]

    def _service_arguments(self) -> list[str]:
        if self._endpoint:
            return super()._service_arguments()
        arguments = [
            f"--flink_master={self._master}",
            f"--job_server_timeout={FOR_EVER_SECONDS}",
            f"--job_server_java_launcher={sys.executable}",
        ]
        if self._wishes.flink_version is not None:
            arguments.append(f"--flink_version={self._wishes.flink_version}")
        return arguments


class _OwnJobServer(FlinkRunner):
    """Beam's, but for the job server: Beam's takes Ctrl-C for itself and ends at the first."""

    def __init__(self) -> None:
        super().__init__()
        self._job_server: FlinkJarJobServer | None = None

    def default_job_server(self, options: PipelineOptions) -> FlinkJarJobServer:
        """A job server that lives until `stop`."""
        flink = options.view_as(FlinkRunnerOptions)
        flink.flink_master = self.add_http_scheme(flink.flink_master)
        self._job_server = FlinkJarJobServer(options)
        return self._job_server

    def stop(self) -> None:
        """Ends the job server, where one was started."""
        if self._job_server is not None:
            self._job_server.stop()


def _environment(wishes: RunnerWishes) -> Environment | None:
    """None where it is said behind --."""
    kind = wishes.environment_type
    if kind is None:
        if _given(wishes, "environment_type"):
            return None
        raise CommandError(f"--runner={wishes.runner}: {_WHERE_WORKERS_RUN}")
    if kind in (Environment.EXTERNAL, Environment.PROCESS) and not wishes.environment_config:
        raise CommandError(
            f"--environment-type={kind.value} needs --environment-config: "
            + (
                "HOST:PORT of the worker pool, as each task manager reaches it."
                if kind is Environment.EXTERNAL
                else 'JSON, as in {"command": "/opt/newswire/worker"}.'
            )
        )
    return kind


def _given(wishes: RunnerWishes, name: str) -> str | None:
    """What stands behind -- for one of Beam's options."""
    given: str | None = (
        PipelineOptions(list(wishes.beam_arguments)).get_all_options(drop_default=True).get(name)
    )
    return given


def _java(wishes: RunnerWishes) -> str:
    return _given(wishes, "job_server_java_launcher") or "java"
