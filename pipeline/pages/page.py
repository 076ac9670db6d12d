"""The page as text: templates, style and script filled into one file that loads nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline import __version__
from pipeline.pages.views import ArticleView


def page(articles: Sequence[ArticleView], rejected: int = 0) -> str:
    """One page of these articles; ``rejected`` is how many others were none."""
    style, script = _asset("page.css"), _asset("page.js")
    return (
        _templates()
        .get_template("page.html.jinja")
        .render(
            articles=articles,
            rejected=rejected,
            version=__version__,
            style=style,
            script=script,
            # Only these two run, whatever an article may smuggle in; and nothing is fetched.
            policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
            "base-uri 'none'; form-action 'none'",
        )
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
def _asset(name: str) -> Markup:
    path = resources.files("pipeline.pages") / "assets" / name
    return Markup(path.read_text(encoding="utf-8"))  # noqa: S704: our own file


def _hash(source: str) -> str:
    """The source as a Content Security Policy names it."""
    digest = hashlib.sha256(source.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
