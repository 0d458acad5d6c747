"""From a sandbox's address to its team's page, and what its requests changed, on a real engine."""

from __future__ import annotations

import contextlib
import http.client
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandboxctl.engine import gateway, replacing
from sandboxctl.errors import EngineError
from sandboxctl.sandbox import ticket
from tests.engines import gateway_rig
from tests.engines.gateway_rig import Page, Rig

pytestmark = pytest.mark.engine

CONSOLE = "http://console.example:8090"
NAVIGATES = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}
CHANGING = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(scope="module")
def den() -> Iterator[Rig]:
    """Sandbox a is 0-web, with port 8081 and the public service api; b is 1-web."""
    with gateway_rig.rig(ports=1) as rig:
        rig.let_in("a", "b")
        places = rig.generation(0, "web", "api")
        hosts = {rig.den.host("a"): "a/0", ":8081": "a/0", rig.den.host("a", "api"): "a/0/api--"}
        routes = {"a/0/": places["web"], "a/0/api--/": places["api"]}
        rig.line.ask("routes", sandbox="a", hosts=hosts, routes=routes)
        hosts, routes = {rig.den.host("b"): "b/1"}, {"b/1/": rig.generation(1, "web")["web"]}
        rig.line.ask("routes", sandbox="b", hosts=hosts, routes=routes)
        yield rig


@pytest.fixture
def secret(den: Rig) -> Iterator[str]:
    """A console is there; what it shares with the gateway."""
    yield str(den.line.ask("console", url=f"{CONSOLE}/")["secret"])
    den.line.ask("console", url="")


def is_plain(page: Page) -> bool:
    told = "location" not in page.headers and "Your practice area" in page.body
    return page.status == 200 and told


def ticket_of(page: Page, sandbox: str) -> str:
    assert page.status == 303, page
    before, _, shown = page.headers["location"].partition(f"/team/{sandbox}/from/")
    assert before == CONSOLE
    return shown


def test_who_has_the_key_is_led_to_the_teams_page_with_a_ticket(den: Rig, secret: str) -> None:
    seen = set()
    for sandbox, host, slot in (
        ("a", den.host("a"), 0),
        ("a", den.host("api--a"), 0),
        ("a", "192.0.2.1", 1),
        ("b", den.host("b"), 0),
    ):
        for path in ("/_den", "/_den/", "/_den?x=1"):
            page = den.get(host, path, slot, who=sandbox)
            shown = ticket_of(page, sandbox)
            assert ticket.is_good(secret, sandbox, shown, time.time())
            assert not ticket.is_good(secret, "c", shown, time.time())
            assert not ticket.is_good("another", sandbox, shown, time.time())
            assert page.headers["cache-control"] == "no-store"
            assert page.headers["referrer-policy"] == "no-referrer"
            seen.add(shown)
    assert len(seen) == 12, "each is another one"
    assert is_plain(den.get(den.host("a"), "/_den", who="b")), "another sandbox's cookie"


def test_nobody_else_is_led_there(den: Rig, secret: str) -> None:
    assert secret
    for headers in (
        {},
        {"Cookie": f"den_a={den.keys['b']}"},
        {"Cookie": den.cookie("b")},
        {"Cookie": den.cookie("a"), "Origin": f"http://{den.host('b')}"},
    ):
        assert is_plain(den.get(den.host("a"), "/_den", headers=headers, who="nobody"))
    assert den.get(den.host("a"), "/_den/x").status == 404
    assert is_plain(den.get("nobody.gwt.localhost", "/_den"))


