"""Who may come in, on a real engine: with a key, without one, and with what only looks like it."""

from __future__ import annotations

import base64
import contextlib
import http.client
import random
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sandboxctl.engine import gateway, keys
from tests.engines import gateway_rig
from tests.engines.gateway_rig import Rig

pytestmark = pytest.mark.engine

NEEDS = "This practice area needs its link"


@dataclass(frozen=True)
class Said:
    """An answer as it came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def __getitem__(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


@pytest.fixture(scope="module")
def den() -> Iterator[Rig]:
    """Sandbox a is 0-web with the public services api and mail, and port 8081; b is 1-web."""
    with gateway_rig.rig(ports=2) as rig:
        rig.let_in("a", "b")
        places = rig.generation(0, "web", "api", "mail")
        hosts = {rig.den.host("a"): "a/0", ":8081": "a/0"}
        routes = {"a/0/": places["web"], "a/0/api/": places["api"]}
        for service in ("api", "mail"):
            hosts[rig.den.host("a", service)] = f"a/0/{service}--"
            routes[f"a/0/{service}--/"] = places[service]
        rig.line.ask("routes", sandbox="a", hosts=hosts, routes=routes)
        hosts = {rig.den.host("b"): "b/1", ":8082": "b/1"}
        routes = {"b/1/": rig.generation(1, "web")["web"]}
        rig.line.ask("routes", sandbox="b", hosts=hosts, routes=routes)
        yield rig


def say(
    den: Rig,
    path: str = "/",
    *more: str,
    host: str | None = None,
    method: str = "GET",
    version: str = "1.1",
    slot: int = 0,
) -> Said:
    """The answer to a request written by hand; ``more`` are whole header lines."""
    lines = [f"{method} {path} HTTP/{version}", *more, "Connection: close", "", ""]
    if host != "":
        lines.insert(1, f"Host: {host or den.host('a')}")
    address = ("127.0.0.1", den.den.gateway.port + slot)
    with socket.create_connection(address, timeout=9) as stream:
        stream.sendall("\r\n".join(lines).encode("latin-1"))
        answer = http.client.HTTPResponse(stream, method=method)
        answer.begin()
        headers = tuple((name.lower(), value) for name, value in answer.getheaders())
        return Said(answer.status, headers, answer.read().decode())


def enter(den: Rig, sandbox: str = "a") -> str:
    return f"/_den/enter/{den.keys[sandbox]}"


def refused(said: Said) -> None:
    """One answer for whatever is wrong: nobody learns which names there are."""
    assert said.status in (404, 429), said
    assert NEEDS in said.body
    assert "prototype" not in said.body.lower()
    assert not said["set-cookie"]
    assert not said["location"]
    assert said["cache-control"] == "no-store"
    assert said["referrer-policy"] == "no-referrer"


@pytest.fixture(autouse=True)
def _forgiven(den: Rig) -> None:
    """Wrong keys of the tests before do not count: they all come from one address."""
    den.admin("clear table den")


def test_a_link_becomes_a_cookie_of_that_host_and_leads_to_the_first_page(den: Rig) -> None:
    for method in ("GET", "HEAD"):
        said = say(den, enter(den, "b"), host=den.host("b"), method=method)
        assert said.status == 303
        assert said["location"] == "/"
        cookie, *attributes = said["set-cookie"].split("; ")
        assert cookie == den.cookie("b")
        assert set(attributes) == {"Path=/", "Max-Age=604800", "HttpOnly", "SameSite=Lax"}
        assert (said["cache-control"], said["referrer-policy"]) == ("no-store", "no-referrer")
    assert say(den, "/", f"Cookie: {cookie}", host=den.host("b")).status == 200


def test_without_a_key_every_address_is_the_same(den: Rig) -> None:
    known = say(den)
    refused(known)
    for host in (den.host("nobody"), den.host("api--a"), "192.0.2.1", "", den.host("a").upper()):
        assert say(den, host=host, version="1.0" if host == "" else "1.1") == known
    for path in ("/api", "/_den/enter", "/_den/enter/", "/_den/x", "/.git/config"):
        assert say(den, path) == known
    assert say(den, slot=1) == say(den, slot=2) == known
    assert "refresh" not in known.body


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "X"])
def test_no_method_gets_past_without_a_key(den: Rig, method: str) -> None:
    said = say(den, "/", "Content-Length: 0", method=method)
    assert (said.status, said["set-cookie"], said["location"]) == (404, "", "")
    if method != "HEAD":
        refused(said)
        refused(say(den, enter(den), "Content-Length: 0", method=method))


def test_a_preflight_carries_no_cookie_and_is_refused(den: Rig) -> None:
    wanted = ("Origin: http://a.gwt.localhost", "Access-Control-Request-Method: PUT")
    said = say(den, "/", *wanted, host=den.host("api--a"), method="OPTIONS")
    refused(said)
    assert not said["access-control-allow-origin"]


def test_a_websocket_needs_a_key_too(den: Rig) -> None:
    upgrade = (
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(b'0' * 16).decode()}",
    )
    refused(say(den, "/live", *upgrade))
    with den.upgraded(den.host("a")) as stream:
        stream.sendall(b"hello")
        assert stream.recv(100) == b"0-web:hello"


def test_old_and_absolute_requests_need_a_key_too(den: Rig) -> None:
    refused(say(den, version="1.0"))
    refused(say(den, f"http://{den.host('a')}/"))
    mine = f"Cookie: {den.cookie('a')}"
    assert say(den, "/", mine, version="1.0").status == 200
    assert say(den, f"http://{den.host('a')}/", mine).status == 200
    assert say(den, f"http://{den.host('a')}{enter(den)}").status == 303


def almost(key: str) -> list[str]:
    """What is no key, neither in a link nor in a cookie."""
    return [
        *(keys.new(), key[:-1], key + "a", key.upper(), "", "a" * 26, "a" * 7000, "-", "="),
        *(f"{key}/", f"{key}.", f"x/{key}", f"../enter/{key}/x", f"{key}%00", f"%20{key}", "%zz"),
        f"{key}%0d%0aSet-Cookie:%20x=1",
    ]


def test_a_wrong_key_opens_nothing(den: Rig) -> None:
    key = den.keys["a"]
    for wrong in (*almost(key), den.keys["b"]):
        refused(say(den, f"/_den/enter/{wrong}"))
        refused(say(den, "/", f"Cookie: den_a={wrong}"))
    for wrong in (f"{key};a", f"{key},{key}"):
        refused(say(den, f"/_den/enter/{wrong}"))


def test_a_key_of_another_sandbox_or_host_opens_nothing(den: Rig) -> None:
    refused(say(den, enter(den, "b")))
    refused(say(den, enter(den), host=den.host("b")))
    refused(say(den, enter(den), host=den.host("nobody")))
    refused(say(den, "/", f"Cookie: {den.cookie('b')}"))
    refused(say(den, "/", f"Cookie: den_a={den.keys['b']}; den_b={den.keys['a']}"))
    refused(say(den, "/", f"Cookie: den_={den.keys['a']}; den={den.keys['a']}"))


def test_in_a_room_without_dns_each_port_takes_its_own_cookie_out_of_all(den: Rig) -> None:
    both = f"Cookie: theme=dark; {den.cookie('b')}; {den.cookie('a')}; den_c=x"
    for slot, name in ((1, "0-web"), (2, "1-web")):
        said = say(den, "/", both, host="192.0.2.10:8081", slot=slot)
        assert (said.status, f'"{name}"' in said.body) == (200, True)
        assert '"Cookie": "theme=dark"' in said.body
    refused(say(den, "/", f"Cookie: {den.cookie('b')}", host="192.0.2.10:8081", slot=1))
    said = say(den, enter(den), host="192.0.2.10:8081", slot=1)
    assert (said.status, said["location"]) == (303, "/"), "its names may not be known here"


@pytest.mark.parametrize(
    "cookies",
    [
        "{a}",
        "den_a=forged; {a}",
        "{a}; den_a=forged",
        "den_a=; den_a=aaaaaaaaaaaaaaaaaaaaaaaaaa;{a};x=1",
        'x="quoted; {a}; y="',
        "json=%7B,%22a%22:1,2,3; {a}",
        "x=1;{a}",
        "; ;; {a}",
    ],
)
def test_a_true_cookie_is_found_beside_any_other(den: Rig, cookies: str) -> None:
    said = say(den, "/", f"Cookie: {cookies.format(a=den.cookie('a'))}")
    assert (said.status, den.keys["a"] in said.body) == (200, False)


@pytest.mark.parametrize(
    "cookies",
    [
        "Den_a={k}",
        "DEN_A={k}",
        "den_A={k}",
        "den_a = {k}",
        "x=den_a={k}",
        "xden_a={k}",
        "x={k}; den_a",
        "den_a==  {k}",
        "den%5Fa={k}",
        "den_a={k}{k}",
        "den_a={k} ,",
        '"den_a={k}"',
        "den_a:{k}",
    ],
)
def test_what_only_looks_like_the_cookie_is_none(den: Rig, cookies: str) -> None:
    refused(say(den, "/", f"Cookie: {cookies.format(k=den.keys['a'])}"))


def test_of_any_cookies_exactly_those_with_the_true_one_come_in(den: Rig) -> None:
    chance = random.Random(2026)
    parts = [den.cookie("a"), den.cookie("a"), den.cookie("b"), "den_a=", "den_", "x=1", "a"]
    parts += ["; ", "; ", "; ", ";", " ", ",", '"', "=", "\t", "%3B", "\\", "(", "é"]
    came_in = 0
    for _ in range(400):
        cookies = "".join(chance.choices(parts, k=chance.randrange(1, 8)))
        said = say(den, "/", f"Cookie: {cookies}")
        wanted = any(one.strip(" ") == den.cookie("a") for one in cookies.strip().split(";"))
        assert (said.status == 200) is wanted, cookies
        came_in += wanted
    assert came_in > 20


def test_our_own_header_is_not_a_way_in(den: Rig) -> None:
    mine = den.cookie("a")
    for name in ("X-Den-Offered", "x-den-offered", "X_Den_Offered", "Authorization"):
        refused(say(den, "/", f"{name}: {mine}"))
    seen = say(den, "/", f"Cookie: {mine}", "X-Den-Offered: forged")
    assert (seen.status, "Offered" in seen.body) == (200, False)


def test_a_jar_full_of_false_cookies_locks_nobody_out(den: Rig) -> None:
    mine = den.cookie("a")
    assert say(den, "/", f"Cookie: {mine}", "Cookie: x=1").status == 400
    for planted in (
        "; ".join(f"den_{n}={keys.new()}" for n in range(150)),
        "; ".join(f"den_a={keys.new()}" for n in range(150)),
        "; ".join(f"c{n}={n}" for n in range(900)),
        f"den_a={'x' * 4000}; den_b={'a' * 4000}; den_c=x",
    ):
        for cookies in (f"{planted}; {mine}", f"{mine}; {planted}"):
            assert say(den, "/", f"Cookie: {cookies}").status == 200
            refused(say(den, "/", f"Cookie: {planted}"))


@pytest.mark.parametrize(
    "path",
    [
        "/_den/../_den/enter/{k}",
        "//_den/enter/{k}",
        "/%5fden/enter/{k}",
        "/_%64en/enter/{k}",
        "/_den/%65nter/{k}",
        "/_den%2Fenter/{k}",
        "/x/_den/enter/{k}",
        "/./_den/enter/{k}",
        "/_DEN/enter/{k}",
        "/_den;x=1/enter/{k}",
        "/%zz/_den/enter/{k}",
    ],
)
def test_no_spelling_of_the_link_reaches_a_prototype(den: Rig, path: str) -> None:
    written = path.format(k=den.keys["a"])
    refused(say(den, written))
    refused(say(den, written, f"Cookie: {den.cookie('a')}"))


def test_the_key_is_in_nothing_that_a_prototype_is_told(den: Rig) -> None:
    key = den.keys["a"]
    for header in (
        f"Referer: http://{den.host('a')}{enter(den)}",
        f"Referer: /_DEN/../_den/enter/{key}",
        f"Referer: http://{den.host('a')}/%5fden/enter/{key}",
        f"Referer: http://{den.host('a')}/_Den%2Fenter/{key}",
        f"Cookie: {den.cookie('a')}; x=1",
        f"Cookie: x=1;=den_a={key}; {den.cookie('a')}",
    ):
        cookie = () if header.startswith("Cookie") else (f"Cookie: {den.cookie('a')}",)
        said = say(den, "/page?x=1", header, *cookie)
        assert (said.status, key in said.body) == (200, False)
    kept = say(den, "/", f"Referer: http://{den.host('a')}/x", f"Cookie: {den.cookie('a')}")
    assert f"http://{den.host('a')}/x" in kept.body


def test_the_key_is_in_no_log_and_no_file_that_haproxy_reads(den: Rig) -> None:
    say(den, enter(den))
    say(den, "/", f"Cookie: {den.cookie('a')}")
    say(den, f"{enter(den)}x")
    assert say(den, f"{enter(den)}#x").status == 400
    said = den.api.logs(gateway.name(den.den)).decode()
    maps = den.in_gateway("10100:10300", "cat /den/maps/*.map /etc/haproxy/haproxy.cfg")
    shown = "".join(map(den.admin, ("show map /den/maps/keys.map", "show table den", "show sess")))
    assert "a/0" in maps
    for key in den.keys.values():
        assert key not in said + maps + shown
    assert den.in_gateway("10100:10300", "cat /den/state/den.json").endswith("denied\n")


def test_the_public_services_get_their_cookies_on_the_way(den: Rig) -> None:
    """As a browser goes: from the sandbox's own host over each of the others, and back."""
    at, jar, seen = f"http://{den.host('a')}{enter(den)}", dict[str, str](), list[str]()
    while "/_den/enter/" in at:
        host, _, path = at.removeprefix("http://").partition("/")
        said = say(den, f"/{path}", host=host)
        assert said.status == 303
        jar[host] = said["set-cookie"].partition(";")[0]
        seen.append(host.partition(".")[0])
        at = said["location"]
    assert seen == ["a", "api--a", "mail--a"]
    assert at == f"http://{den.host('a')}/"
    for host, cookie in jar.items():
        assert say(den, "/", f"Cookie: {cookie}", host=host).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "a.gwt.localhost.evil.example", "evil--a.gwt.localhost"]
)
def test_a_link_leads_nowhere_that_a_request_names(den: Rig, host: str) -> None:
    refused(say(den, enter(den), host=host))
    for more in ("X-Forwarded-Host: evil.example", "Forwarded: host=evil.example"):
        assert "evil" not in say(den, enter(den), more)["location"]
        assert "evil" not in say(den, f"{enter(den)}?to=//evil.example/", more)["location"]


