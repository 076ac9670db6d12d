"""``newswire extract``: actors, threats and denials of articles in files, without Kafka."""

from __future__ import annotations

import sys
import time
import traceback
from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from pipeline import options
from pipeline.articles import Article, ArticleError, decode_json, is_english
from pipeline.commands.extract_outputs import OUTPUTS, Output
from pipeline.extraction.limits import TooMuchWork
from pipeline.models import load_extractor
from pipeline.options import option
from pipeline.sources.files import Entry, FileFormat, read_files

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.explanations import Explanation
    from pipeline.extraction.extractor import Extractor
    from pipeline.extraction.settings import ExtractorSettings
    from pipeline.records import Extraction


@click.command(
    epilog="""\b
Examples:
  newswire extract article.txt
  newswire extract feed.jsonl --format jsonl > found.jsonl 2> rejected.jsonl
  curl -s https://wire.example/latest | newswire extract - --format json
  newswire extract november/
  newswire extract article.txt --explain
  newswire extract monday.jsonl --format html > monday.html
  newswire extract --strict monday.jsonl tuesday.jsonl

\b
Files: .jsonl has an article a line, .json one article or a list of them, .txt is one article
as it is, .avro is an Avro container; each may be compressed (.gz). Anything else, and standard
input, is looked at. A folder stands for the files in it and below. An article in JSON has "id" and
"body", and may have "source", "url", "headline", "published_at", "language", "revision" and
"status".

\b
Exit codes: 0 ok, also where articles were rejected; 1 failed, or rejections with --strict;
2 usage.
""",
)
@click.argument(
    "files",
    metavar="[FILE|FOLDER…|-]",
    nargs=-1,
    type=click.Path(exists=True, allow_dash=True),
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["table", "json", "jsonl", "html"]),
    default="table",
    show_default=True,
    help="table: to read. jsonl: a line for every article accepted, and on standard error a line "
    "for every one rejected. json: the same in one list. html: one page with everything marked in "
    "the texts.",
)
@click.option(
    "--explain",
    is_flag=True,
    help="Show why: for each record the rule, the cue, the path in the sentence, who was taken for "
    "whom and how sure it is; and what was nearly a record.",
)
@options.input_format
@click.option("--strict", is_flag=True, help="Exit with 1 where an article was rejected.")
@option(
    "--other-languages",
    type=click.Choice(["skip", "dead-letter"]),
    default="skip",
    help='Articles in another language than English are passed over as "skipped", or rejected.',
)
@options.max_article_chars
@options.extractor_settings
def extract(
    files: tuple[str, ...],
    output_format: str,
    input_format: str,
    explain: bool,
    strict: bool,
    other_languages: str,
    max_article_chars: int,
    extractor: ExtractorSettings,
) -> None:
    """Find who threatens whom and who denies what, in files or standard input.

    Without FILE, or for "-", articles are read from standard input.
    """
    if not files and sys.stdin.isatty():
        raise click.UsageError('Name a file, or "-" to type or paste a text and end it by Ctrl-D.')
    output = OUTPUTS[output_format]()
    work = _Work(
        extractor,
        max_article_chars,
        reject_other_languages=other_languages != "skip",
        explain=explain,
    )
    with _progress(output_format) as progress:
        for entry in read_files(files or ("-",), FileFormat(input_format)):
            try:
                article, extraction, explanation = work.extract(entry)
            except ArticleError as error:
                output.reject(entry, error)
            else:
                output.accept(article, extraction, explanation)
            progress.count(output)
    output.end()
    if strict and output.rejected:
        click.get_current_context().exit(1)


class _Work:
    """From an entry of a file to what is found in it."""

    def __init__(
        self,
        settings: ExtractorSettings,
        max_chars: int,
        *,
        reject_other_languages: bool,
        explain: bool,
    ) -> None:
        self._settings = settings
        self._explain = explain
        self._max_chars = max_chars
        self._reject_other_languages = reject_other_languages
        self._extractor: Extractor | None = None

    def extract(self, entry: Entry) -> tuple[Article, Extraction, Explanation | None]:
        """Raises `ArticleError` where there is no article, or where we fail on it."""
        article = decode_json(entry.value, max_chars=self._max_chars)
        if self._reject_other_languages and not is_english(article.language):
            raise ArticleError("decode", "language", f"language {article.language}", article.id)
        if self._extractor is None:
            # Not before an article is there: loading takes seconds.
            self._extractor = load_extractor(self._settings)
        try:
            if self._explain:
                return article, *self._extractor.explain(article)
            return article, self._extractor.extract(article), None
        except TooMuchWork as error:
            raise ArticleError("extract", error.reason, error.message, article.id) from error
        except Exception as error:
            last = traceback.format_exception_only(error)[-1].strip()
            raise ArticleError("extract", "extractor-error", last, article.id) from error


class _Progress:
    """Counts on one line of standard error, while standard output goes elsewhere."""

    def __init__(self, console: Console) -> None:
        self._status = console.status("loading the model …")
        self._begun = time.monotonic()

    def __enter__(self) -> _Progress:
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def count(self, output: Output) -> None:
        articles = output.accepted + output.rejected
        rate = articles / max(time.monotonic() - self._begun, 1e-6)
        self._status.update(f"{articles:,} articles, {output.rejected:,} rejected, {rate:.1f}/s")


class _NoProgress(nullcontext["_NoProgress"]):
    def __enter__(self) -> _NoProgress:
        return self

    def count(self, output: Output) -> None:
        """Shows nothing."""


def _progress(output_format: str) -> _Progress | _NoProgress:
    # Tables on a terminal are progress enough.
    if not sys.stderr.isatty() or sys.stdout.isatty():
        return _NoProgress()
    from rich.console import Console

    return _Progress(Console(stderr=True))
