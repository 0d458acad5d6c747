"""The gateway on a real engine: who reaches whom, and what a switch costs the others."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandboxctl.engine import gateway
from sandboxctl.errors import EngineError
from tests.engines import gateway_rig
from tests.engines.gateway_rig import Rig

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def den() -> Iterator[Rig]:
    """Sandbox a: 0-web, 0-api; its next generation 1-web, 1-api; sandbox b: 2-web."""
    with gateway_rig.rig(ports=2) as rig:
        rig.let_in("a", "b")
        yield rig


@pytest.fixture(scope="module")
def places(den: Rig) -> dict[str, dict[str, str]]:
    return {
        "a/0": den.generation(0, "web", "api"),
        "a/1": den.generation(1, "web", "api"),
        "b/2": den.generation(2, "web"),
    }


@pytest.fixture(autouse=True)
def _routed(den: Rig, places: dict[str, dict[str, str]]) -> None:
    """Every test begins with a on its generation 0, and b on 2."""
    point(den, places, "a/0")
    point(den, places, "b/2")


def point(den: Rig, places: dict[str, dict[str, str]], target: str) -> None:
    sandbox = target.partition("/")[0]
    hosts, routes = {den.den.host(sandbox): target}, {f"{target}/": places[target]["web"]}
    if "api" in places[target]:
        hosts |= {":8081": target, den.den.host(sandbox, "api"): f"{target}/api--"}
        routes |= {f"{target}/{path}/": places[target]["api"] for path in ("api", "api--", "x/api")}
    den.line.ask("routes", sandbox=sandbox, hosts=hosts, routes=routes)


@pytest.mark.parametrize(
    ("host", "path", "service"),
    [
        ("a", "/", "0-web"),
        ("a", "/anything?api=/api", "0-web"),
        ("a", "/api", "0-api"),
        ("a", "/api/homes/1?x=1", "0-api"),
        ("a", "/apiary", "0-web"),
        ("a", "/x/api/y", "0-api"),
        ("a", "/x/apis", "0-web"),
        ("api--a", "/", "0-api"),
        ("A", "/", "0-web"),
        ("b", "/api", "2-web"),
    ],
)
def test_host_and_longest_path_choose_the_service(
    den: Rig, host: str, path: str, service: str
) -> None:
    page = den.get(den.host(host), path)
    assert (page.status, page.seen["name"], page.seen["path"]) == (200, service, path)


def test_a_room_without_dns_is_routed_by_port(den: Rig) -> None:
    assert den.get("192.0.2.10", "/", slot=1, who="a").seen["name"] == "0-web"
    assert den.get("192.0.2.10", "/", slot=2, who="a").status == 404
    shown = den.get("192.0.2.10", "/", slot=1, who="a").seen["headers"]
    assert shown["X-Forwarded-Port"] == str(den.den.gateway.port + 1)


def test_errors_of_the_prototype_are_its_own(den: Rig) -> None:
    for status in (404, 500, 502, 503):
        page = den.get(den.host("a"), f"/status/{status}")
        assert (page.status, page.seen["name"]) == (status, "0-web")


def test_what_is_not_there_is_said_in_plain_words(
    den: Rig, places: dict[str, dict[str, str]]
) -> None:
    unknown = den.get("nobody.gwt.localhost")
    assert (unknown.status, "needs its link" in unknown.body) == (404, True)
    den.let_in("c")
    dead = places["b/2"]["web"].replace(":8000", ":9")
    den.line.ask("routes", sandbox="c", hosts={den.den.host("c"): "c/1"}, routes={"c/1/": dead})
    closed = den.get(den.host("c"))
    assert (closed.status, "This part is not answering" in closed.body) == (503, True)
    broken = den.get(den.host("a"), "/break-off")
    assert (broken.status, "This part is not answering" in broken.body) == (502, True)
    den.line.ask("routes", sandbox="c", hosts={den.den.host("c"): "c/2"}, routes={})
    moment = den.get(den.host("c"))
    assert (moment.status, "One moment" in moment.body) == (503, True)
    den.line.ask("routes", sandbox="c", hosts={}, routes={})
    assert den.get(den.host("c")).status == 404
    for page in (unknown, closed, broken, moment):
        assert 'href="/_den"' in page.body
        assert page.headers["cache-control"] == "no-store"
    for path, kind in (("/_den", "text/html; charset=utf-8"), ("/_den/den.css", "text/css")):
        ours = den.get(den.host("a"), path)
        assert (ours.status, ours.headers["content-type"]) == (200, kind)


def test_one_connection_never_mixes_two_sandboxes(den: Rig) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", den.den.gateway.port, timeout=9)
    with contextlib.closing(connection):
        for _ in range(100):
            for host, name in (("a", "0-web"), ("b", "2-web"), ("api--a", "0-api")):
                known = {"Cookie": den.cookie(host[-1])}
                page = gateway_rig.ask(connection, den.host(host), "/", known)
                assert page.seen["name"] == name


def test_a_switch_under_load_costs_nobody_anything(
    den: Rig, places: dict[str, dict[str, str]]
) -> None:
    over, wrong, counts = threading.Event(), [], [0, 0, 0, 0]

    def load(worker: int, host: str, names: set[str]) -> None:
        known = {"Cookie": den.cookie(host)}
        connection = http.client.HTTPConnection("127.0.0.1", den.den.gateway.port, timeout=9)
        with contextlib.closing(connection):
            while not over.is_set():
                page = gateway_rig.ask(connection, den.host(host), "/", known)
                if page.status != 200 or page.seen["name"] not in names:
                    wrong.append(page)
                counts[worker] += 1

    sockets = [den.upgraded(den.host("b")) for _ in range(5)]
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(load, n, "b", {"2-web"}) for n in (0, 1)]
        jobs += [pool.submit(load, n, "a", {"0-web", "1-web"}) for n in (2, 3)]
        try:
            for turn in range(200):
                target = f"a/{(turn + 1) % 2}"
                point(den, places, target)
                # The first page after a switch is of the new generation, for whoever asks.
                seen = den.get(den.host("a"), "/api").seen["name"]
                assert seen == f"{target.rpartition('/')[2]}-api"
        finally:
            over.set()
        for job in jobs:
            job.result()
    assert not wrong
    assert min(counts) > 20
    for one in sockets:
        with one:
            one.sendall(b"still there?")
            assert one.recv(100) == b"2-web:still there?"


def test_drain_waits_closes_the_rest_and_spares_the_others(
    den: Rig, places: dict[str, dict[str, str]]
) -> None:
    with den.upgraded(den.host("a")) as old, den.upgraded(den.host("b")) as other:
        point(den, places, "a/1")
        addresses = [place.partition(":")[0] for place in places["a/0"].values()]
        counted = den.line.ask("drain", addresses=addresses, grace=0.3)
        assert (counted["open"], counted["closed"]) == (1, 1)
        assert 0.3 <= counted["after"] < 1
        assert old.recv(10) == b""
        other.sendall(b"hello")
        assert other.recv(100) == b"2-web:hello"
    nothing = den.line.ask("drain", addresses=addresses, grace=5)
    assert (nothing["open"], nothing["closed"]) == (0, 0)
    assert nothing["after"] < 1


def test_fetch_shows_what_a_team_sees(den: Rig, places: dict[str, dict[str, str]]) -> None:
    known = den.cookie("a")
    assert '"0-web"' in den.line.ask("fetch", host=den.den.host("a"), cookie=known)["body"]
    point(den, places, "a/1")
    assert '"1-web"' in den.line.ask("fetch", host=den.den.host("a"), cookie=known)["body"]
    by_port = den.line.ask("fetch", host="192.0.2.1", path="/api", port=8081, cookie=known)
    assert '"1-api"' in by_port["body"]
    assert den.line.ask("fetch", host=den.den.host("a"))["status"] == 404


def test_the_relay_alone_is_told_who_answered(den: Rig, places: dict[str, dict[str, str]]) -> None:
    def target(host: str, path: str = "/", port: int = 8080) -> tuple[int, str | None]:
        page = den.line.ask("fetch", host=host, path=path, port=port, cookie=den.cookie("a"))
        return page["status"], page["target"]

    point(den, places, "a/1")
    a, api = den.den.host("a"), den.den.host("a", "api")
    assert target(a) == target(api) == target("192.0.2.1", port=8081) == (200, "a/1")
    assert target(a, "/break-off") == (502, "a/1"), "its own pages say it too"
    assert target(den.den.host("nobody")) == (404, None)
    den.line.ask("routes", sandbox="a", hosts={a: "a/0"}, routes={})
    assert target(a) == (503, "a/0")
    point(den, places, "a/1")
    # A prototype that claims to be another sandbox is not believed, and teams see nothing of it.
    assert target(a, "/lie/") == (200, "a/1")
    for path in ("/", "/lie/", "/break-off", "/_den"):
        assert "x-den-target" not in den.get(a, path).headers


def test_nobody_but_the_relay_reads_what_is_decided(den: Rig) -> None:
    assert den.in_gateway("10100:10300", "cat /den/state/den.json").endswith("denied\n")
    assert den.in_gateway("10100:10300", "echo x > /den/maps/hosts.map").endswith("denied\n")
    for user in ("10100:10300", "10200:10300"):
        status = den.in_gateway(user, "grep -E 'CapEff|NoNew' /proc/self/status")
        assert status.split() == ["CapEff:", "0" * 16, "NoNewPrivs:", "1"]
        assert "Read-only file system" in den.in_gateway(user, "touch /x")
    outsider = f"import os, socket; socket.socket(socket.AF_UNIX).connect({gateway_rig.ADMIN})"
    assert "Permission denied" in den.in_gateway("10300:10400", f'python3 -c "{outsider}"')


def test_what_runs_is_mended_from_the_files(den: Rig) -> None:
    den.admin("clear map /den/maps/hosts.map")
    assert den.get(den.host("a")).status == 404
    told = den.line.ask("hello")
    assert (told["in_step"], told["repaired"]) == (False, 4)
    assert den.get(den.host("a")).seen["name"] == "0-web"
    assert den.line.ask("hello")["in_step"]


def test_a_sandbox_cannot_take_the_address_of_another(den: Rig) -> None:
    with pytest.raises(EngineError, match="belongs to the sandbox a"):
        den.line.ask("routes", sandbox="d", hosts={den.den.host("a"): "d/1"}, routes={})
    with pytest.raises(EngineError, match="not a route of d"):
        den.line.ask("routes", sandbox="d", hosts={"d.example": "a/1"}, routes={})
    with pytest.raises(EngineError, match="not a route of d"):
        den.line.ask("routes", sandbox="d", hosts={}, routes={"d/1/;x/": "10.0.0.1:80"})
    assert den.get(den.host("a")).seen["name"] == "0-web"


def test_after_a_restart_it_serves_the_same(den: Rig) -> None:
    den.api.restart(gateway.name(den.den), timeout=2)
    with contextlib.closing(gateway.connect(den.api, den.den)) as line:
        assert line.ask("hello")["in_step"]
    assert den.get(den.host("a"), "/api").seen["name"] == "0-api"
    assert den.get(den.host("b")).seen["name"] == "2-web"
    with pytest.raises(EngineError, match="the connection to the den was lost"):
        den.line.ask("hello")
    den.line = gateway.connect(den.api, den.den)


def test_a_slow_visitor_holds_nobody_up(den: Rig) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(200):
            one = socket.create_connection(("127.0.0.1", den.den.gateway.port), timeout=5)
            stack.enter_context(one).sendall(b"GET / HTTP/1.1\r\nHost: ")
        begun = time.monotonic()
        assert den.get(den.host("a")).status == 200
        assert time.monotonic() - begun < 1
