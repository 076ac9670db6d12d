"""A report as a table for people and as JSON for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.evaluation.confidence import confidence_bins, mean_gap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.evaluation.confidence import Bin
    from pipeline.evaluation.harness import Report
    from pipeline.evaluation.scores import Score, Share


def render(report: Report, baseline: Report | None = None) -> str:
    """The figures of a file as aligned lines, with the F1 of a baseline on the same file beside."""
    sort = "articles" if report.articles else "passages" if report.passages else "sentences"
    width = max((len(name) for name in report.scores), default=0)
    lines = [
        f"{report.name}: {report.rows} {sort}",
        f"  {'':{width}}      P      R     F1  95 % of F1     right predicted  gold"
        + ("  toy F1" if baseline else ""),
    ]
    for name, score in report.scores.items():
        toy = f"  {baseline.scores[name].counts.f1:6.3f}" if baseline else ""
        lines.append(f"  {name:{width}}  {_line(score)}{toy}")
    if report.false_records is not None:
        toy = f"; the toy {_per_100(baseline.false_records)}" if baseline else ""
        lines.append(f"  false records per 100 NONE: {_per_100(report.false_records)}{toy}")
    if report.agreement:
        lines.append("  agreement among matched:")
        by_kind: dict[str, list[str]] = {}
        for name, share in report.agreement.items():
            kind, field = name.split(" ", 1)
            by_kind.setdefault(kind, []).append(f"{field} {share.ratio:.2f}")
        lines += [f"    {kind:7} {', '.join(fields)}" for kind, fields in by_kind.items()]
    return "\n".join(lines)


def render_confidence(bins: Sequence[Bin]) -> str:
    """The bins as aligned lines; those too small to be judged say so."""
    lines = ["  confidence   mean  right  95 % of right   records"]
    for each in bins:
        low, high = each.interval
        verdict = ("holds" if each.holds else "MISSES") if each.is_judged else "too few"
        lines.append(
            f"  from {each.low:.1f}     {each.mean:5.3f}  {each.right.ratio:5.3f}  "
            f"{low:.3f} to {high:.3f}  {each.right.part:3} of {each.right.whole:3}  {verdict}"
        )
    return "\n".join([*lines, f"  mean gap, weighted by bin: {mean_gap(bins):.3f}"])


def as_json(report: Report, baseline: Report | None = None) -> dict[str, Any]:
    """The figures of a file, ready for `json.dumps`; ratios are 0 to 1.

    Those of a baseline on the same file stand in the same form under "baseline".
    """
    figures = _figures_of(report)
    if baseline is not None:
        figures["baseline"] = _figures_of(baseline)
    return figures


def _figures_of(report: Report) -> dict[str, Any]:
    none = report.false_records
    return {
        "file": report.name,
        "rows": report.rows,
        "scores": {name: _figures(score) for name, score in report.scores.items()},
        "agreement": {
            name: {"ratio": round(share.ratio, 4), "agree": share.part, "matched": share.whole}
            for name, share in report.agreement.items()
        },
        "false_records_per_100_none": None if none is None else round(100 * none.ratio, 2),
        "false_records": None if none is None else {"rows": none.part, "none_rows": none.whole},
        "confidence": [
            {
                "from": each.low,
                "mean": round(each.mean, 4),
                "right": each.right.part,
                "records": each.right.whole,
            }
            for each in confidence_bins([report])
        ],
    }


def _per_100(share: Share | None) -> str:
    return f"{100 * share.ratio:.1f} ({share.part} of {share.whole})" if share else "not counted"


def _line(score: Score) -> str:
    counts, (low, high) = score.counts, score.interval
    return (
        f"{counts.precision:5.3f}  {counts.recall:5.3f}  {counts.f1:5.3f}  "
        f"{low:.3f} to {high:.3f}  {counts.right:5} {counts.predicted:9} {counts.gold:5}"
    )


def _figures(score: Score) -> dict[str, Any]:
    counts, (low, high) = score.counts, score.interval
    return {
        "precision": round(counts.precision, 4),
        "recall": round(counts.recall, 4),
        "f1": round(counts.f1, 4),
        "f1_low": round(low, 4),
        "f1_high": round(high, 4),
        "right": counts.right,
        "predicted": counts.predicted,
        "gold": counts.gold,
    }
