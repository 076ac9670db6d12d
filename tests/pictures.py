"""Makes the pictures in the docs: ``python -m tests.pictures FOLDER`` (``make docs-pictures``)."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from pipeline.articles import Article, ArticleError
from pipeline.brokers.embedded import EmbeddedBroker
from pipeline.extraction import default_extractor
from pipeline.pages.page import page as page_of
from pipeline.pages.views import article_view
from tests.browser import Chromium, started, until
from tests.dashboard_wire import Wire, bundled_articles
from tests.newswire_process import NewswireProcess
from tests.samples import quarrel_text

MINUTE_MS = 60_000


def main(folder: Path) -> None:
    """Writes page.png and dashboard.png, which the docs show, and others of the live page.

    Those are of it in the dark, on a phone, and with an article open.
    """
    executable = shutil.which("chromium")
    if executable is None:
        raise SystemExit("chromium: not found")
    with tempfile.TemporaryDirectory() as name, EmbeddedBroker() as broker:
        wire, scratch = Wire(broker.bootstrap_servers, "newswire"), Path(name)
        articles, now = bundled_articles(), int(time.time() * 1_000)
        for number, article in enumerate(articles):
            # Denser towards now, as a wire on a busy day.
            ago = ((len(articles) - number) / len(articles)) ** 1.6 * 58 * MINUTE_MS
            with suppress(ArticleError):
                wire.publish(article, at=int(now - ago))
        arguments = ["dashboard", "--dashboard-address", "127.0.0.1:0", *wire.arguments]
        with (
            NewswireProcess(scratch, *arguments) as served,
            started(executable) as chromium,
        ):
            served.wait_for_output("Ctrl-C")
            page = next(word for word in served.output.split() if word.startswith("http://"))
            take(chromium, page, folder)
            take_article(chromium, scratch / "page.html", folder)


def take_article(chromium: Chromium, file: Path, folder: Path) -> None:
    """The page of one article, with the mouse on its threat."""
    headline, body = quarrel_text().split("\n\n")
    quarrel = Article(id="quarrel", headline=headline, body=body)
    view = article_view(1, quarrel, *default_extractor().explain(quarrel))
    file.write_text(page_of([view]), encoding="utf-8")
    shown = chromium.show(file.as_uri(), width=1180, height=690)
    shown.hover(".text .chip.threat")
    shown.screenshot(path=folder / "page.png")


def take(chromium: Chromium, page: str, folder: Path) -> None:
    """All pictures of the live page at this address."""

    def picture(name: str) -> None:
        time.sleep(1.5)
        shown.screenshot(path=folder / f"{name}.png")

    for dark in (False, True):
        shown = chromium.show(page, width=1440, height=900, dark=dark)
        until(shown, "document.querySelectorAll('.row').length > 5")
        shown.evaluate(
            "list.select(store.records.find(each => each.text.includes('kartarpur')).id)"
        )
        picture("dashboard-dark" if dark else "dashboard")
    shown.keyboard.press("Enter")
    picture("dashboard-article-dark")
    shown = chromium.show(page, width=390, height=844)
    until(shown, "document.querySelectorAll('.row').length > 3")
    picture("dashboard-phone")
    shown.evaluate("list.move(1)")
    picture("dashboard-phone-record")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
