"""What the benchmarks share: articles, this machine, processes and their cost, and arithmetic.

Knows nothing of Kafka; a wire with a pipeline on it is `benchmarks.wire`.
"""

from __future__ import annotations

import argparse
import gzip
import math
import os
import platform
import statistics
from collections.abc import Callable, Sequence
from importlib import metadata, resources
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from tests.chaos.memory import resident_megabytes
from tests.chaos.supervised import descendants

Result = TypeVar("Result")

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"
REUTERS = "reuters"
POLITICS = "polnear"

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def articles(folder: Path, corpus: str, count: int) -> tuple[str, list[bytes]]:
    """The name and so many articles, as JSON, spread over a corpus of the folder.

    ``corpus`` is how its file's name begins; where there is none the bundled feed is taken,
    over and over. So it is where a corpus has less than ``count``.
    """
    for path in sorted(folder.glob(f"{corpus}*.jsonl*")):
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rb") as file:
            name, lines = path.name.split(".")[0], file.read().splitlines()
        break
    else:
        feed = resources.files("pipeline") / "data" / "feed.jsonl"
        name, lines = "the bundled feed", feed.read_bytes().splitlines()
    spread = lines[:: max(1, len(lines) // count)]
    return name, (spread * math.ceil(count / len(spread)))[:count]


def machine(*packages: str) -> str:
    """One line: processor, cores, how busy it is, Python, and the packages' versions."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in packages)
    return (
        f"{_processor()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}; {versions}"
    )


def _processor() -> str:
    try:
        lines = (_PROC / "cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")


def told(values: Sequence[float], form: str = ".2f") -> str:
    """The median, and from where to where they reach; one value stands alone."""
    if len(values) == 1:
        return f"{values[0]:{form}}"
    low, high = min(values), max(values)
    return f"{statistics.median(values):{form}} ({low:{form}} to {high:{form}})"


def percentile(values: Sequence[float], share: float) -> float:
    """The least of the values that ``share`` of them (0 to 1) do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1]


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The b of cost = a * size^b that fits best: the slope of the logarithms (least squares)."""
    slope, _ = statistics.linear_regression([*map(math.log, sizes)], [*map(math.log, costs)])
    return slope


def histogram(values: Sequence[float], bounds: Sequence[float], width: int = 40) -> list[str]:
    """A line for each range up to a bound, and one for what lies beyond the last."""
    lines, lower = [], 0.0
    for upper in (*bounds, math.inf):
        count = sum(lower <= value < upper for value in values)
        bar = "#" * round(width * count / len(values))
        name = f"< {upper:g} s" if upper < math.inf else f">= {lower:g} s"
        lines.append(f"{name:>10} {count:6} {bar}".rstrip())
        lower = upper
    return lines


def family(pid: int) -> list[int]:
    """The process and all below it that run now."""
    return [pid, *descendants(pid)]


def cpu_seconds(pid: int) -> float:
    """What the process, all below it, and those that ended below it have had of processors."""
    ticks = 0
    for each in family(pid):
        if fields := _stat(each):
            ticks += sum(map(int, fields[11:15]))
    return ticks / _TICKS_A_SECOND


def megabytes(pid: int) -> float:
    """The resident memory of the process and all below it; in MiB."""
    return sum(resident_megabytes(each) or 0.0 for each in family(pid))


def _stat(pid: int) -> list[str]:
    """The fields behind the name in ``/proc/PID/stat``; none where it is gone."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def options(doc: str | None) -> argparse.Namespace:
    """The benchmark's options from its command line: ``corpora`` and ``quick``."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--corpora", type=Path, default=CORPORA, help="a folder of JSON lines")
    parser.add_argument("--quick", action="store_true", help="less of everything, in seconds")
    return parser.parse_args()


def in_a_process_of_its_own(function: Callable[..., Result], *arguments: object) -> Result:
    """What the function gives in a new process, where nothing is loaded or kept yet."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)
