"""``newswire dashboard`` on a real broker, in a real browser."""

from __future__ import annotations

import base64
import http.client
import re
import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme
from playwright.sync_api import Page

from pipeline.articles import Article, ArticleStatus
from pipeline.brokers.embedded import EmbeddedBroker
from tests.browser import Chromium, until
from tests.dashboard_wire import Wire
from tests.newswire_process import NewswireProcess

pytestmark = pytest.mark.integration

ATTACK = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
ARTICLES = [
    Article(
        id="chad",
        headline="Chad threatens to close border",
        source="Tessera Wire",
        body="Chad threatened to close its border unless Niger frees the pilots, Niger's interior "
        "minister Sani Bako said on Monday.\n\nChad denied that it had threatened to close the "
        "border.",
    ),
    Article(
        id="<b>turkey</b>",
        headline=f"{ATTACK} Turkey warns",
        source=ATTACK,
        body=f"{ATTACK} Turkey threatened to expel the Greek ambassador, an official said.",
    ),
]
ROWS = "document.querySelectorAll('.row').length"


@contextmanager
def served(wire: Wire, folder: Path, *more: str, address: str = "127.0.0.1:0") -> Iterator[str]:
    """The address of the page, while it is served."""
    arguments = ["--dashboard-address", address, *wire.arguments, *more]
    with NewswireProcess(folder, "dashboard", *arguments) as process:
        process.wait_for_output("Ctrl-C")
        found = re.search(r"https?://\S+", process.output)
        assert found
        yield found[0]


@pytest.fixture(scope="module")
def wire(embedded_broker: EmbeddedBroker) -> Wire:
    wire = Wire(embedded_broker.bootstrap_servers)
    for article in ARTICLES:
        found = wire.publish(article)
        assert found.threats
    return wire


