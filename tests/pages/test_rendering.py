"""The page as a browser shows it: wide, on a phone, in the dark, on paper, pointed at, attacked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from pipeline.articles import Article
from pipeline.extraction import default_extractor
from pipeline.pages.page import page
from pipeline.pages.views import article_view
from tests.browser import Chromium

ATTACK = "<script>document.title = 'taken'</script>"
ARTICLES = [
    Article(
        id="a1",
        headline=f"{ATTACK} Chad threatens to close border",
        source="Tessera Wire",
        published_at=datetime(2026, 11, 2, tzinfo=UTC),
        body="Chad threatened to close its border unless Niger frees the pilots, Niger's interior "
        "minister Sani Bako said on Monday.\n\nChad denied that it had threatened to close the "
        "border. “There was no such threat,” Foreign Minister Idris Oumar said. "
        + "Averyverylongwordwithoutanyplacetobreakitanywhere"
        * 3,
    ),
    Article(id="a2", headline="Rain expected", body="Rain is expected on Tuesday."),
]
PHONE = {"width": 360, "height": 740}

LAYOUT = """(() => [...document.querySelectorAll('body *')]
    .filter(each => !each.closest('svg') && !each.closest('.aloud'))
    .flatMap(each => [...each.getClientRects()])
    .filter(box => box.width && (box.right > innerWidth + 0.5 || box.left < -0.5)).length)()"""
COLOURS = """[document.body, document.querySelector('.text .actor'),
    document.querySelector('.card')].map(e => getComputedStyle(e).backgroundColor)
    .concat(getComputedStyle(document.body).color)"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    views = [
        article_view(number, article, *default_extractor().explain(article))
        for number, article in enumerate(ARTICLES, 1)
    ]
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(page(views), encoding="utf-8")
    return path


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it, of "rgb(…)"."""
    parts = [int(part) / 255 for part in colour.split("(")[1].rstrip(")").split(",")[:3]]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def count(shown: Page, selector: str) -> int:
    return shown.locator(selector).count()


def box(shown: Page, selector: str) -> dict[str, Any]:
    found: dict[str, Any] = shown.evaluate(
        "selector => document.querySelector(selector).getBoundingClientRect().toJSON()", selector
    )
    return found


def test_marks_and_cards_are_there_and_nothing_went_wrong(
    chromium: Chromium, written: Path
) -> None:
    shown = chromium.show(written.as_uri())
    assert count(shown, ".text .actor") >= 4
    assert count(shown, ".text .ev") >= 2
    assert count(shown, ".card.threat") >= 1 and count(shown, ".card.denial") >= 1
    assert chromium.complaints == []


def test_nothing_but_the_page_itself_is_requested(chromium: Chromium, written: Path) -> None:
    chromium.show(written.as_uri())
    assert set(chromium.requested) <= {written.as_uri()}


def test_a_script_in_a_headline_is_shown_and_does_not_run(
    chromium: Chromium, written: Path
) -> None:
    shown = chromium.show(written.as_uri())
    assert ATTACK in shown.evaluate("document.querySelector('h2').textContent")
    assert shown.evaluate("document.title") != "taken"


def test_a_script_that_got_in_all_the_same_would_not_run(
    chromium: Chromium, written: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.html"
    text = written.read_text(encoding="utf-8")
    broken.write_text(text.replace("</main>", f"{ATTACK}</main>"), encoding="utf-8")
    shown = chromium.show(broken.as_uri())
    assert count(shown, "main > script") == 1
    assert shown.evaluate("document.title") != "taken"


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_no_box_leaves_the_window(chromium: Chromium, written: Path, width: int) -> None:
    shown = chromium.show(written.as_uri(), width=width, height=740)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.evaluate(LAYOUT) == 0


def test_cards_stand_beside_the_text_on_a_wide_screen_and_below_it_on_a_phone(
    chromium: Chromium, written: Path
) -> None:
    shown = chromium.show(written.as_uri())
    assert box(shown, ".cards")["left"] >= box(shown, ".text")["right"] - 20
    shown = chromium.show(written.as_uri(), **PHONE)
    assert box(shown, ".cards")["top"] >= box(shown, ".text")["bottom"]


def test_the_dark_page_has_other_colours_and_both_can_be_read(
    chromium: Chromium, written: Path
) -> None:
    shown = chromium.show(written.as_uri())
    light = shown.evaluate(COLOURS)
    shown = chromium.show(written.as_uri(), dark=True)
    dark = shown.evaluate(COLOURS)
    assert all(one != other for one, other in zip(light, dark, strict=True))
    assert luminance(light[0]) > 0.8 and luminance(dark[0]) < 0.05
    for *backgrounds, ink in (light, dark):
        assert all(contrast(background, ink) >= 7 for background in backgrounds)


@pytest.mark.parametrize("dark", [False, True])
def test_every_piece_of_text_has_contrast_enough(
    chromium: Chromium, written: Path, dark: bool
) -> None:
    shown = chromium.show(written.as_uri(), dark=dark)
    pairs = shown.evaluate(
        """[...document.querySelectorAll('.chip, .about, .kind, dt, dd, .what em, .legend')]
        .map(each => {
            let behind = each;
            while (/rgba.*, 0[)]/.test(getComputedStyle(behind).backgroundColor)) {
                behind = behind.parentElement;
            }
            return [getComputedStyle(each).color, getComputedStyle(behind).backgroundColor];
        })"""
    )
    assert len(pairs) > 20
    assert min(contrast(*pair) for pair in pairs) >= 4.5


def test_overlapping_evidence_has_a_line_for_each_record(chromium: Chromium, written: Path) -> None:
    shown = chromium.show(written.as_uri())
    assert count(shown, ".ev.n2") >= 1
    lines = shown.evaluate(
        "['--l0', '--l1'].map(name => getComputedStyle(document.querySelector('.ev.n2'))"
        ".getPropertyValue(name))"
    )
    assert all(lines) and len(set(lines)) == 2


def test_pointing_at_a_threat_lights_up_its_card_and_draws_a_line_to_the_target(
    chromium: Chromium, written: Path
) -> None:
    shown = chromium.show(written.as_uri())
    assert count(shown, ".wires path.threat:not(marker *)") == 0
    shown.hover(".text .chip.threat")
    assert count(shown, ".card.threat.on") >= 1
    assert count(shown, ".actor.from") == 1 and count(shown, ".actor.to") == 1
    assert count(shown, ".wires > path.threat") == 1
    assert box(shown, ".wires > path.threat")["width"] > 10


def test_pointing_at_a_denial_draws_a_line_to_the_threat_that_it_denies(
    chromium: Chromium, written: Path
) -> None:
    shown = chromium.show(written.as_uri())
    shown.hover(".text .chip.denial")
    assert count(shown, ".wires > path.denial") == 1
    assert count(shown, ".card.threat.on") == 1 and count(shown, ".card.denial.on") == 1


def test_pointing_at_an_actor_shows_who_it_is(chromium: Chromium, written: Path) -> None:
    shown = chromium.show(written.as_uri())
    shown.hover(".text .actor.government")
    assert "government" in shown.evaluate("document.getElementById('pop').innerText")


def test_what_a_finger_touches_is_shown_in_a_sheet_that_does_not_cover_it(
    chromium: Chromium, written: Path
) -> None:
    shown = chromium.show(written.as_uri(), **PHONE)
    shown.tap(".text .chip.threat")
    assert "unless Niger frees the pilots" in shown.evaluate(
        "document.getElementById('pop').innerText"
    )
    sheet, mark = box(shown, "#pop"), box(shown, ".text .chip.threat")
    assert sheet["left"] >= 0 and sheet["right"] <= PHONE["width"]
    assert mark["bottom"] <= sheet["top"] or sheet["bottom"] <= mark["top"]
    shown.tap(".story h2")
    assert shown.evaluate("document.getElementById('pop').hidden")


def test_the_keyboard_reaches_every_mark_and_escape_closes_what_it_shows(
    chromium: Chromium, written: Path
) -> None:
    shown = chromium.show(written.as_uri(), **PHONE)
    for _ in range(12):
        shown.keyboard.press("Tab")
        if shown.evaluate("document.activeElement.matches('.text .chip, .text .actor')"):
            break
    assert shown.evaluate("document.activeElement.matches('.text .chip, .text .actor')")
    assert not shown.evaluate("document.getElementById('pop').hidden")
    shown.keyboard.press("Escape")
    assert shown.evaluate("document.getElementById('pop').hidden")


def test_on_paper_everything_stands_below_one_another_in_black_on_white(
    chromium: Chromium, written: Path
) -> None:
    shown = chromium.show(written.as_uri(), dark=True)
    shown.emulate_media(media="print")
    page_colour, _, card, ink = shown.evaluate(COLOURS)
    assert page_colour == card == "rgb(255, 255, 255)" and ink == "rgb(0, 0, 0)"
    assert box(shown, ".cards")["top"] >= box(shown, ".text")["bottom"]
    assert shown.evaluate("getComputedStyle(document.getElementById('pop')).display") == "none"
