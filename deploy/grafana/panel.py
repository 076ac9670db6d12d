"""What a panel of a dashboard is, and the forms that its queries have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

JOB = 'job=~"$job"'
RATE = "[$__rate_interval]"


@dataclass(frozen=True)
class Panel:
    """One panel; ``queries`` are expressions of PromQL with the legend of their series."""

    title: str
    description: str
    queries: Sequence[tuple[str, str]]
    unit: str = "short"
    kind: str = "timeseries"
    width: int = 8
    height: int = 8
    thresholds: Sequence[tuple[float | None, str]] = ((None, "green"),)
    stacked: bool = False
    decimals: int | None = None
    options: dict[str, Any] = field(default_factory=dict)


def rate(metric: str, by: str = "", selector: str = "") -> str:
    """The rate of a counter over all processes, by labels."""
    chosen = f"{JOB}{', ' if selector else ''}{selector}"
    return f"sum{f' by ({by})' if by else ''} (rate({metric}{{{chosen}}}{RATE}))"


def quantile(share: float, metric: str) -> str:
    """A quantile of a histogram over all processes."""
    return f"histogram_quantile({share}, {rate(f'{metric}_bucket', 'le')})"


def increase(metric: str, over: str, by: str = "", selector: str = "") -> str:
    """How much a counter has grown over a time, as ``1h`` or ``$__range``."""
    chosen = f"{JOB}{', ' if selector else ''}{selector}"
    return f"sum{f' by ({by})' if by else ''} (increase({metric}{{{chosen}}}[{over}]))"