def test_a_script_of_the_prototype_cannot_read_the_ticket(den: Rig, secret: str) -> None:
    assert ticket_of(den.get(den.host("a"), "/_den", headers=NAVIGATES), "a")
    for said in (
        {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Mode": "same-origin", "Sec-Fetch-Dest": "empty"},
        {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    ):
        headers = {**said, "Sec-Fetch-Site": "same-origin"}
        assert is_plain(den.get(den.host("a"), "/_den", headers=headers)), said
    # A browser that says nothing of this follows to another origin, which no script may read.
    page = den.get(den.host("a"), "/_den", headers={"Origin": f"http://{den.host('a')}"})
    assert ticket_of(page, "a")
    assert not [name for name in page.headers if name.startswith("access-control-")]
    # Nor does its server hear anything: the secret is in no request that it is passed.
    assert secret not in den.get(den.host("a")).body
    for method in CHANGING:
        assert is_plain(asked(den, method, "a", "/_den"))


def test_no_console_is_the_plain_page(den: Rig) -> None:
    assert is_plain(den.get(den.host("a"), "/_den"))
    secret = den.line.ask("console", url=CONSOLE)["secret"]
    assert den.line.ask("console", url=CONSOLE)["secret"] == secret, "it is renewed"
    assert den.get(den.host("a"), "/_den").status == 303
    assert den.line.ask("console", url="") == {"secret": ""}
    assert is_plain(den.get(den.host("a"), "/_den"))
    assert den.line.ask("console", url=CONSOLE)["secret"] != secret
    den.line.ask("console", url="")
    for url in ("ftp://x", "http://", "http://x y", "http://x;y", "http://x/|", "x", "http://x\n"):
        with pytest.raises(EngineError, match="cannot be the address of a console"):
            den.line.ask("console", url=url)
    assert is_plain(den.get(den.host("a"), "/_den"))


def test_a_console_that_says_nothing_more_is_away(den: Rig, secret: str) -> None:
    """As it would be in a minute: HAProxy alone is told so."""
    assert ticket_of(den.get(den.host("a"), "/_den"), "a")
    line = den.admin("show map /den/maps/console.map").split()[2]
    _, rest = line.split("|", 1)
    for until, away in ((int(time.time()) - 1, True), (int(time.time()) + 60, False)):
        den.admin(f"set map /den/maps/console.map console {until}|{rest}")
        assert is_plain(den.get(den.host("a"), "/_den")) == away
    den.admin(f"set map /den/maps/console.map console 0|{rest}")
    assert not den.line.ask("hello")["in_step"], "the next command's greeting mends it"
    assert ticket.is_good(secret, "a", ticket_of(den.get(den.host("a"), "/_den"), "a"), time.time())


def asked(den: Rig, method: str, sandbox: str, path: str = "/", *, known: bool = True) -> Page:
    headers = {"Host": den.host(sandbox), "Content-Length": "0"}
    headers |= {"Cookie": den.cookie(sandbox)} if known else {}
    connection = http.client.HTTPConnection("127.0.0.1", den.den.gateway.port, timeout=20)
    with contextlib.closing(connection):
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Page(answer.status, told, answer.read().decode())


def changes(den: Rig) -> Mapping[str, int]:
    return dict(den.line.ask("changes")["changes"])


def test_requests_that_change_something_are_counted_for_each_generation(den: Rig) -> None:
    den.admin("clear table changes")
    assert changes(den) == {}
    for _ in range(5):
        assert den.get(den.host("a")).status == 200
    with ThreadPoolExecutor(6) as pool:
        sent = [("a", CHANGING[n % 4]) for n in range(300)] + [("b", "POST")] * 20
        list(pool.map(lambda one: asked(den, one[1], one[0]), sent))
    assert changes(den) == {"a/0": 300, "b/1": 20}
    for method in ("GET", "HEAD", "OPTIONS"):
        asked(den, method, "a")
    asked(den, "POST", "a", known=False)
    asked(den, "POST", "a", "/_den")
    asked(den, "POST", "a", f"/_den/enter/{den.keys['a']}")
    assert changes(den) == {"a/0": 300, "b/1": 20}
    den.line.ask("record", sandbox="c", record={"live": 1})
    den.line.ask("record", sandbox="c", record=None)
    assert changes(den) == {"a/0": 300, "b/1": 20}
    key = den.keys["b"]
    den.line.ask("record", sandbox="b", record=None)
    assert changes(den) == {"a/0": 300}, "the next one of its name begins with none"
    den.line.ask("record", sandbox="b", record={"key": key})


def test_another_gateway_leads_to_the_same_console_and_goes_on_counting(
    den: Rig, secret: str
) -> None:
    den.admin("clear table changes")
    for n in range(3):
        asked(den, "POST", "ab"[n % 2])
    image, _, tag = den.image.rpartition(":")
    other = f"{image}:console-{tag}"
    den.api.tag(den.image, image, f"console-{tag}")
    # The volume of an earlier version has no such map.
    assert den.in_gateway("10200:10300", "rm /den/maps/console.map") == ""
    try:
        for number, at in enumerate((other, den.image)):
            den.line.close()
            replacing.replace(den.api, den.den, at, lambda _: None)
            den.line = gateway.connect(den.api, den.den)
            owner = gateway.install(den.api, den.den) or ""
            if number:
                replacing.tidy(den.api, den.den, owner, den.line)
            assert den.line.ask("hello")["in_step"]
            shown = ticket_of(den.get(den.host("a"), "/_den"), "a")
            assert ticket.is_good(secret, "a", shown, time.time())
            assert changes(den) == {"a/0": 2 + number, "b/1": 1}
            asked(den, "POST", "a")
            assert changes(den) == {"a/0": 3 + number, "b/1": 1}
    finally:
        den.api.remove_image(other)
    # One that ends takes what it counted with it; the console it finds in the state.
    den.api.restart(gateway.name(den.den), timeout=2)
    den.line = gateway.connect(den.api, den.den)
    assert ticket.is_good(secret, "a", ticket_of(den.get(den.host("a"), "/_den"), "a"), time.time())
    assert changes(den) == {"a/0": 3, "b/1": 1}
