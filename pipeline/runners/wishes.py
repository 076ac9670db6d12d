"""What the user says about the runner: plain settings, without Beam."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

DIRECT = "DirectRunner"
PRISM = "PrismRunner"
FLINK = "FlinkRunner"
PORTABLE = "PortableRunner"


_KNOWN = {name.lower(): name for name in (DIRECT, PRISM, FLINK, PORTABLE)}


def runner_name(name: str) -> str:
    """A known runner's name in full, also where it is said as Beam lets one: ``flink``."""
    lower = name.lower()
    return _KNOWN.get(lower) or _KNOWN.get(f"{lower}runner") or name


class PrismUse(StrEnum):
    """Whether the Direct runner uses Prism."""

    AUTO = "auto"
    DOWNLOAD = "download"
    OFF = "off"


class Environment(StrEnum):
    """Where the workers of a portable runner run; Beam's words."""

    EXTERNAL = "EXTERNAL"
    PROCESS = "PROCESS"
    LOOPBACK = "LOOPBACK"
    DOCKER = "DOCKER"


@dataclass(frozen=True, slots=True)
class RunnerWishes:
    """The runner's options, by their names."""

    runner: str = DIRECT
    prism: PrismUse = PrismUse.AUTO
    prism_location: Path | None = None
    job_endpoint: str | None = None
    environment_type: Environment | None = None
    environment_config: str | None = None
    flink_master: str | None = None
    flink_rest: str | None = None
    flink_version: str | None = None
    parallelism: int | None = None
    checkpoint_interval: float = 10.0
    savepoint: str | None = None
    replace: bool = False
    job_name: str = "newswire"
    beam_arguments: tuple[str, ...] = ()

    @property
    def is_direct(self) -> bool:
        """Whether it is to run on this machine, in a process a pipeline."""
        return self.runner in (DIRECT, PRISM)

    @property
    def for_clusters(self) -> dict[str, object]:
        """Those that are set and mean nothing where it runs on this machine, by their flags."""
        flags = {
            "--job-endpoint": self.job_endpoint,
            "--environment-type": self.environment_type,
            "--flink-master": self.flink_master,
            "--savepoint": self.savepoint,
        }
        return {flag: value for flag, value in flags.items() if value is not None}
