"""The generated parts of ``docs/quality.md``: tables of the figures that are kept.

A part stands between two comments, ``<!-- generated: NAME -->`` and ``<!-- end: NAME -->``. What
stands outside of them is written by hand, and stays.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from pipeline.evaluation.confidence import Bin, mean_gap
from pipeline.evaluation.scores import Share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pipeline.evaluation.kept import Kept

_OVERVIEW = {
    "actors identity": "actors: identity",
    "actors canonical": "canonical",
    "threats detection": "threats: detection",
    "threats record": "record",
    "denials detection": "denials: detection",
    "denials record": "record",
    "links": "links",
}


def refresh(page: str, kept: Kept) -> str:
    """The page with its generated parts written anew.

    Raises ValueError where the page lacks a part's comments.
    """
    # The project's own sets first, whatever order the file has them in.
    kept = {
        name: kept[name] for name in sorted(kept, key=lambda n: (not n.startswith("tests/"), n))
    }
    for name, table in _PARTS.items():
        begin, end = f"<!-- generated: {name} -->\n", f"<!-- end: {name} -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if not pattern.search(page):
            raise ValueError(f"expected a part {begin.strip()} … {end} in the page, found none")
        text = f"{begin}\n{table(kept)}\n\n{end}"
        page = pattern.sub(lambda _, text=text: text, page)  # type: ignore[misc]
    return page


def _measured(kept: Kept) -> str:
    by_run: dict[tuple[str, ...], list[str]] = {}
    for name, each in kept.items():
        run = each["measured"]
        key = tuple(run[part] for part in ("date", "newswire", "spacy", "model", "python"))
        by_run.setdefault(key, []).append(name)
    rows = [
        (*run, ", ".join(f"`{name}`" for name in names) if len(by_run) > 1 else "all")
        for run, names in sorted(by_run.items(), reverse=True)
    ]
    return _table(["date", "newswire", "spaCy", "model", "Python", "sets"], rows)


def _articles(kept: Kept) -> str:
    sets = {n: e["figures"] for n, e in kept.items() if "links" in e["figures"]["scores"]}
    rows = [
        (f"`{name}`", figures["rows"], *(_beside_toy(figures, figure) for figure in _OVERVIEW))
        for name, figures in sets.items()
    ]
    return _table(["set", "articles", *_OVERVIEW.values()], rows)


def _sentences(kept: Kept) -> str:
    sets = {n: e["figures"] for n, e in kept.items() if e["figures"]["false_records"]}
    rows = [
        (
            f"`{name}`",
            figures["rows"],
            _beside_toy(figures, "threats"),
            _beside_toy(figures, "denials"),
            f"{figures['false_records_per_100_none']:.1f} "
            f"({figures['baseline']['false_records_per_100_none']:.1f})",
        )
        for name, figures in sets.items()
    ]
    return _table(["set", "sentences", "threats", "denials", "false records in 100 NONE"], rows)


def _quotes(kept: Kept) -> str:
    published = {"quotes speaker": ".82", "quotes content, by words": ".83"}
    rows = []
    for name, each in kept.items():
        scores, toy = each["figures"]["scores"], each["figures"]["baseline"]["scores"]
        rows += [
            (f"`{name}`", figure, *_p_r_f1(score), _f(toy[figure]["f1"]), published.get(figure, ""))
            for figure, score in scores.items()
            if figure.startswith("quotes ")
        ]
    return _table(["set", "figure", "P", "R", "F1", "toy F1", "Citron F1, published"], rows)


def _names(kept: Kept) -> str:
    figure, rows = "actors names", []
    for name, each in kept.items():
        scores, toy = each["figures"]["scores"], each["figures"]["baseline"]["scores"]
        if figure in scores:
            rows.append((f"`{name}`", *_p_r_f1(scores[figure]), *_p_r_f1(toy[figure])))
    return _table(["set", "P", "R", "F1", "NER: P", "R", "F1"], rows)


def _p_r_f1(score: Mapping[str, float]) -> tuple[str, str, str]:
    return _f(score["precision"]), _f(score["recall"]), _f(score["f1"])


def _beside_toy(figures: Mapping[str, Any], figure: str) -> str:
    score, toy = figures["scores"].get(figure), figures["baseline"]["scores"].get(figure)
    if not score or not toy or not (score["gold"] or score["predicted"]):
        return ""
    return f"{_f(score['f1'])} ({_f(toy['f1'])})"


def _figures(kept: Kept) -> str:
    rows = []
    for name, each in kept.items():
        figures = each["figures"]
        for figure, score in figures["scores"].items():
            toy = figures.get("baseline", {}).get("scores", {}).get(figure)
            rows.append(
                (
                    f"`{name}`",
                    figure,
                    _f(score["precision"]),
                    _f(score["recall"]),
                    _f(score["f1"]),
                    f"{_f(score['f1_low'])} to {_f(score['f1_high'])}",
                    score["right"],
                    score["predicted"],
                    score["gold"],
                    _f(toy["f1"]) if toy else "",
                )
            )
    heads = ["set", "figure", "P", "R", "F1", "95 % of F1", "right", "found", "gold", "toy F1"]
    return _table(heads, rows)


def _agreement(kept: Kept) -> str:
    sets = {n: e["figures"]["agreement"] for n, e in kept.items() if e["figures"]["agreement"]}
    fields = list(dict.fromkeys(field for agreement in sets.values() for field in agreement))
    rows = [
        (field, *(_f(each[field]["ratio"]) if field in each else "" for each in sets.values()))
        for field in sorted(fields)
    ]
    return _table(["field", *(f"`{name}`" for name in sets)], rows)


def _causes(kept: Kept) -> str:
    sets = {name: Counter(each["causes"]) for name, each in kept.items() if each.get("causes")}
    total = sum(sets.values(), Counter())
    order = sorted(total, key=lambda cause: (cause.split()[0], -total[cause], cause))
    rows = [
        (cause, total[cause], *(each[cause] or "" for each in sets.values())) for cause in order
    ]
    return _table(["cause", "all", *(f"`{name}`" for name in sets)], rows)


def _confidence(kept: Kept) -> str:
    rows = []
    for name, each in kept.items():
        bins = [
            Bin(row["from"], Share(row["right"], row["records"]), row["mean"])
            for row in each["figures"]["confidence"]
        ]
        for bin_ in bins:
            low, high = bin_.interval
            verdict = ("yes" if bin_.holds else "**no**") if bin_.is_judged else "too few"
            rows.append(
                (
                    f"`{name}`",
                    f"from {bin_.low:.1f}",
                    bin_.right.whole,
                    _f(bin_.mean),
                    _f(bin_.right.ratio),
                    f"{_f(low)} to {_f(high)}",
                    verdict,
                )
            )
        if bins:
            right = sum((bin_.right for bin_ in bins), Share())
            gap = f"mean gap {_f(mean_gap(bins))}"
            rows.append((f"`{name}`", "all", right.whole, "", _f(right.ratio), "", gap))
    heads = ["set", "confidence", "records", "mean", "right", "95 % of right", "holds the mean"]
    return _table(heads, rows)


def _f(ratio: float) -> str:
    """ ".87" for a ratio below 1: tables of them are read by the digits behind the point."""
    return f"{ratio:.2f}".removeprefix("0")


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table whose first column is not repeated from row to row."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads)]
    before = ""
    for row in rows:
        first, *others = map(str, row)
        lines.append(["" if first == before else first, *others])
        before = first
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


_PARTS: dict[str, Callable[[Kept], str]] = {
    "measured": _measured,
    "articles": _articles,
    "sentences": _sentences,
    "quotes": _quotes,
    "names": _names,
    "causes": _causes,
    "confidence": _confidence,
    "agreement": _agreement,
    "figures": _figures,
}
