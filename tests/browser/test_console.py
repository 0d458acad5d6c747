"""The console in a browser: every page at three widths, with and without JavaScript."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sandboxctl.console.serving import Serving, Where
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.sandbox.operations import StopService
from sandboxctl.workshop.record import Member, Workshop
from tests.cli import WITH_DATABASE
from tests.console.rig import Rig

pytestmark = pytest.mark.browser
TEAMS = ("heron", "otter", "wren")
WIDTHS = (320, 1280, 3840)
TEAM = ("", "/wrong", "/check/start", "/learned", "/break")
WALL = ("", "/teams/heron", "/all/reset", "/all/extend")
EXAMPLE = Path(__file__).parents[2] / "examples" / "02-web-and-database"


@dataclass
class Shown:
    """A console that runs, and the engine behind it."""

    serving: Serving
    engine: MemoryEngine

    @property
    def url(self) -> str:
        return self.serving.where.url

    def enter(self, page: Page, link: str) -> None:
        """With JavaScript the button is pressed by itself."""
        page.goto(link)
        if "/enter/" in page.url and page.get_by_role("button", name="Come in").count():
            page.get_by_role("button", name="Come in").click()
        page.wait_for_url(lambda url: "/enter/" not in url)

    def team(self, page: Page, name: str = "heron") -> None:
        self.enter(page, f"{self.url}/team/{name}/enter/{self.engine.records()[name].key}")


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    engine = MemoryEngine()
    rig = Rig(tmp_path, engine)
    for name in TEAMS:
        rig.up(name, WITH_DATABASE)
    records = engine.records()
    teams = {
        name: Member(sandbox=name, blueprint="page", recipe=records[name].recipe) for name in TEAMS
    }
    record = records["heron"]
    workshop = Workshop(name="spring", teams=teams, since=record.since, until=record.until)
    engine.decide("workshops", "spring", workshop.model_dump(mode="json"))
    engine.apply("otter", StopService(1, "db", 0), lambda _: None)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    serving = Serving(engine.den, lambda: engine, Where(port=port))
    serving.begin()
    serving.work.hands.raise_hand("wren", by="team wren")
    serving.work.hands.say(["heron"], "Lunch is at noon.", by="facilitator")
    yield Shown(serving, engine)
    serving.end()


def test_a_team_puts_it_back_in_three_clicks_and_takes_that_back(
    shown: Shown, context: BrowserContext
) -> None:
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    shown.team(page)
    expect(page.get_by_text("Lunch is at noon.")).to_be_visible()
    page.get_by_role("link", name="Something went wrong").click()
    page.get_by_role("link", name="Start again from the beginning").click()
    page.get_by_role("button", name="Reset Heron").click()
    expect(page.get_by_role("heading", name="You are back at the beginning")).to_be_visible()
    assert shown.engine.records()["heron"].live == 2
    page.get_by_role("link", name="Bring it back").click()
    page.get_by_role("button", name="Bring Heron back").click()
    expect(page.get_by_role("heading", name="You are back where you were")).to_be_visible()
    assert shown.engine.records()["heron"].live == 1
    assert {url for url in asked if not url.startswith(f"{shown.url}/")} == set()


def test_the_whole_way_by_keyboard(shown: Shown, browser: Browser) -> None:
    page = browser.new_page()
    shown.team(page)

    def press(name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            here = page.evaluate("document.activeElement.textContent.trim()")
            if here == name:
                shape = "getComputedStyle(document.activeElement).outlineStyle"
                assert page.evaluate(shape) != "none", f"nobody sees that {name} has the focus"
                return page.keyboard.press("Enter")
        raise AssertionError(f"{name} cannot be reached by Tab")

    press("Something went wrong")
    page.wait_for_url("**/wrong")
    press("Start again from the beginning")
    page.wait_for_url("**/check/start")
    press("Reset Heron")
    expect(page.get_by_role("heading", name="You are back at the beginning")).to_be_visible()
    page.close()


def test_a_facilitator_lets_somebody_in_and_ends_it(shown: Shown, context: BrowserContext) -> None:
    page = context.new_page()
    shown.enter(page, shown.serving.link())
    page.get_by_role("link", name="Who may come in").click()
    page.get_by_role("button", name="New link for an observer").click()
    link = page.locator("code.link").inner_text()
    assert context.browser
    other = context.browser.new_page()
    shown.enter(other, link)
    page.get_by_role("link", name="Back to who may come in").click()
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_role("button", name="End it")).to_have_count(0)
    other.reload()
    expect(other.get_by_role("heading", name="You need a link")).to_be_visible()
    other.close()
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("heading", name="You need a link")).to_be_visible()


def test_a_double_click_is_one_reset(shown: Shown, browser: Browser) -> None:
    page = browser.new_page()
    shown.team(page)
    page.goto(f"{shown.url}/team/heron/check/start")
    page.get_by_role("button", name="Reset Heron").dblclick()
    expect(page.get_by_role("heading", name="You are back at the beginning")).to_be_visible()
    assert shown.engine.records()["heron"].resets == 1
    page.close()


def test_the_wall_shows_a_hand_by_itself(shown: Shown, browser: Browser) -> None:
    page = browser.new_page()
    shown.enter(page, shown.serving.link())
    page.get_by_role("link", name="spring").click()
    expect(page.get_by_text("db has stopped")).to_be_visible()
    shown.serving.work.hands.raise_hand("heron", by="team heron")
    region = page.get_by_role("region", name="All teams")
    expect(region.get_by_text(re.compile("Waits for help since")).nth(1)).to_be_visible(
        timeout=5000
    )
    page.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_and_has_no_barrier_that_a_program_finds(
    shown: Shown, browser: Browser, width: int, scheme: str
) -> None:
    """What a program finds, that is (axe); the rest is looked at by people."""
    for role, pages in (
        ("team", [f"/team/heron{path}" for path in TEAM] + ["/team/otter", "/nothing"]),
        (
            "room",
            [
                "/",
                "/access",
                "/access/end-others",
                *(f"/wall/spring{path}" for path in WALL),
                "/team/otter/wrong",
            ],
        ),
    ):
        # The policy forbids axe's own script, as it should.
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            bypass_csp=True,
        )
        page = context.new_page()
        if role == "team":
            shown.team(page)
        else:
            shown.enter(page, shown.serving.link())
        for path in pages:
            page.goto(f"{shown.url}{path}")
            fits(page, width)
        context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_supplier_sees_what_becomes_of_a_folder(
    shown: Shown, browser: Browser, width: int, tmp_path: Path
) -> None:
    packed = shutil.make_archive(str(tmp_path / "page"), "zip", EXAMPLE)
    for scripts in (True, False):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            bypass_csp=True,
            java_script_enabled=scripts,
        )
        page = context.new_page()
        shown.enter(page, shown.serving.link())
        page.get_by_role("link", name="Look at a blueprint").click()
        page.get_by_label("A packed folder").set_input_files(packed)
        page.get_by_role("button", name="Look at it").click()
        expect(page.get_by_role("heading", name="It can be taken")).to_be_visible()
        if scripts:
            fits(page, width)
        page.get_by_label("Or the text of a blueprint").fill("blueprint: 1\nname: A page\n")
        page.get_by_role("button", name="Look at it").click()
        expect(page.get_by_role("heading", name="It cannot be taken yet")).to_be_visible()
        expect(page.get_by_text("line 2")).to_be_visible()
        if scripts:
            fits(page, width)
        context.close()


def fits(page: Page, width: int) -> None:
    """No barrier that a program finds, and nothing that has to be moved sideways."""
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], page.url
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{page.url} has to be moved sideways"
