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

`newswire run` serves these at `/metrics` (`--metrics-address`), in the format of Prometheus: with
`--workers` those of all workers together. Where workers are elsewhere, as on Flink, `newswire
worker` serves them beside the task manager. All times are in seconds, all sizes in bytes.

Every series is there from the start, at 0; those of topics and partitions from when the process is
ready, and of a partition that is added later once it is read. Counters begin anew with the process,
and what is written twice, after a crash, is counted twice. A histogram is three metrics:
`…_bucket`, `…_sum` and `…_count`. What the process itself takes (memory, CPU time, open files) is
there as `process_…` and `python_…`.

"""

_REASONS = """
## Reasons of dead letters
What `reason` of `newswire_dead_letters_total` says, and a dead letter's header `newswire-reason`:

| `stage` | `reason` |
|---|---|
"""


def page() -> str:
    """The page; to be asked for in a process that has counted nothing yet."""
    own = (value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase))
    rows = sorted(_row(metric) for metric in own)
    table = "\n".join(["| Name and type | Labels | Meaning |", "|---|---|---|", *rows, ""])
    reasons = (
        f"| `{stage}` | {', '.join(f'`{reason}`' for reason in sorted(reasons))} |\n"
        for stage, reasons in metrics.FAILURES.items()
    )
    return _HEAD + table + _REASONS + "".join(reasons)


def _row(metric: MetricWrapperBase) -> str:
    [family] = metric.describe()
    name = family.name + ("_total" if family.type == "counter" else "")
    labels = "; ".join(_labels(metric))
    return f"| `{name}`<br>{family.type} | {labels} | {family.documentation} |"


def _labels(metric: MetricWrapperBase) -> Iterator[str]:
    [family] = metric.collect()
    for name in metric._labelnames:
        values = sorted({sample.labels[name] for sample in family.samples if name in sample.labels})
        known = ", ".join(f"`{value}`" for value in values)
        if len(values) > MOST_VALUES:
            yield f"`{name}`: [below](#reasons-of-dead-letters)"
        else:
            yield f"`{name}`: {known}" if values else f"`{name}`"


if __name__ == "__main__":
    sys.stdout.write(page())
