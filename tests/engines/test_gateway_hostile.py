"""What a hostile visitor or prototype tries at the gateway, on a real engine."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from tests.engines import gateway_rig
from tests.engines.gateway_rig import Rig

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def den() -> Iterator[Rig]:
    """Sandbox a is 0-web, sandbox b is 1-web."""
    with gateway_rig.rig(ports=2) as rig:
        rig.let_in("a", "b")
        for number, sandbox in enumerate("ab"):
            target = f"{sandbox}/{number}"
            place = rig.generation(number, "web")["web"]
            hosts = {rig.den.host(sandbox): target}
            rig.line.ask("routes", sandbox=sandbox, hosts=hosts, routes={f"{target}/": place})
        yield rig


def raw(den: Rig, *lines: str) -> bytes:
    """The answer to a request that no HTTP client would send."""
    with socket.create_connection(("127.0.0.1", den.den.gateway.port), timeout=9) as stream:
        stream.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = b""
        # Enough for the head; the connection may stay open.
        while b"\r\n\r\n" not in answer and (more := stream.recv(4096)):
            answer += more
        return answer


def test_a_prototype_is_told_who_asks_by_us_and_never_sees_a_key(den: Rig) -> None:
    lies = {
        "X-Forwarded-Host": "evil",
        "X-Forwarded-For": "1.2.3.4",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "host=evil",
        "Cookie": "den_b=key; a=1; den_a=key;den_=x; b=den_2",
    }
    page = den.get(den.host("a"), headers=lies)
    seen = page.seen["headers"]
    assert seen["Host"] == seen["X-Forwarded-Host"] == den.host("a")
    assert seen["X-Forwarded-Proto"] == "http"
    assert seen["X-Forwarded-Port"] == str(den.den.gateway.port)
    assert "evil" not in str(seen)
    assert "1.2.3.4" not in str(seen)
    assert seen["Cookie"] == "a=1; b=den_2"
    assert "server" not in page.headers
    assert "Cookie" not in den.get(den.host("a"), headers={"Cookie": "den_a=key"}).seen["headers"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("=den_p1=SECRET", None),
        ("== den_p1=SECRET; b=2", "b=2"),
        ("a=1, den_p1=SECRET", "a=1"),
        ("a=1,den_p1=SECRET; b=2", "a=1; b=2"),
        ("a=1 den_p1=SECRET; b=2", "a=1; b=2"),
        ("a=1;\tden_p1 = SECRET, more; b=2", "a=1; b=2"),
        ("den_p1=SECRET;=den_p2=SECRET;b=2", "b=2"),
        ("a=den_2; garden_x=1; =nameless; b=1,2", "a=den_2; garden_x=1; =nameless; b=1,2"),
    ],
)
def test_no_spelling_of_a_key_reaches_a_prototype(den: Rig, sent: str, kept: str | None) -> None:
    page = den.get(den.host("a"), headers={"Cookie": sent})
    assert (page.status, page.seen["headers"].get("Cookie")) == (200, kept)


def test_a_prototype_sets_cookies_for_itself_alone(den: Rig) -> None:
    sent_and_passed_on = {
        "den_p1=forged; Path=/": "refused=; Max-Age=0",
        " \t den_p1=forged": "refused=; Max-Age=0",
        "=den_p1=forged": "refused=; Max-Age=0",
        " = den_p1=forged": "refused=; Max-Age=0",
        "a=1; Domain=.gwt.localhost; Path=/": "a=1; Path=/",
        "b=1; Path=/;DOMAIN = gwt.localhost": "b=1; Path=/",
        "c=1; domain": "c=1",
        "d=1; Domain=x; Path=/; domain=gwt.localhost; Secure": "refused=; Max-Age=0",
        "e=1;Domain;Domain=gwt.localhost": "refused=; Max-Age=0",
        "domain=mine; Path=/; HttpOnly": "domain=mine; Path=/; HttpOnly",
        "f=den_1; Expires=Wed, 21 Oct 2099 07:28:00 GMT": (
            "f=den_1; Expires=Wed, 21 Oct 2099 07:28:00 GMT"
        ),
    }
    headers = {"X-Set-Cookies": json.dumps(list(sent_and_passed_on))}
    page = den.get(den.host("a"), headers=headers)
    assert page.cookies == tuple(sent_and_passed_on.values())


def test_headers_that_a_server_reads_as_ours_are_deleted(den: Rig) -> None:
    names = (
        *("X_Forwarded_Host", "X-Forwarded_Host", "X_FORWARDED-Proto", "x_forwarded_for"),
        *("X.Forwarded.Host", "X_Forwarded", "X-Forwarded", "Forwarded", "X_Real_IP", "X-Real-Ip"),
    )
    headers = {**dict.fromkeys(names, "evil"), "X_Mine": "kept", "X-Forward": "kept"}
    seen = den.get(den.host("a"), headers=headers).seen["headers"]
    assert "evil" not in seen.values()
    assert (seen["X_Mine"], seen["X-Forward"]) == ("kept", "kept")
    assert seen["X-Forwarded-Host"] == den.host("a")


@pytest.mark.parametrize(
    "named", ["X-Forwarded-For", "close, X-Forwarded-Host", "keep-alive, Cookie", "Upgrade"]
)
def test_connection_names_none_of_our_headers(den: Rig, named: str) -> None:
    seen = den.get(den.host("a"), headers={"Connection": named}).seen["headers"]
    assert seen.get("Connection", "close") in ("close", "keep-alive")
    assert seen["X-Forwarded-Host"] == den.host("a")


def test_hosts_that_can_be_read_in_two_ways_are_refused(den: Rig) -> None:
    one, other = den.den.host("a"), den.den.host("b")
    for host in (f"{one}, {other}", f"{one},{other}", f"{one} {other}", f"{one}:80\t,{other}"):
        assert den.get(host).status == 400
        assert den.get(host, "/_den").status == 400
        assert den.get(host, slot=1).status == 400
    for host in (f"{one}@{other}", f"{one}/{other}"):
        assert den.get(host).status == 400
    twice = raw(den, "GET / HTTP/1.1", f"Host: {one}", f"Host: {other}")
    assert b" 400 " in twice.partition(b"\r\n")[0]
    absolute = raw(den, f"GET http://{other}/ HTTP/1.1", f"Host: {one}")
    assert b" 400 " in absolute.partition(b"\r\n")[0]
    assert den.get(f"{one}.:80").seen["name"] == "0-web"


@pytest.mark.parametrize("wanted", ["h2c", "h2c, websocket", "websocket, h2c", "TLS/1.0"])
def test_only_a_websocket_is_an_upgrade(den: Rig, wanted: str) -> None:
    headers = {
        "Connection": "Upgrade, HTTP2-Settings",
        "Upgrade": wanted,
        "HTTP2-Settings": "AAMAAABkAARAAAAAAAIAAAAA",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    page = den.get(den.host("a"), headers=headers)
    assert page.status == 200
    seen = page.seen["headers"]
    assert not {"Upgrade", "Http2-Settings"} & seen.keys()
    assert "pgrade" not in seen.get("Connection", "")


def test_a_websocket_still_passes(den: Rig) -> None:
    with den.upgraded(den.host("b")) as stream:
        stream.sendall(b"hello")
        assert stream.recv(100) == b"1-web:hello"


def test_a_sandbox_cannot_come_in_through_the_gateway(den: Rig) -> None:
    own, edge = next(den.den.range.subnets(new_prefix=28)), den.subnet
    program = f"""
import socket
def reach(address, port):
    with socket.socket() as one:
        one.settimeout(0.3)
        try:
            one.connect((address, port))
        except OSError:
            return False
        return True
print(reach("{own[3]}", 8000), [
    (address, port)
    for address in ("{own[1]}", "{own[2]}", "{edge[2]}", "{edge[1]}", "172.17.0.1")
    for port in (8080, 8081, {den.den.gateway.port})
    if reach(address, port)
])
"""
    assert den.inside(f"{den.den.name}-test-0-web", program).strip() == "True []"
