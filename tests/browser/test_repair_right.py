"""What people meet: with a mouse, with a keyboard alone, on a telephone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.engine, pytest.mark.browser]

PAGES = ["/", "/report/postcode", "/staff", "/staff/score", "/nowhere"]


def begin(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Start now").click()
    code = page.locator("code").first.inner_text()
    page.get_by_label("What is your postcode?").fill(code)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We found your home")
    practice(page)
    page.get_by_role("button", name="Continue").click()


def practice(page: Page) -> None:
    """Every page says what it is."""
    expect(page.get_by_role("region", name="Practice area")).to_contain_text("Nobody here is real")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("main").count() == 1


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_that_it_is_practice(page: Page, path: str) -> None:
    page.goto(path)
    practice(page)
    assert re.search(r"Repair right first time$", page.title())


def test_a_tenants_way(page: Page, asked: list[str]) -> None:
    begin(page)
    practice(page)
    page.get_by_label("What is wrong?").fill("The kitchen tap has been dripping since Monday")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("We think you need a plumber")).to_be_visible()
    practice(page)
    expect(page.get_by_role("radio", name="Plumber")).to_be_checked()
    page.get_by_role("button", name="Continue").click()
    practice(page)
    page.get_by_role("radio", name="Any time").check()
    page.get_by_role("button", name="Continue").click()
    practice(page)
    page.get_by_role("button", name="Send my report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Report sent")
    practice(page)
    assert re.search(r"RR-\d{6}", page.inner_text("main"))
    page.get_by_role("link", name="See what staff see of this repair").click()
    practice(page)
    expect(page.get_by_text("dripping since Monday").first).to_be_visible()
    assert len(asked) > 10


def test_an_emergency_is_told_to_call(page: Page) -> None:
    begin(page)
    page.get_by_label("What is wrong?").fill("I can smell gas near the cooker")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This may be an emergency")
    practice(page)
    expect(page.get_by_role("link", name="0808 157 0142")).to_be_visible()


def test_a_mistake_is_said_where_it_was_made(page: Page) -> None:
    page.goto("/report/postcode")
    page.get_by_label("What is your postcode?").fill("nonsense")
    page.get_by_role("button", name="Continue").click()
    assert page.title().startswith("Error: ")
    field = page.get_by_label("What is your postcode?")
    assert field.get_attribute("aria-invalid") == "true"
    described = (field.get_attribute("aria-describedby") or "").split()
    assert all(page.locator(f"#{name}").count() == 1 for name in described)
    page.get_by_role("link", name="Enter a full postcode").click()
    expect(field).to_be_focused()


def test_a_keyboard_is_enough(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    box = skip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Start now")).to_be_focused()
    outline = page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement); "
        "return s.outlineStyle + ' ' + s.boxShadow; }"
    )
    assert outline != "none none", "one sees where one is"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What is your postcode?")
    code = page.locator("code").first.inner_text()
    to_field(page, "postcode")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("We found your home")


def to_field(page: Page, name: str) -> None:
    for _ in range(15):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_it_fits_a_telephone(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for path in PAGES:
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{path} scrolls sideways"


def test_it_works_without_scripts(page: Page) -> None:
    page.goto("/staff")
    assert page.locator("script").count() == 0
    page.get_by_label("Status").select_option("closed")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("ol.queue > li").first).to_be_visible()
    expect(page.locator("ol.queue .tags").first).to_contain_text("Closed")


def test_the_gateways_own_pages_are_practice_too(page: Page, origin: str) -> None:
    page.goto("/_den")
    expect(page.get_by_text("Nobody here is real").first).to_be_visible()
    assert page.url == f"{origin}/_den"
