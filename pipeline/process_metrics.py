"""The metrics of several processes, counted in one folder and served as those of one.

    with MetricsFolder() as folder:
        folder.join()                          # before anything imports prometheus_client
        subprocess.Popen(command)              # inherits the folder by the environment
        Endpoint(settings, is_ready, folder.registry)

This is prometheus_client's multiprocess mode: each process keeps its values in files of its own,
and whoever serves them adds them up. Here the files of processes that have ended are added to
one archive, so that counters never go backwards and restarts don't fill the folder.
Gauges say in `pipeline.metrics` how those of several processes become one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Metric, ProcessCollector

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""prometheus_client looks for it once, when it is imported."""

_ARCHIVE = "ended"
"""Stands in the archive's file names where others have the number of a process."""

_PREFIX = "newswire-metrics-"
_OWNED = "owned.lock"

_SUMMED = ("counter", "histogram", "summary")


class MetricsFolder:
    """A folder in which processes count, and all of it as a collector of Prometheus."""

    def __init__(self) -> None:
        """Makes an empty folder; the processes are to end before it is closed.

        Folders whose makers were killed are deleted.
        """
        _delete_abandoned()
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        # The kernel takes the lock away however this process, and what it has forked, ends. The
        # file has its name once it is locked: until then nobody takes the folder for abandoned.
        unnamed = self.path / f"{_OWNED}.new"
        self._owned = unnamed.open("w")
        fcntl.flock(self._owned, fcntl.LOCK_EX)
        unnamed.rename(self.path / _OWNED)
        self._lock = threading.Lock()
        self._processes = _Processes()

    def join(self) -> None:
        """Has this process, and all that it starts from now on, count in the folder.

        Raises RuntimeError where prometheus_client is imported already and counts elsewhere.
        """
        if "prometheus_client" in sys.modules:
            raise RuntimeError("prometheus_client was imported before its metrics were shared")
        os.environ[FOLDER_VARIABLE] = str(self.path)

    @property
    def registry(self) -> CollectorRegistry:
        """What to serve: the sums of all processes, ended ones included."""
        from prometheus_client import CollectorRegistry

        registry = CollectorRegistry()
        registry.register(self)
        return registry

    def collect(self) -> Iterable[Metric]:
        """Every metric as the processes have it together, after a `sweep`."""
        from prometheus_client.multiprocess import MultiProcessCollector

        with self._lock:
            self._sweep()
            files = [str(path) for path in self._files()]
            living = {pid for path in self._files() if (pid := _pid(path)) is not None}
            return [*MultiProcessCollector.merge(files), *self._processes.collect(living)]

    def sweep(self) -> None:
        """Archives what processes that have ended counted; a zombie has not ended yet."""
        with self._lock:
            self._sweep()

    def close(self) -> None:
        """Deletes the folder."""
        self._owned.close()
        shutil.rmtree(self.path, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _files(self) -> Iterator[Path]:
        for path in self.path.glob("*.db"):
            # A process makes its file, and gives it a size in a second step.
            if path.stat().st_size:
                yield path

    def _sweep(self) -> None:
        for path in list(self.path.glob("*.db")):
            pid = _pid(path)
            if pid is not None and not _is_alive(pid):
                self._archive(path)

    def _archive(self, path: Path) -> None:
        from prometheus_client.mmap_dict import MmapedDict

        kind = path.name.rpartition("_")[0]
        if not kind.startswith("gauge_live") and path.stat().st_size:
            archive = MmapedDict(str(path.with_name(f"{kind}_{_ARCHIVE}.db")))
            for key, value, timestamp, _ in MmapedDict.read_all_values_from_file(str(path)):
                held, held_since = archive.read_value(key)
                if kind in _SUMMED:
                    archive.write_value(key, held + value, 0.0)
                elif kind == "gauge_mostrecent" and timestamp > held_since:
                    archive.write_value(key, value, timestamp)
            archive.close()
        path.unlink()


class _Processes:
    """What the processes take of the machine, together, under the usual ``process_`` names."""

    def __init__(self) -> None:
        self._cpu_seconds: dict[int, float] = {}
        self._ended_cpu_seconds = 0.0

    def collect(self, living: set[int]) -> Iterable[Metric]:
        from prometheus_client.metrics_core import CounterMetricFamily

        for pid in self._cpu_seconds.keys() - living:
            self._ended_cpu_seconds += self._cpu_seconds.pop(pid)
        families: dict[str, Metric] = {}
        values: dict[str, list[float]] = defaultdict(list)
        for pid in living:
            for family in _collector(pid).collect():
                [sample] = family.samples
                if isinstance(family, CounterMetricFamily):
                    # At most what it took since the last look is missing when it has ended.
                    self._cpu_seconds[pid] = sample.value
                families.setdefault(family.name, family)
                values[family.name].append(sample.value)
        for name, family in families.items():
            total = min(values[name]) if name == "process_start_time_seconds" else sum(values[name])
            if isinstance(family, CounterMetricFamily):
                total += self._ended_cpu_seconds
            family.samples = [family.samples[0]._replace(value=total)]
            yield family


def _collector(pid: int) -> ProcessCollector:
    from prometheus_client import ProcessCollector

    return ProcessCollector(pid=lambda: pid, registry=None)


def _delete_abandoned() -> None:
    for owned in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_OWNED}"):
        # Somebody else's folder, or one that is in use, is left alone.
        with contextlib.suppress(OSError), owned.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(owned.parent, ignore_errors=True)


def _pid(path: Path) -> int | None:
    """The process whose file this is; None for the archive."""
    number = path.stem.rpartition("_")[2]
    return None if number == _ARCHIVE else int(number)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
