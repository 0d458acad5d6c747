"""A workshop in the console, from the catalogue to its papers: every page at three widths, with
and without JavaScript."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sandboxctl.console.serving import Serving, Where
from sandboxctl.console.task import Task
from sandboxctl.console.wish import Wish
from sandboxctl.engine.memory import GIBIBYTE, MemoryEngine
from sandboxctl.sandbox.operations import StopService
from tests.browser.test_console import WIDTHS, Shown
from tests.cli import WITH_DATABASE, blueprint
from tests.console.rig import until

pytestmark = pytest.mark.browser


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    blueprint(tmp_path / "catalogue" / "page", WITH_DATABASE)
    engine = MemoryEngine(memory=64 * GIBIBYTE)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    where, folders = Where(port=port), (tmp_path / "catalogue",)
    serving = Serving(engine.den, lambda: engine, where, folders)
    serving.begin()
    yield Shown(serving, engine)
    serving.end()


def opened(shown: Shown, number: int, name: str = "spring") -> None:
    wish = Wish("page", name, "Spring workshop", number)
    done(shown, shown.serving.work.tasks.submit("open", name, once="1", by="f", **wish.args))


def closed(shown: Shown, name: str = "spring") -> str:
    return done(shown, shown.serving.work.tasks.submit("close", name, once="2", by="f"))


def done(shown: Shown, task: Task) -> str:
    work, reference = shown.serving.work, task.reference
    until(lambda: not work.tasks.active)
    found = work.tasks.get(reference)
    assert found
    assert (found.state, found.failed) == ("done", {})
    work.board.look()
    return found.paper


def test_a_workshop_from_the_catalogue_to_its_papers(shown: Shown, context: BrowserContext) -> None:
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    shown.enter(page, shown.serving.link())
    page.get_by_role("link", name="Open a workshop").click()
    page.locator("main a[href='/open/page']").click()
    page.get_by_label("Name", exact=True).fill("spring")
    page.get_by_label("What people call it").fill("Spring workshop")
    page.get_by_label("Or their names").fill("Heron\nBlue otter")
    page.get_by_role("button", name="Check whether it fits").click()
    expect(page.get_by_text("All of them fit")).to_be_visible()
    page.get_by_role("link", name="Change something").click()
    expect(page.get_by_label("Or their names")).to_have_value("Heron\nBlue otter")
    page.get_by_label("Until when").fill("23:59")
    page.get_by_role("button", name="Check whether it fits").click()
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_role("heading", name="Spring workshop is open")).to_be_visible()
    page.get_by_role("link", name="Go to the wall").click()
    expect(page.get_by_text("2 of 2 ready")).to_be_visible()
    page.get_by_role("link", name="Sheet with all links").click()
    expect(page.get_by_role("img", name=re.compile("QR code"))).to_have_count(2)
    page.go_back()
    page.get_by_role("link", name="Close the workshop").click()
    expect(page.get_by_text("the practice areas of 2 teams")).to_be_visible()
    page.get_by_role("button", name="Close Spring workshop").click()
    expect(page.get_by_role("heading", name="nothing of it is left")).to_be_visible()
    page.get_by_role("link", name="Open its papers").click()
    page.get_by_role("link", name="Open the certificate").click()
    expect(page.get_by_text("Certificate of removal")).to_be_visible()
    page.goto(f"{shown.url}/wall/spring")
    expect(page.get_by_role("heading", name="Spring workshop is closed")).to_be_visible()
    assert shown.engine.records() == {}
    assert {url for url in asked if not url.startswith(f"{shown.url}/")} == set()


def test_a_wall_that_is_open_says_by_itself_that_it_was_closed(
    shown: Shown, browser: Browser
) -> None:
    opened(shown, 3)
    page = browser.new_page()
    shown.enter(page, shown.serving.link("observer"))
    page.goto(f"{shown.url}/wall/spring")
    expect(page.get_by_text("3 of 3 ready")).to_be_visible()
    closed(shown)
    expect(page.get_by_role("heading", name="is closed")).to_be_visible(timeout=10_000)
    page.close()


@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160)], ids=["1080p", "4k"])
@pytest.mark.parametrize("number", [3, 12, 30])
def test_all_teams_are_on_one_screen_in_large_letters(
    shown: Shown, browser: Browser, number: int, size: tuple[int, int]
) -> None:
    opened(shown, number)
    boxes = sorted(shown.engine.records())
    shown.engine.apply(boxes[1], StopService(1, "db", 0), lambda _: None)
    for name in boxes[-2:]:
        shown.serving.work.hands.raise_hand(name, by="team")
    shown.serving.work.board.look()
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    shown.enter(page, shown.serving.link())
    page.goto(f"{shown.url}/wall/spring")
    last = page.locator(".cell").nth(number - 1).bounding_box()
    assert last
    assert last["y"] + last["height"] <= size[1], "somebody has to scroll to see every team"
    shape = "e => parseFloat(getComputedStyle(e).fontSize)"
    name = page.locator(".cell a").first.evaluate(shape)
    state = page.locator(".cell .state").first.evaluate(shape)
    assert name >= size[1] * 0.025, "names are a fortieth of the screen's height, or more"
    assert state >= size[1] * 0.02
    page.close()


def test_the_sheet_is_printed_with_no_card_on_two_pages(shown: Shown, browser: Browser) -> None:
    opened(shown, 7)
    page = browser.new_page()
    shown.enter(page, shown.serving.link())
    page.goto(f"{shown.url}/wall/spring/sheet")
    page.emulate_media(media="print")
    card = "getComputedStyle(document.querySelector('.card')).breakInside"
    assert page.evaluate(card) == "avoid"
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 3, "three cards on a page"
    page.goto(f"{shown.url}/wall/spring")
    expect(page.locator(".cell")).to_have_count(7)
    for hidden in (page.get_by_role("button"), page.locator("header"), page.locator(".tools")):
        assert hidden.filter(visible=True).count() == 0, "a paper has nothing to press"
    page.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_a_workshop_fits_and_has_no_barrier_that_a_program_finds(
    shown: Shown, browser: Browser, width: int, scheme: str
) -> None:
    opened(shown, 2, "gone")
    paper = closed(shown, "gone")
    opened(shown, 12)
    work = shown.serving.work
    work.hands.raise_hand("team-02", by="team")
    odd = work.tasks.submit("open", "odd", once="1", by="f", **Wish("none", "odd").args)
    until(lambda: not work.tasks.active)
    went = work.tasks.of("spring")[0]
    paths = ["/", "/open", "/open/page", "/open/page/check?name=a&number=5"]
    paths += ["/open/page/check?name=a&number=250", "/open/page/check?name=A!&number=5"]
    paths += [f"/tasks/{odd.reference}", f"/tasks/{went.reference}"]
    paths += ["/wall/spring", "/wall/spring/teams/team-02", "/wall/spring/all/reset?team=team-02"]
    paths += ["/wall/spring/sheet", "/wall/spring/close", "/wall/gone", f"/closed/{paper}"]
    paths += [f"/closed/{paper}/certificate.html", f"/closed/{paper}/team-01.html"]
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,  # it forbids axe's own script, as it should
    )
    page = context.new_page()
    shown.enter(page, shown.serving.link())
    for path in paths:
        looked_at(page, f"{shown.url}{path}", width)
    context.close()


def looked_at(page: Page, url: str, width: int) -> None:
    answer = page.goto(url)
    assert answer
    assert answer.status in (200, 422), url
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], url
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{url} has to be moved sideways"
