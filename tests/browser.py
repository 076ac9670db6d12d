"""Debian's Chromium as the tests look at a page with it, driven by Playwright."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright


class Chromium:
    """Shows one page at a time, each in a session of its own: no cookie or login is left over."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._session: BrowserContext | None = None
        self.requested: list[str] = []
        """What the page asked for, the page itself first."""
        self.complaints: list[str] = []
        """Errors of its scripts, and what the browser warned of or refused."""

    def show(
        self, address: str, *, width: int = 1280, height: int = 1000, dark: bool = False
    ) -> Page:
        """What is at the address, loaded; a window narrower than 600 is a phone's."""
        if self._session is not None:
            self._session.close()
        phone = width < 600
        self._session = self._browser.new_context(
            viewport={"width": width, "height": height},
            is_mobile=phone,
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        self._session.set_default_timeout(60_000)
        page = self._session.new_page()
        self.requested, self.complaints = [], []
        page.on("request", lambda request: self.requested.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)
        page.goto(address)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@contextmanager
def started(executable: str) -> Iterator[Chromium]:
    """The browser, while the block runs: in this thread nothing can use asyncio meanwhile."""
    with sync_playwright() as playwright:
        # The tests' pages are their own, and in CI they are looked at by root, for whom Chromium
        # has no sandbox.
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        yield Chromium(browser)
        browser.close()


def until(page: Page, expression: str, seconds: float = 60) -> None:
    """Wait until a JavaScript expression holds on the page.

    Asked again from here: Playwright's own wait evaluates strings from within the page, which its
    Content-Security-Policy forbids.
    """
    deadline = time.monotonic() + seconds
    while not page.evaluate(f"Boolean({expression})"):
        assert time.monotonic() < deadline, f"never came to be: {expression}"
        page.wait_for_timeout(100)
