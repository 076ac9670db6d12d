"""Measures every gold file of some folders, and keeps the figures: ``make evaluate``.

    python -m pipeline.evaluation.all_sets --kept FILE --page FILE [--set NAME…] FOLDER…

Sets that are not in the folders given, or not among those named, keep the figures, and the date,
that they had.
"""

from __future__ import annotations

import argparse
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from spacy.about import __version__ as spacy_version

from pipeline import __version__
from pipeline.evaluation.baseline import Baseline
from pipeline.evaluation.causes import Considered, count_causes
from pipeline.evaluation.gold import load_gold
from pipeline.evaluation.harness import measure
from pipeline.evaluation.kept import entry, load_kept, save_kept
from pipeline.evaluation.quality_page import refresh
from pipeline.extraction.document import to_span
from pipeline.extraction.extractor import Extractor
from pipeline.extraction.settings import DEFAULT_SPACY_MODEL
from pipeline.extraction.tracing import collecting
from pipeline.records import Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.articles import Article
    from pipeline.evaluation.gold import GoldFile
    from pipeline.extraction.quotations import Quotation
    from pipeline.extraction.tracing import Trace
    from pipeline.records import Extraction


def gold_files(folders: Iterable[Path]) -> dict[str, Path]:
    """The gold in the folders, by name: "tests/gold/own_dev" for ".../tests/gold/own_dev.jsonl"."""
    return {
        f"{folder.resolve().parent.name}/{folder.name}/{path.stem}": path
        for folder in folders
        for path in sorted(folder.glob("*.jsonl"))
    }


def measure_set(
    gold: GoldFile, extractor: Extractor, toy: Baseline, measured: Mapping[str, str]
) -> dict[str, object]:
    """What is to be kept of a set."""
    watched = _Watched(extractor)
    report = measure(gold, watched, gold.rows)
    causes = None if gold.is_held_out else count_causes(report, watched.considered)
    return entry(report, measure(gold, toy, gold.rows), causes, measured)


class _Watched:
    """The extraction, with what it weighed in each article, by the article's id."""

    def __init__(self, extractor: Extractor) -> None:
        self._extractor = extractor
        self.considered: dict[str, list[Considered]] = {}

    def extract(self, article: Article) -> Extraction:
        with collecting() as trace:
            found = self._extractor.extract(article)
        self.considered[article.id] = _considered(trace)
        return found

    def quotations(self, article: Article) -> Sequence[Quotation]:
        return self._extractor.quotations(article)


def _considered(trace: Trace) -> list[Considered]:
    spans = [(weighed, to_span(weighed.candidate.evidence)) for weighed in trace.weighed]
    return [
        Considered(weighed.kind, span.start, span.end, weighed.rule is not None)
        for weighed, span in spans
        if span.field is Field.BODY
    ]


def main() -> None:
    """Measures, keeps, and writes the page's generated parts anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", metavar="FOLDER", nargs="+", type=Path)
    parser.add_argument("--kept", required=True, type=Path)
    parser.add_argument("--page", required=True, type=Path)
    parser.add_argument("--set", dest="sets", action="append", help="this one alone; repeatable")
    arguments = parser.parse_args()
    files = gold_files(arguments.folders)
    if arguments.sets:
        files = {name: path for name, path in files.items() if path.stem in arguments.sets}
    extractor, toy = Extractor(), Baseline(DEFAULT_SPACY_MODEL)
    measured = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "newswire": __version__,
        "spacy": spacy_version,
        "model": extractor.model,
        "python": platform.python_version(),
    }
    kept = load_kept(arguments.kept)
    for name, path in files.items():
        click.echo(f"{name} ...")
        kept[name] = measure_set(load_gold(path), extractor, toy, measured)
    save_kept(arguments.kept, kept)
    page = refresh(arguments.page.read_text(encoding="utf-8"), kept)
    arguments.page.write_text(page, encoding="utf-8")
    click.echo(f"Written: {arguments.kept}, {arguments.page}")


if __name__ == "__main__":
    main()
