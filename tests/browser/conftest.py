"""A headless browser at repair-right, which may ask nobody but the gateway."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from sandboxctl.engine.docker import DockerEngine
from tests.conftest import Cli
from tests.scenarios.conftest import brought_up
from tests.visitor import Visitor

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None and "CI" not in os.environ:
        pytest.skip("no Chromium here: `apt-get install chromium`")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
        opened = playwright.chromium.launch(executable_path=program, args=arguments)
        yield opened
        opened.close()


@pytest.fixture(params=[True, False], ids=["with scripts", "without"])
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    found = browser.new_context(java_script_enabled=request.param)
    found.set_default_timeout(15_000)
    yield found
    found.close()


@pytest.fixture(scope="module")
def shown(cli: Cli, docker_engine: DockerEngine) -> Iterator[Visitor]:
    with brought_up(cli, docker_engine, "repair-right", "shown") as visitor:
        yield visitor


@pytest.fixture
def origin(shown: Visitor) -> str:
    return shown.origin


@pytest.fixture
def asked() -> list[str]:
    """Every address that the browser asked for."""
    return []


@pytest.fixture
def page(browser: Browser, shown: Visitor, origin: str, asked: list[str]) -> Iterator[Page]:
    context = browser.new_context(base_url=origin)
    context.set_default_timeout(10_000)
    opened = context.new_page()
    opened.goto(f"/_den/enter/{shown.key()}")
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    context.close()
    elsewhere = [url for url in asked if not url.startswith((f"{origin}/", "data:"))]
    assert elsewhere == [], "a page asked somebody else"
