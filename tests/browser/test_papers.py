"""The pages that are printed or kept, as a browser shows them: from a file, wide and narrow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.test_report_pages import PAGES

pytestmark = pytest.mark.browser

A4 = {"width": 794, "height": 1123}
NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 800}
REFLOW = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
CUT_OFF = """
[...document.querySelectorAll('article, h1, h2, p, dd')].filter(
    one => one.scrollHeight > one.clientHeight + 1 && getComputedStyle(one).overflow != 'visible'
    || one.scrollWidth > one.clientWidth + 1).length
"""
CONTRAST = """
() => {
    const numbers = text => text.match(/[0-9.]+/g).map(Number);
    const light = ([r, g, b]) => {
        const parts = [r, g, b].map(
            c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    };
    const ground = one => {
        const found = numbers(getComputedStyle(one).backgroundColor);
        return found[3] === 0 ? ground(one.parentElement) : found;
    };
    return Math.min(...[...document.querySelectorAll('h1, h2, p, a, dt, dd, td, th')].map(one => {
        const pair = [numbers(getComputedStyle(one).color), ground(one)].map(light);
        return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    }));
}
"""
"""The worst of the page. Source: WCAG 2.2, contrast ratio."""


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    file = tmp_path / "page.html"
    file.write_text(PAGES[request.param](), encoding="utf-8")
    opened = browser.new_page()
    said: list[str] = []
    asked: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("request", lambda asking: asked.append(asking.url))
    opened.goto(file.as_uri())
    yield opened
    opened.close()
    assert said == [], "a rule of the page's own policy was broken"
    assert asked == [file.as_uri()]


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_nobody_has_to_scroll_sideways(page: Page, size: dict[str, int]) -> None:
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    assert page.evaluate(REFLOW)
    assert page.evaluate(CUT_OFF) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_told_from_what_is_behind_it(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("system-ui")
    assert page.evaluate(CONTRAST) >= 4.5


def test_nothing_is_cut_off_on_paper(page: Page) -> None:
    page.set_viewport_size({"width": A4["width"], "height": A4["height"]})
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(REFLOW)
    assert page.evaluate(CUT_OFF) == 0
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.pdf().startswith(b"%PDF")