@pytest.fixture(scope="module")
def page(wire: Wire, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(wire, tmp_path_factory.mktemp("dashboard")) as address:
        yield address


@pytest.fixture
def shown(chromium: Chromium, page: str) -> Page:
    """The page, with the records of both articles on it."""
    shown = chromium.show(page)
    until(shown, "store.records.length >= 3")
    until(shown, f"{ROWS} >= 3")
    return shown


def ask(page: str, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(page).netloc, timeout=30)
    connection.request("GET", path, headers=headers)
    return connection.getresponse()


def actions(shown: Page) -> list[str]:
    found: list[str] = shown.evaluate("[...store.shown].map(record => record.what)")
    return found


@pytest.mark.usefixtures("shown")
def test_nothing_goes_wrong_and_nothing_is_asked_of_others(chromium: Chromium, page: str) -> None:
    assert chromium.requested and all(url.startswith(page) for url in chromium.requested)
    assert chromium.complaints == []


def test_a_record_appears_as_it_is_written(shown: Page, wire: Wire) -> None:
    wire.threats(["close the canal"])
    until(shown, "document.querySelector('.row .line2').textContent.startsWith('close the canal')")
    assert shown.evaluate("document.getElementById('state').textContent").strip() == "live"


def test_the_filter_leaves_what_was_asked_for_and_stands_in_the_address(shown: Page) -> None:
    shown.evaluate("filters.apply({actor: 'Chad', kind: 'threat'})")
    assert shown.evaluate("store.shown.map(record => record.who.name)") == ["Chad"]
    shown.evaluate("filters.apply({country: 'NER'})")
    assert shown.evaluate("store.shown.every(record => record.countries.includes('NER'))")
    assert 0 < shown.evaluate("store.shown.length") < shown.evaluate("store.records.length")
    shown.evaluate("filters.apply({text: 'greek AMBASSADOR'})")
    assert ["expel" in action for action in actions(shown)] == [True]
    address = shown.evaluate("location.href")
    shown.goto("about:blank")
    shown.goto(address)
    until(shown, "store.records.length >= 3")
    assert ["expel" in action for action in actions(shown)] == [True]
    shown.evaluate("filters.apply({modality: 'alleged'})")
    assert shown.evaluate("store.shown.every(record => record.modality === 'alleged')")
    shown.click(".kinds label:nth-of-type(3)")
    until(shown, "store.filter.kind === 'denial'")


def test_the_keyboard_goes_through_the_records_and_opens_them(shown: Page) -> None:
    shown.evaluate("filters.apply({actor: 'Chad', kind: 'threat'})")
    shown.keyboard.press("j")
    until(shown, "document.querySelector('.row.on') && !document.getElementById('detail').hidden")
    detail = shown.evaluate("document.getElementById('detail').innerText")
    assert "unless Niger frees the pilots" in detail and "denied by Chad" in detail
    shown.keyboard.press("Enter")
    until(shown, "document.getElementById('article').open")
    until(shown, "document.getElementById('article-loading').hidden")
    shown.keyboard.press("Escape")
    until(shown, "!document.getElementById('article').open")
    shown.keyboard.press("Escape")
    until(shown, "document.getElementById('detail').hidden")
    shown.keyboard.press("x")
    shown.keyboard.press("t")
    assert shown.evaluate("store.filter.kind") == "threat"


def test_a_record_opens_its_whole_article_with_all_that_was_found(
    chromium: Chromium, shown: Page, page: str
) -> None:
    record_id = shown.evaluate("store.records.find(record => record.article === 'chad').id")
    shown.goto(f"{page}article/{record_id}#record={record_id}")
    assert "Sani Bako" in shown.evaluate("document.querySelector('.text').textContent")
    assert shown.evaluate("document.querySelectorAll('.text .actor').length") >= 4
    assert shown.evaluate("document.querySelectorAll('.card.on').length") >= 1
    assert chromium.complaints == []


def test_an_article_that_its_topic_no_longer_has_is_said_to_be_gone(
    shown: Page, wire: Wire, page: str
) -> None:
    found = wire.publish(replace(ARTICLES[0], id="gone"), lies_at=0)
    record_id = found.threats[0].record_id
    until(shown, f"store.byId.has('{record_id}')")
    answer = ask(page, f"/article/{record_id}")
    assert answer.status == 404
    assert "has another article in its place" in answer.read().decode()


def test_hostile_text_is_shown_and_does_nothing(shown: Page, page: str) -> None:
    record_id = shown.evaluate("store.records.find(record => record.article.includes('turkey')).id")
    shown.evaluate(f"list.select('{record_id}')")
    until(shown, "!document.getElementById('detail').hidden")
    assert "<img src=x" in shown.evaluate("document.getElementById('detail').innerText")
    shown.keyboard.press("Enter")
    until(shown, "document.getElementById('article').open")
    assert shown.evaluate("document.querySelectorAll('img, main script').length") == 0
    shown.goto(f"{page}article/{record_id}")
    assert ATTACK in shown.evaluate("document.querySelector('h2').textContent")
    assert shown.evaluate("document.title") != "taken"
    assert shown.evaluate("document.querySelectorAll('img').length") == 0


def test_after_a_restart_of_the_server_each_record_is_there_once(
    chromium: Chromium, embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker.bootstrap_servers)
    wire.threats(["one", "two"])
    with served(wire, tmp_path) as page:
        shown = chromium.show(page)
        until(shown, "store.records.length === 2")
        address = urlsplit(page).netloc
    until(shown, "!state.connected")
    wire.threats(["three"])
    wire.threats(["two", "four"], partition=1)
    with served(wire, tmp_path, address=address):
        until(shown, "store.records.length >= 4")
        wire.threats(["five"])
        until(shown, "store.records.length >= 5")
        assert sorted(actions(shown)) == ["five", "four", "one", "three", "two"]
        assert not shown.evaluate("state.missed")
        assert shown.evaluate("document.getElementById('state').textContent").strip() == "live"


def test_while_kafka_is_away_the_page_says_so_and_then_goes_on(
    chromium: Chromium, tmp_path: Path
) -> None:
    with EmbeddedBroker() as broker:
        wire = Wire(broker.bootstrap_servers)
        wire.threats(["one"])
        with served(wire, tmp_path) as page:
            shown = chromium.show(page)
            until(shown, "store.records.length === 1")
            broker.pause()
            until(shown, "document.getElementById('state').innerText === 'waiting for Kafka'")
            assert shown.evaluate(ROWS) == 1
            broker.resume()
            wire.threats(["two"])
            until(shown, "document.getElementById('state').innerText === 'live'")
            until(shown, "store.records.length === 2")


def test_what_the_wire_takes_back_is_marked(
    chromium: Chromium, embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker.bootstrap_servers)
    found = wire.publish(ARTICLES[0])
    with served(wire, tmp_path) as page:
        shown = chromium.show(page)
        until(shown, f"store.records.length === {len(found.threats) + len(found.denials)}")
        assert shown.evaluate("document.querySelectorAll('.row.withdrawn').length") == 0
        wire.publish(replace(ARTICLES[0], revision=1, status=ArticleStatus.WITHDRAWN))
        until(shown, f"document.querySelectorAll('.row.withdrawn').length === {ROWS}")


def test_ten_thousand_records_are_held_and_few_are_drawn(
    chromium: Chromium, embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    wire = Wire(embedded_broker.bootstrap_servers)
    with served(wire, tmp_path) as page:
        shown = chromium.show(page)
        wire.threats(f"do {number}" for number in range(10_400))
        until(shown, "store.records.at(-1)?.what === 'do 10399'", 120)
        assert shown.evaluate("store.records.length") == 10_000
        assert shown.evaluate("store.byId.size") == 10_000
        until(shown, "document.getElementById('counts').textContent.includes('400 older')")
        for place in (0, 0.5, 1):
            shown.evaluate(f"list.frame.scrollTop = list.frame.scrollHeight * {place}")
            until(shown, f"!list.waiting && {ROWS} > 5")
            assert shown.evaluate(ROWS) < 60
        assert shown.evaluate("document.querySelectorAll('*').length") < 2_500
        # What is read stays in sight when more comes.
        shown.evaluate("list.frame.scrollTop = 50000; list.draw(); list.move(1)")
        before = shown.evaluate("document.querySelector('.row.on').getBoundingClientRect().top")
        wire.threats(["do something newer"])
        until(shown, "!document.getElementById('newer').hidden")
        after = shown.evaluate("document.querySelector('.row.on').getBoundingClientRect().top")
        assert abs(after - before) < 1


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 768, 1280])
def test_no_box_leaves_the_window(chromium: Chromium, page: str, width: int, dark: bool) -> None:
    shown = chromium.show(page, width=width, height=800, dark=dark)
    until(shown, f"{ROWS} >= 3")
    shown.evaluate("list.move(1)")
    until(shown, "!document.getElementById('detail').hidden")
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    outside = """[...document.querySelectorAll('body *')]
        .filter(each => !each.closest('svg, .aloud, .list') && each.checkVisibility())
        .filter(each => each.getBoundingClientRect().right > innerWidth + 0.5
            || (each.matches('.facets, .facets form, .detail')
                && each.scrollWidth > each.clientWidth + 1))
        .map(each => each.outerHTML.slice(0, 80))"""
    assert shown.evaluate(outside) == []
    paper = shown.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(22, 23, 26)") == dark


