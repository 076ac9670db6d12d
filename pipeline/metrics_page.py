"""``docs/metrics.md``, written from the metrics themselves: ``make docs-metrics``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from prometheus_client.metrics import MetricWrapperBase

from pipeline import metrics

MOST_VALUES = 24
"""A label with more values than that is not spelt out."""

_HEAD = """\
# Metrics

<!-- Written by "make docs-metrics" from pipeline/metrics.py. Don't edit it here. -->

`newswire run` serves these at `/metrics` (`--metrics-address`), in the format of Prometheus. All
times are in seconds, all sizes in bytes. Every series is there from the start, at 0; those of
topics and partitions from when the process is ready, and of a partition that is added later once
it is read. A histogram is three metrics:
`…_bucket`, `…_sum` and `…_count`. What the process itself takes (memory, CPU time, open files) is
there as `process_…` and `python_…`.

"""


def page() -> str:
    """The page; to be asked for in a process that has counted nothing yet."""
    own = (value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase))
    rows = sorted(_row(metric) for metric in own)
    return "\n".join([_HEAD + "| Name | Type | Labels | Meaning |", "|---|---|---|---|", *rows, ""])


def _row(metric: MetricWrapperBase) -> str:
    [family] = metric.describe()
    name = family.name + ("_total" if family.type == "counter" else "")
    labels = "; ".join(_labels(metric))
    return f"| `{name}` | {family.type} | {labels} | {family.documentation} |"


def _labels(metric: MetricWrapperBase) -> Iterator[str]:
    [family] = metric.collect()
    for name in metric._labelnames:
        values = sorted({sample.labels[name] for sample in family.samples if name in sample.labels})
        known = ", ".join(f"`{value}`" for value in values)
        yield f"`{name}`: {known}" if 0 < len(values) <= MOST_VALUES else f"`{name}`"


if __name__ == "__main__":
    sys.stdout.write(page())
