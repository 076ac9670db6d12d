"""``newswire evaluate``: score the extraction against gold."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline import options
from pipeline.errors import CommandError
from pipeline.models import load_extractor
from pipeline.plain_text import escaped_lines

if TYPE_CHECKING:
    from pipeline.evaluation import GoldFile, Report
    from pipeline.evaluation.harness import Finder
    from pipeline.extraction.settings import ExtractorSettings

_KINDS = ("actors", "threats", "denials", "links", "quotes")


@click.command(
    epilog="""\b
Examples:
  newswire evaluate gold.jsonl
  newswire evaluate articles.jsonl sentences.jsonl --json
  newswire evaluate articles.jsonl --baseline --confidence
  newswire evaluate articles.jsonl --errors --only threats --only links

\b
Exit codes: 0 measured; 1 a file is no gold; 2 usage.
""",
)
@click.argument(
    "files",
    metavar="GOLD…",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@options.extractor_settings
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object a file, a line each.")
@click.option(
    "--baseline",
    "with_baseline",
    is_flag=True,
    help="Show the F1 of a toy beside: cue words, the sentence's subject, the model's names.",
)
@click.option(
    "--confidence",
    "with_confidence",
    is_flag=True,
    help="Show how many of the records of each confidence are right (article gold).",
)
@click.option("--errors", is_flag=True, help="List every miss and every false record as well.")
@click.option(
    "--only",
    type=click.Choice(_KINDS),
    multiple=True,
    help="With --errors: list this kind alone. Repeatable.",
)
def evaluate(
    files: tuple[Path, ...],
    extractor: ExtractorSettings,
    as_json: bool,
    with_baseline: bool,
    with_confidence: bool,
    errors: bool,
    only: tuple[str, ...],
) -> None:
    """Score the extraction against annotated articles or sentences.

    GOLD is a file of JSON lines, told apart by its fields: articles annotated whole (actors,
    threats, denials), single sentences with a label (THREAT, DENIAL, NONE, AMBIGUOUS), or
    passages with their quotations (quotes).

    Precision, recall and F1 are micro-averaged over the file. The 95 % interval of the F1 is a
    bootstrap over articles or sentences. "detection": a record on the right sentence. "record":
    with the right threatener or denier, and at least one right target. "canonical": by the name
    alone, with no help from shared mentions.
    """
    if only and not errors:
        raise click.UsageError("--only chooses what --errors lists: give --errors too.")
    if as_json and errors:
        raise click.UsageError("--json and --errors exclude each other: give one of them.")
    # Here and not above: "newswire evaluate --help" needs no spaCy.
    from pipeline.evaluation import GoldError, load_gold, render
    from pipeline.evaluation import as_json as figures
    from pipeline.evaluation.baseline import Baseline
    from pipeline.evaluation.confidence import confidence_bins
    from pipeline.evaluation.errors import list_errors
    from pipeline.evaluation.report import render_confidence

    try:
        gold_files = [load_gold(path) for path in files]
    except (GoldError, UnicodeDecodeError) as error:
        raise CommandError(str(error)) from error
    held_out = [gold.name for gold in gold_files if gold.is_held_out]
    if errors and held_out:
        raise click.UsageError(
            f"{held_out[0]} is held out, as its name says: only its totals are for reading. "
            "Give --errors for other files."
        )
    ours = load_extractor(extractor)
    toy = Baseline(extractor.spacy_model) if with_baseline else None
    for gold in gold_files:
        report = _measure(gold, ours)
        baseline = _measure(gold, toy) if toy else None
        if as_json:
            click.echo(json.dumps(figures(report, baseline)))
            continue
        if errors:
            for case in list_errors(report, only or _KINDS):
                click.echo(f"{escaped_lines(str(case))}\n")
        click.echo(render(report, baseline))
        if with_confidence and report.articles:
            click.echo(render_confidence(confidence_bins([report])))


def _measure(gold: GoldFile, finder: Finder) -> Report:
    from pipeline.evaluation.harness import measure

    # On stderr, and for people only: stdout may be a file or a pipe.
    hidden = not sys.stderr.isatty()
    with click.progressbar(gold.rows, label=gold.name, file=sys.stderr, hidden=hidden) as rows:
        return measure(gold, finder, rows)