def test_what_the_server_says_keeps_others_out(page: str) -> None:
    answer = ask(page, "/")
    policy = answer.headers["Content-Security-Policy"]
    assert answer.status == 200 and "default-src 'none'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    # Another's name for our address (DNS rebinding), and another's page that uses us.
    assert ask(page, "/", Host="evil.example").status == 403
    assert ask(page, "/events", **{"Sec-Fetch-Site": "cross-site"}).status == 403
    assert ask(page, "/article/..%2f..%2fetc").status == 404
    assert ask(page, "/article/abcdef0123").status == 404


def test_with_a_login_the_page_its_stream_and_its_articles_are_for_those_who_have_it(
    chromium: Chromium, wire: Wire, tmp_path: Path
) -> None:
    secret = tmp_path / "password"
    secret.write_text("open sesame")
    login = ["--dashboard-user=desk", f"--dashboard-password-file={secret}"]
    with served(wire, tmp_path, *login) as page:
        for path in ("/", "/events", "/article/abc"):
            answer = ask(page, path)
            assert answer.status == 401 and "Basic" in answer.headers["WWW-Authenticate"]
        wrong = base64.b64encode(b"desk:sesame").decode()
        assert ask(page, "/", Authorization=f"Basic {wrong}").status == 401
        shown = chromium.show(page.replace("//", "//desk:open%20sesame@"))
        until(shown, "store.records.length >= 3")
        shown.evaluate("list.select(store.records.find(record => record.article === 'chad').id)")
        shown.keyboard.press("Enter")
        until(shown, "document.getElementById('article').open")


def test_the_page_speaks_tls_where_it_has_a_certificate(wire: Wire, tmp_path: Path) -> None:
    authority = trustme.CA()
    own = authority.issue_cert("127.0.0.1")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    own.cert_chain_pems[0].write_to_path(cert)
    own.private_key_pem.write_to_path(key)
    tls = [f"--dashboard-tls-cert-file={cert}", f"--dashboard-tls-key-file={key}"]
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with (
        served(wire, tmp_path, *tls) as page,
        urllib.request.urlopen(page, context=context, timeout=30) as answer,
    ):
        assert b"newswire" in answer.read()


def test_sigterm_ends_it_in_order_though_somebody_reads_along(
    chromium: Chromium, wire: Wire, tmp_path: Path
) -> None:
    arguments = ["dashboard", "--dashboard-address=127.0.0.1:0", *wire.arguments]
    with NewswireProcess(tmp_path, *arguments) as process:
        process.wait_for_output("Ctrl-C")
        shown = chromium.show(process.output.split("Live page")[1].split()[0])
        until(shown, "state.connected")
        process.process.terminate()
        assert process.process.wait(60) == 0
        assert "Traceback" not in process.output


def test_a_topic_that_is_missing_is_named_with_what_to_do(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    arguments = ["--bootstrap-servers", embedded_broker.bootstrap_servers]
    with NewswireProcess(
        tmp_path, "dashboard", "--dashboard-address=127.0.0.1:0", "--topic-prefix=none", *arguments
    ) as process:
        assert process.process.wait(60) == 1
        assert "newswire topics create" in process.output
