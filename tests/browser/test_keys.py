"""Who may come in, as a browser does it: the link once, then the address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sandboxctl.engine.docker import DockerEngine
from sandboxctl.sandbox.operations import ReplaceKey
from tests import pipeline, prototypes
from tests.visitor import key_of

pytestmark = [pytest.mark.engine, pytest.mark.browser]

NEEDS = "This practice area needs its link"
PAGE = r"""
import http.server

class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        if self.headers.get("Origin"):
            self.send_header("Access-Control-Allow-Origin", self.headers["Origin"])
            self.send_header("Access-Control-Allow-Credentials", "true")
        self.end_headers()
        told = f"{self.path} {dict(self.headers)}"
        self.wfile.write(f"<h1>A prototype</h1><pre>{told}</pre>".encode())

    do_POST = do_GET

http.server.ThreadingHTTPServer(("", 8000), Site).serve_forever()
"""


def prototype() -> prototypes.Document:
    """`web`, and the same as a public service, `api`."""
    document = prototypes.page("keyed")
    web = document["services"]["web"]
    web |= {"command": ["python3", "-c", PAGE], "healthcheck": {"http": "/"}}
    document["services"]["api"] = {"extends": {"service": "web"}, "public": True}
    return document


@pytest.fixture(scope="module")
def two(
    docker_engine: DockerEngine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """The names of two sandboxes of one prototype."""
    folder: Path = prototypes.written(tmp_path_factory.mktemp("keyed"), prototype())
    names = ("heron", "wren")
    for name in names:
        pipeline.up(docker_engine, folder, name)
    yield names
    for name in names:
        pipeline.down(docker_engine, name)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that nobody has used yet."""
    opened = browser.new_context()
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


def link(engine: DockerEngine, name: str) -> str:
    return engine.den.link(name, key_of(engine, name)())


def shows(page: Page, url: str, heading: str) -> None:
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def test_the_link_once_then_the_address_in_this_browser_alone(
    docker_engine: DockerEngine, two: tuple[str, str], context: BrowserContext, browser: Browser
) -> None:
    heron, wren = two
    url, page = docker_engine.den.url(heron), context.new_page()
    shows(page, url, NEEDS)
    shows(page, link(docker_engine, heron), "A prototype")
    assert page.url == url
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("A prototype")
    shows(context.new_page(), f"{url}any/where", "A prototype")
    shows(context.new_page(), docker_engine.den.url(wren), NEEDS)
    with browser.new_context() as other:
        shows(other.new_page(), url, NEEDS)
    shows(context.new_page(), link(docker_engine, wren), "A prototype")
    shows(context.new_page(), url, "A prototype")


def test_a_page_learns_nothing_of_its_key(
    docker_engine: DockerEngine, two: tuple[str, str], context: BrowserContext
) -> None:
    heron, _ = two
    page, key = context.new_page(), key_of(docker_engine, heron)()
    shows(page, docker_engine.den.url("nobody"), NEEDS)
    page.evaluate("url => { location.href = url }", link(docker_engine, heron))
    expect(page.get_by_role("heading", level=1)).to_have_text("A prototype")
    known = "document.cookie, document.referrer, document.body.innerText, location.href"
    timing = "...performance.getEntries().map(e => JSON.stringify(e))"
    told = page.evaluate(f"[{known}, {timing}].join(' ')")
    assert key not in told
    asked = "fetch('/_den/enter/x', {credentials: 'include'}).then(r => r.status)"
    assert page.evaluate(asked) == 404


def test_a_public_service_is_let_in_with_its_sandbox(
    docker_engine: DockerEngine, two: tuple[str, str], context: BrowserContext
) -> None:
    heron, wren = two
    den, page = docker_engine.den, context.new_page()
    api = den.url(heron, service="api")
    shows(page, link(docker_engine, heron), "A prototype")
    ask = "url => fetch(url, {credentials: 'include'}).then(r => r.status, () => 'refused')"
    assert page.evaluate(ask, api) == 200
    shows(page, api, "A prototype")
    shows(page, den.url(wren, service="api"), NEEDS)
    shows(page, link(docker_engine, wren), "A prototype")
    assert page.evaluate(ask, api) == "refused", "a page of wren is no visitor of heron"
    shows(page, api, "A prototype")


def test_what_a_page_plants_locks_nobody_out(
    docker_engine: DockerEngine, two: tuple[str, str], context: BrowserContext
) -> None:
    heron, wren = two
    page, den = context.new_page(), docker_engine.den
    shows(page, link(docker_engine, wren), "A prototype")
    shows(page, link(docker_engine, heron), "A prototype")
    plant = (
        "([name, domain]) => ['/', '/deep', '/deep/er'].forEach(path => {"
        " document.cookie = `den_${name}=planted; path=${path}`;"
        " document.cookie = `den_${name}=planted; path=${path}; domain=${domain}` })"
    )
    for name in two:
        page.evaluate(plant, [name, den.gateway.domain])
        page.evaluate(plant, [name, den.host(heron)])
    for name in two:
        shows(page, f"{den.url(name)}deep/er/page", "A prototype")
        assert "planted" not in page.inner_text("pre")


def test_a_replaced_key_ends_what_was_begun(
    docker_engine: DockerEngine, two: tuple[str, str], context: BrowserContext
) -> None:
    heron, _ = two
    page, old = context.new_page(), link(docker_engine, heron)
    shows(page, old, "A prototype")
    docker_engine.apply(heron, ReplaceKey(), lambda _: None)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(NEEDS)
    shows(page, old, NEEDS)
    shows(page, link(docker_engine, heron), "A prototype")