@pytest.mark.parametrize("host", ["{h}:80", "{h}.", "{H}", "{h}.:99"])
def test_spellings_of_a_host_are_one_host(den: Rig, host: str) -> None:
    name = den.den.host("a")
    asked = host.format(h=name, H=name.upper())
    refused(say(den, host=asked))
    said = say(den, enter(den), host=asked)
    assert said.status == 303
    assert said["location"].startswith(f"http://api--{name}:{den.den.gateway.port}/")
    assert say(den, "/", f"Cookie: {den.cookie('a')}", host=asked).status == 200


def test_a_moment_is_told_to_the_team_alone(den: Rig) -> None:
    den.let_in("held")
    host = den.den.host("held")
    den.line.ask("routes", sandbox="held", hosts={host: "held/0"}, routes={})
    refused(say(den, host=host))
    said = say(den, "/", f"Cookie: {den.cookie('held')}", host=host)
    assert (said.status, "One moment" in said.body) == (503, True)
    assert say(den, enter(den, "held"), host=host).status == 303
    den.line.ask("routes", sandbox="held", hosts={}, routes={})


def test_a_replaced_key_is_worth_nothing_at_once(den: Rig) -> None:
    old, link = f"Cookie: {den.cookie('b')}", enter(den, "b")
    connection = http.client.HTTPConnection("127.0.0.1", den.den.gateway.port, timeout=9)
    with contextlib.closing(connection):
        kept = {"Cookie": den.cookie("b")}
        assert gateway_rig.ask(connection, den.host("b"), "/", kept).status == 200
        den.let_in("b")
        assert gateway_rig.ask(connection, den.host("b"), "/", kept).status == 404
    refused(say(den, "/", old, host=den.host("b")))
    refused(say(den, link, host=den.host("b")))
    assert say(den, "/", f"Cookie: {den.cookie('b')}", host=den.host("b")).status == 200
    assert say(den, "/", f"Cookie: {den.cookie('a')}").status == 200


