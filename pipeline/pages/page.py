"""The pages as text: templates, style and script filled into one file that loads nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline import __version__
from pipeline.pages.views import ArticleView

_LIVE_STYLE = ("page.css", "live.css")
_LIVE_SCRIPT = ("live_store.js", "live_list.js", "live_side.js", "live.js")


@dataclass(frozen=True, slots=True)
class Served:
    """A page, and what a server says along with it that it may do."""

    text: str
    policy: str


@dataclass(frozen=True, slots=True)
class LivePage:
    """What the live page is told at the start."""

    keep: int
    """How many records it holds at most."""
    title: str
    """What it watches."""


def page(articles: Sequence[ArticleView], rejected: int = 0) -> str:
    """One page of these articles; ``rejected`` is how many others were none."""
    style, script = _assets("page.css"), _assets("page.js")
    return (
        _templates()
        .get_template("page.html.jinja")
        .render(
            articles=articles,
            rejected=rejected,
            version=__version__,
            style=style,
            script=script,
            policy=_policy(style, script),
        )
    )


def article_policy() -> str:
    """What a server says along with `page`, for it to stand in a frame of the live page."""
    return f"{_policy(_assets('page.css'), _assets('page.js'))}; frame-ancestors 'self'"


def live_page(settings: LivePage) -> Served:
    """The page that shows records as they arrive."""
    style, script = _assets(*_LIVE_STYLE), _assets(*_LIVE_SCRIPT)
    text = (
        _templates()
        .get_template("live.html.jinja")
        .render(live=settings, version=__version__, style=style, script=script)
    )
    more = "connect-src 'self'; frame-src 'self'; frame-ancestors 'none'"
    return Served(text, f"{_policy(style, script)}; {more}")


def missing_page(why: str) -> Served:
    """A page that says why there is no article to show."""
    style = _assets("page.css")
    text = _templates().get_template("missing.html.jinja").render(why=why, style=style)
    return Served(text, f"{_policy(style, Markup())}; frame-ancestors 'self'")


def _policy(style: Markup, script: Markup) -> str:
    # Only these two run, whatever an article may smuggle in; and nothing is fetched.
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("pipeline.pages", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _assets(*names: str) -> Markup:
    """These files as one."""
    folder = resources.files("pipeline.pages") / "assets"
    texts = [(folder / name).read_text(encoding="utf-8") for name in names]
    # Our own files.
    return Markup("\n".join(texts))


def _hash(source: str) -> str:
    """The source as a Content Security Policy names it."""
    digest = hashlib.sha256(source.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
