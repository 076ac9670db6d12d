"""``newswire extract``: actors, threats and denials of articles in files, without Kafka."""

from __future__ import annotations

import json
import sys
import time
import traceback
from abc import ABC, abstractmethod
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from pipeline import options
from pipeline.articles import Article, ArticleError, decode_json, is_english
from pipeline.models import load_extractor
from pipeline.options import option
from pipeline.sources.files import Entry, FileFormat, read_files

if TYPE_CHECKING:
    from rich.console import Console

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
    type=click.Choice(["table", "json", "jsonl"]),
    default="table",
    show_default=True,
    help="table: to read. jsonl: a line for every article accepted, and on standard error a line "
    "for every one rejected. json: the same in one list.",
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
    output = _OUTPUTS[output_format]()
    work = _Work(extractor, max_article_chars, reject_other_languages=other_languages != "skip")
    with _progress(output_format) as progress:
        for entry in read_files(files or ("-",), FileFormat(input_format)):
            try:
                article, extraction = work.extract(entry)
            except ArticleError as error:
                output.reject(entry, error)
            else:
                output.accept(article, extraction)
            progress.count(output)
    output.end()
    if strict and output.rejected:
        click.get_current_context().exit(1)


class _Work:
    """From an entry of a file to what is found in it."""

    def __init__(
        self, settings: ExtractorSettings, max_chars: int, *, reject_other_languages: bool
    ) -> None:
        self._settings = settings
        self._max_chars = max_chars
        self._reject_other_languages = reject_other_languages
        self._extractor: Extractor | None = None

    def extract(self, entry: Entry) -> tuple[Article, Extraction]:
        """Raises `ArticleError` where there is no article, or where we fail on it."""
        article = decode_json(entry.value, max_chars=self._max_chars)
        if self._reject_other_languages and not is_english(article.language):
            raise ArticleError("decode", "language", f"language {article.language}", article.id)
        if self._extractor is None:
            # Not before an article is there: loading takes seconds.
            self._extractor = load_extractor(self._settings)
        try:
            return article, self._extractor.extract(article)
        except Exception as error:
            last = traceback.format_exception_only(error)[-1].strip()
            raise ArticleError("extract", "extractor-error", last, article.id) from error


class _Output(ABC):
    """Where accepted and rejected articles go, and how many there were."""

    def __init__(self) -> None:
        self.accepted = 0
        self.skipped = 0
        self.rejected = 0

    def accept(self, article: Article, extraction: Extraction) -> None:
        self.accepted += 1
        self.skipped += extraction.skipped is not None
        self.show(article, extraction)

    def reject(self, entry: Entry, error: ArticleError) -> None:
        self.rejected += 1
        self.show_rejected(entry, error)

    @abstractmethod
    def show(self, article: Article, extraction: Extraction) -> None: ...

    def show_rejected(self, entry: Entry, error: ArticleError) -> None:
        rejection = {
            "rejected": entry.line,
            "file": entry.file,
            "article_id": error.article_id,
            "stage": error.stage,
            "reason": error.reason,
            "message": error.message,
        }
        click.echo(_json(rejection), err=True)

    @abstractmethod
    def end(self) -> None:
        """Called once, after the last article."""


class _JsonLines(_Output):
    def show(self, article: Article, extraction: Extraction) -> None:
        from pipeline.serialization.values import extraction_to_json

        click.echo(_json(extraction_to_json(extraction)))

    def end(self) -> None:
        """The last line is the last article's."""


class _JsonList(_Output):
    """Written as it goes: a list of a year's articles need not fit into memory."""

    def show(self, article: Article, extraction: Extraction) -> None:
        from pipeline.serialization.values import extraction_to_json

        click.echo("[" if self.accepted == 1 else ",")
        click.echo(json.dumps(extraction_to_json(extraction), indent=2), nl=False)

    def end(self) -> None:
        click.echo("\n]" if self.accepted else "[]")


class _Tables(_Output):
    def __init__(self) -> None:
        from rich.console import Console

        super().__init__()
        self._console = Console(soft_wrap=False, highlight=False)
        self._found = {"actors": 0, "threats": 0, "denials": 0}

    def show(self, article: Article, extraction: Extraction) -> None:
        from rich.rule import Rule
        from rich.text import Text

        from pipeline.tables import actors_table, denials_table, printable, threats_table

        title = Text(printable(article.id), style="bold")
        if article.headline:
            title.append(f"  {printable(article.headline, 200)}", style="not bold")
        self._console.print(Rule(title, align="left", style="dim"))
        if extraction.skipped is not None:
            self._console.print(Text(f"skipped: {printable(extraction.skipped)}\n", style="dim"))
            return
        tables = {
            "threats": threats_table(extraction.threats, with_articles=False),
            "denials": denials_table(extraction.denials, extraction.threats, with_articles=False),
            "actors": actors_table(extraction.actors, with_articles=False),
        }
        for kind, table in tables.items():
            self._found[kind] += table.row_count
            if table.row_count:
                self._console.print(table)
        self._console.print()
        if not extraction.threats and not extraction.denials:
            self._console.print(Text("no threat and no denial\n", style="dim"))

    def show_rejected(self, entry: Entry, error: ArticleError) -> None:
        from pipeline.tables import printable

        article = f" (article {printable(error.article_id, 60)})" if error.article_id else ""
        click.echo(
            f"{entry.place}: rejected{article}: {printable(error.message)} "
            f"[{error.stage}: {error.reason}]",
            err=True,
        )

    def end(self) -> None:
        counts = [f"{self.accepted} article{'' if self.accepted == 1 else 's'}"]
        counts += [
            f"{number} {kind.removesuffix('s') if number == 1 else kind}"
            for kind, number in self._found.items()
        ]
        counts += [f"{self.skipped} skipped"] if self.skipped else []
        counts += [f"{self.rejected} rejected"] if self.rejected else []
        click.echo(", ".join(counts), err=True)


_OUTPUTS: dict[str, type[_Output]] = {"table": _Tables, "json": _JsonList, "jsonl": _JsonLines}


def _json(value: dict[str, Any]) -> str:
    # ASCII alone: no line separator of Unicode splits a line, no control character a terminal.
    return json.dumps(value, separators=(",", ":"))


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

    def count(self, output: _Output) -> None:
        articles = output.accepted + output.rejected
        rate = articles / max(time.monotonic() - self._begun, 1e-6)
        self._status.update(f"{articles:,} articles, {output.rejected:,} rejected, {rate:.1f}/s")


class _NoProgress(nullcontext["_NoProgress"]):
    def __enter__(self) -> _NoProgress:
        return self

    def count(self, output: _Output) -> None:
        """Shows nothing."""


def _progress(output_format: str) -> _Progress | _NoProgress:
    # Tables on a terminal are progress enough.
    if not sys.stderr.isatty() or sys.stdout.isatty():
        return _NoProgress()
    from rich.console import Console

    return _Progress(Console(stderr=True))