def test_keys_are_those_that_are_decided_whatever_runs(den: Rig) -> None:
    mine = f"Cookie: {den.cookie('a')}"
    den.admin("clear map /den/maps/keys.map")
    refused(say(den, "/", mine))
    told = den.line.ask("hello")
    assert (told["in_step"], told["repaired"]) == (False, len(den.keys))
    assert say(den, "/", mine).status == 200
    den.line.ask("record", sandbox="a", record={"live": 1})
    refused(say(den, "/", mine))
    den.line.ask("record", sandbox="a", record={"key": den.keys["a"]})
    den.api.restart(gateway.name(den.den), timeout=2)
    with contextlib.closing(gateway.connect(den.api, den.den)) as line:
        assert line.ask("hello")["in_step"]
    den.line = gateway.connect(den.api, den.den)
    assert say(den, "/", mine).status == 200


def test_wrong_keys_are_slowed_down_and_right_ones_never(den: Rig) -> None:
    seen = [say(den, f"/_den/enter/{keys.new()}") for _ in range(30)]
    assert [one.status for one in seen] == [404] * 20 + [429] * 10
    refused(seen[-1])
    assert seen[-1]["retry-after"] == "60"
    assert say(den, "/", f"Cookie: den_a={keys.new()}").status == 429
    assert say(den, "/", f"Cookie: {den.cookie('a')}").status == 200
    assert say(den, enter(den)).status == 303
    assert say(den).status == 404, "who offers nothing is told what is missing"


