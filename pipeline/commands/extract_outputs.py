"""Where ``newswire extract`` puts what it found: a table to read, JSON, or a page."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import click

from pipeline.plain_text import escaped

if TYPE_CHECKING:
    from pipeline.articles import Article, ArticleError
    from pipeline.explanations import Explanation
    from pipeline.pages.views import ArticleView
    from pipeline.records import Extraction
    from pipeline.sources.files import Entry


class Output(ABC):
    """Where accepted and rejected articles go, and how many there were."""

    def __init__(self) -> None:
        self.accepted = 0
        self.skipped = 0
        self.rejected = 0

    def accept(
        self, article: Article, extraction: Extraction, explanation: Explanation | None
    ) -> None:
        """Shows an article that was looked into; with its explanation where one was asked for."""
        self.accepted += 1
        self.skipped += extraction.skipped is not None
        self.show(article, extraction, explanation)

    def reject(self, entry: Entry, error: ArticleError) -> None:
        """Tells of an entry that is no article, or that we failed on."""
        self.rejected += 1
        self.show_rejected(entry, error)

    @abstractmethod
    def show(
        self, article: Article, extraction: Extraction, explanation: Explanation | None
    ) -> None:
        """Shows an accepted article, or keeps it for the end."""

    def show_rejected(self, entry: Entry, error: ArticleError) -> None:
        """Tells of a rejection on standard error: as JSON, unless told otherwise."""
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


class _JsonLines(Output):
    def show(
        self, article: Article, extraction: Extraction, explanation: Explanation | None
    ) -> None:
        click.echo(_json(_found(extraction, explanation)))

    def end(self) -> None:
        """The last line is the last article's."""


class _JsonList(Output):
    """Written as it goes: a list of a year's articles need not fit into memory."""

    def show(
        self, article: Article, extraction: Extraction, explanation: Explanation | None
    ) -> None:
        click.echo("[" if self.accepted == 1 else ",")
        click.echo(json.dumps(_found(extraction, explanation), indent=2), nl=False)

    def end(self) -> None:
        click.echo("\n]" if self.accepted else "[]")


class _Tables(Output):
    def __init__(self) -> None:
        from rich.console import Console

        super().__init__()
        self._console = Console(soft_wrap=False, highlight=False)
        self._found = {"actors": 0, "threats": 0, "denials": 0}

    def show(
        self, article: Article, extraction: Extraction, explanation: Explanation | None
    ) -> None:
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
        if explanation is not None:
            from pipeline.explanation_text import explained

            self._console.print(explained(extraction, explanation))

    def show_rejected(self, entry: Entry, error: ArticleError) -> None:
        _tell_rejected(entry, error)

    def end(self) -> None:
        counts = [f"{self.accepted} article{'' if self.accepted == 1 else 's'}"]
        counts += [
            f"{number} {kind.removesuffix('s') if number == 1 else kind}"
            for kind, number in self._found.items()
        ]
        counts += [f"{self.skipped} skipped"] if self.skipped else []
        counts += [f"{self.rejected} rejected"] if self.rejected else []
        click.echo(", ".join(counts), err=True)


class _Page(Output):
    """One page of all articles; their views are kept, for the list of them stands on top."""

    def __init__(self) -> None:
        super().__init__()
        self._views: list[ArticleView] = []

    def show(
        self, article: Article, extraction: Extraction, explanation: Explanation | None
    ) -> None:
        from pipeline.pages.views import article_view

        self._views.append(article_view(self.accepted, article, extraction, explanation))

    def show_rejected(self, entry: Entry, error: ArticleError) -> None:
        _tell_rejected(entry, error)

    def end(self) -> None:
        from pipeline.pages.page import page

        click.echo(page(self._views, self.rejected))


OUTPUTS: dict[str, type[Output]] = {
    "table": _Tables,
    "json": _JsonList,
    "jsonl": _JsonLines,
    "html": _Page,
}


def _tell_rejected(entry: Entry, error: ArticleError) -> None:
    """On standard error, in a line to read."""
    from pipeline.tables import printable

    article = f" (article {printable(error.article_id, 60)})" if error.article_id else ""
    click.echo(
        f"{escaped(entry.place)}: rejected{article}: {printable(error.message)} "
        f"[{error.stage}: {error.reason}]",
        err=True,
    )


def _json(value: dict[str, Any]) -> str:
    # ASCII alone: no line separator of Unicode splits a line, no control character a terminal.
    return json.dumps(value, separators=(",", ":"))


def _found(extraction: Extraction, explanation: Explanation | None) -> dict[str, Any]:
    from pipeline.explanations import to_json
    from pipeline.serialization.values import extraction_to_json

    found = extraction_to_json(extraction)
    # Beside the records and never in them: they are the same with and without it.
    return found if explanation is None else found | {"explanation": to_json(explanation)}
