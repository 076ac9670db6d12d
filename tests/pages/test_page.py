"""The page as text: whole, escaped, and without anything that comes from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

from pipeline.articles import Article
from pipeline.extraction import default_extractor
from pipeline.pages.page import page
from pipeline.pages.views import article_view

BODY = (
    "Chad threatened to close its border unless Niger frees the pilots, Niger's interior minister "
    "Sani Bako said.\n\nChad denied that it had threatened Niger."
)


class Elements(HTMLParser):
    """Every element with its attributes, and all text outside of style and script."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.code: dict[str, str] = {}
        self._within = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._within = tag

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within in {"style", "script"}:
            self.code[self._within] = self.code.get(self._within, "") + data
        else:
            self.text += data


def shown(*articles: Article, rejected: int = 0, explain: bool = False) -> Elements:
    views = []
    for number, article in enumerate(articles, 1):
        extraction, explanation = default_extractor().explain(article)
        views.append(article_view(number, article, extraction, explanation if explain else None))
    return Elements(page(views, rejected))


def article(**fields: object) -> Article:
    given = {"id": "a1", "body": BODY, "headline": "Chad and Niger quarrel", **fields}
    return Article(**given)


def ids(elements: Elements) -> list[str]:
    return [attributes["id"] or "" for _, attributes in elements.found if "id" in attributes]


def test_records_and_actors_are_marked_in_the_text_and_lead_to_their_entries() -> None:
    elements = shown(article())
    marks = [
        attributes
        for tag, attributes in elements.found
        if tag == "a" and (attributes.get("class") or "").startswith(("chip", "actor"))
    ]
    targets = {(attributes["href"] or "").removeprefix("#") for attributes in marks}
    assert {"a1-t1", "a1-d1", "a1-p1"} <= targets <= set(ids(elements))


def test_a_denial_leads_to_the_threat_that_it_denies_and_back() -> None:
    cards = {
        attributes["id"]: attributes["data-links"]
        for tag, attributes in shown(article()).found
        if "data-links" in attributes
    }
    assert "a1-t1" in (cards["a1-d1"] or "").split()
    assert "a1-d1" in (cards["a1-t1"] or "").split()


def test_whatever_an_article_holds_is_text() -> None:
    attack = '<script>alert(1)</script><img src=x onerror="alert(2)">&lt;'
    elements = shown(
        article(
            id=attack,
            headline=f"{attack} Chad",
            source=attack,
            body=f"{attack} {BODY} {attack}",
            url="javascript:alert(3)",
        )
    )
    tags = [tag for tag, _ in elements.found]
    assert tags.count("script") == 1 and "img" not in tags
    assert elements.text.count(attack) >= 4
    for _, attributes in elements.found:
        assert not any(name.startswith("on") for name in attributes)
        assert not (attributes.get("href") or "").startswith("javascript")


def test_an_actor_whose_name_is_markup_is_text_too() -> None:
    body = "Minister Abel<u>Oumar</u> threatened to bomb Chad. “<u>No</u>,” he said."
    assert "u" not in {tag for tag, _ in shown(article(body=body)).found}


def test_the_policy_lets_this_style_and_this_script_run_and_nothing_be_loaded() -> None:
    elements = shown(article())
    [policy] = [
        attributes["content"] or ""
        for _, attributes in elements.found
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'")
    for name, code in elements.code.items():
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_nothing_is_asked_for_from_outside() -> None:
    elements = shown(article(url="https://wire.example/1"))
    assert not {"link", "iframe", "img", "base", "object"} & {tag for tag, _ in elements.found}
    for tag, attributes in elements.found:
        assert "src" not in attributes and "srcset" not in attributes and "style" not in attributes
        outside = [v for v in attributes.values() if v and v.startswith(("http:", "https:", "//"))]
        assert not outside or (tag == "a" and outside == ["https://wire.example/1"])
    assert not re.search(
        r"url\((?!#)|@import|fetch\(|XMLHttpRequest", "".join(elements.code.values())
    )


def test_several_articles_have_a_list_on_top_with_what_is_in_each() -> None:
    elements = shown(article(), article(id="a2", headline="Rain", body="Rain is expected."))
    links = [attributes.get("href") for tag, attributes in elements.found if tag == "a"]
    assert links[:2] == ["#a1", "#a2"]
    assert {"a1", "a2", "a1-t1"} <= set(ids(elements))
    assert "2 articles" in elements.text and "nothing" in elements.text


def test_one_article_has_no_list() -> None:
    assert "nav" not in {tag for tag, _ in shown(article()).found}


def test_no_id_stands_twice() -> None:
    found = ids(shown(article(), article(id="a2")))
    assert len(found) == len(set(found))


def test_a_skipped_article_says_why() -> None:
    assert "language de" in shown(article(language="de")).text


def test_source_and_time_are_told_and_rejections_counted() -> None:
    published = datetime(2026, 11, 2, 13, 5, tzinfo=UTC)
    text = shown(article(source="Tessera", published_at=published), rejected=2).text
    assert "Tessera" in text and "2 November 2026, 13:05 UTC" in text
    assert "2 further entries were rejected" in text


def test_with_an_explanation_each_card_tells_why() -> None:
    assert "threaten-to" in shown(article(), explain=True).text
    assert "threaten-to" not in shown(article()).text


def test_the_same_articles_give_the_same_page() -> None:
    pages = [
        page([article_view(1, article(), default_extractor().extract(article()))]) for _ in "12"
    ]
    assert pages[0] == pages[1]


def test_the_page_of_no_article_says_so() -> None:
    assert "0 articles" in shown().text