def test_a_page_of_one_sandbox_does_nothing_in_another(den: Rig) -> None:
    """A browser that knows both sends both cookies: to it, all sandboxes are one site."""
    mine, port = f"Cookie: {den.cookie('a')}", den.den.gateway.port
    own = [den.host("a"), den.host("api--a"), "elsewhere.example", den.host("nobody")]
    for host in own:
        assert say(den, "/", mine, f"Origin: http://{host}").status == 200
    assert say(den, "/", mine, "Origin: null").status == 200
    for host in (den.host("b"), den.host("b").upper(), den.host("b").replace(":", ".:")):
        refused(say(den, "/", mine, f"Origin: http://{host}"))
        refused(say(den, enter(den), f"Origin: http://{host}"))
    hidden = ("/", mine, "Origin: null")
    theirs = 501  # this prototype answers no POST, and it is the prototype that says so
    assert say(den, *hidden, "Sec-Fetch-Site: same-origin", method="POST").status == theirs
    assert say(den, *hidden, method="POST").status == theirs, "a browser that does not say"
    for site in ("same-site", "cross-site", "Same-Site"):
        refused(say(den, *hidden, f"Sec-Fetch-Site: {site}", method="POST"))
    refused(say(den, "/", mine, f"Origin: http://{den.host('b')}", "Origin: null", method="POST"))
    room = "192.0.2.10"
    assert say(den, "/", mine, f"Origin: http://{room}:{port + 1}", host=room, slot=1).status == 200
    refused(say(den, "/", mine, f"Origin: http://{room}:{port + 2}", host=room, slot=1))


def test_a_prototype_cannot_clear_what_its_neighbours_know(den: Rig) -> None:
    """The prototype of these tests says Clear-Site-Data with every answer."""
    assert "clear-site-data" not in den.get(den.host("a")).headers
