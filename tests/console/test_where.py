"""Where the console listens, by which address it is reached, and what a public one changes."""

from __future__ import annotations

from datetime import UTC

import pytest

from sandboxctl.console.console import Console
from sandboxctl.console.origins import device, hosts, is_every
from sandboxctl.console.web import made
from sandboxctl.console.where import Where, public_origin
from sandboxctl.console.words import read
from sandboxctl.errors import BlueprintError, PolicyError
from tests.console.rig import TEAM, Rig
from tests.console.site import Site, far

PUBLIC = "https://console.example"


def test_a_room_without_tls_has_to_be_asked_for() -> None:
    for where in (Where("192.0.2.10"), Where("0.0.0.0", public=PUBLIC), Where("wall.example")):
        with pytest.raises(PolicyError, match="everybody in the room") as refused:
            where.settled()
        assert refused.value.code == "DEN961"
    assert Where("192.0.2.10", insecure_room=True).settled().url == "http://192.0.2.10:8090"
    assert Where("127.0.0.1").settled().url == "http://127.0.0.1:8090"
    assert Where("::1").settled().url == "http://[::1]:8090"
    assert Where("localhost").settled().address == "127.0.0.1"


@pytest.mark.parametrize("bind", ["0.0.0.0", "::"])
def test_every_address_is_none_that_a_link_could_have(bind: str) -> None:
    room = Where(bind, insecure_room=True, own=("192.0.2.2", "198.51.100.7"))
    with pytest.raises(BlueprintError, match="a link needs one") as refused:
        room.settled()
    assert refused.value.code == "DEN963"
    assert "192.0.2.2, 198.51.100.7" in refused.value.hint
    assert "--host" in refused.value.hint
    with pytest.raises(BlueprintError) as refused:
        Where(bind, insecure_room=True, own=()).settled()
    assert "none was found" in refused.value.hint


def test_the_only_address_of_a_machine_is_taken() -> None:
    found = Where("0.0.0.0", insecure_room=True, own=("192.0.2.2",)).settled()
    assert found.url == "http://192.0.2.2:8090"
    assert found.hosts == {"192.0.2.2:8090"}
    named = Where("0.0.0.0", names=("wall.example",), insecure_room=True, own=()).settled()
    assert named.url == "http://wall.example:8090"
    assert "0.0.0.0:8090" not in hosts("0.0.0.0", 8090, ["wall.example"])
    assert not is_every("wall.example")
    assert "127.0.0.1" not in Where().own


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://console.example", "https://console.example"),
        (" https://Console.Example/ ", "https://console.example"),
        ("https://console.example:443", "https://console.example"),
        ("https://console.example:8443", "https://console.example:8443"),
        ("https://192.0.2.7", "https://192.0.2.7"),
        ("https://[2001:db8::7]:8443", "https://[2001:db8::7]:8443"),
    ],
)
def test_a_public_address(given: str, origin: str) -> None:
    assert public_origin(given) == origin


@pytest.mark.parametrize(
    "given",
    [
        "console.example",
        "http://console.example",
        "ftp://console.example",
        "https://",
        "https:///",
        "https://console.example/den",
        "https://console.example?x",
        "https://console.example#x",
        "https://me:secret@console.example",
        "https://console.example:0",
        "https://console.example:99999",
        "https://console.example:",
        "https://-console.example",
        "https://con sole.example",
        "https://console.example\r\nX: y",
        "https://[2001:zz::1]",
        "https://[:::]",
        "https://" + "a" * 64 + ".example",
        "https://" + "a." * 130 + "example",
        "https://*.example",
    ],
)
def test_nonsense_is_no_public_address(given: str) -> None:
    with pytest.raises(BlueprintError, match="cannot be the public address") as refused:
        Where(public=given).settled()
    assert refused.value.code == "DEN964"
    assert "https://console.example" in refused.value.hint


def test_behind_a_proxy_its_name_is_ours_and_no_other() -> None:
    where = Where(public=f"{PUBLIC}/", names=("wall.example",)).settled()
    assert where.url == PUBLIC
    assert where.tls
    assert where.hosts == {
        "console.example",
        "console.example:443",
        "wall.example",
        "wall.example:443",
    }
    other = Where(public="https://[2001:db8::7]:8443").settled()
    assert other.hosts == {"[2001:db8::7]:8443"}


def test_pages_behind_a_proxy(busy: Rig) -> None:
    site = Site(busy)
    where = Where(public=PUBLIC).settled()
    app = made(
        Console(far(busy), site.access, read("en", UTC), where.hosts, tls=True, url=where.url)
    )
    told = {"Host": "console.example", "Origin": PUBLIC}
    client = app.test_client()
    for origin in (
        "http://console.example",
        "https://console.example:8443",
        "https://evil.example",
    ):
        form = {"key": site.key(TEAM)}
        wrong = client.post(f"/team/{TEAM}/enter", data=form, headers={**told, "Origin": origin})
        assert wrong.status_code == 403
    came = client.post(f"/team/{TEAM}/enter", data={"key": site.key(TEAM)}, headers=told)
    assert came.status_code == 303
    assert came.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookie = came.headers["Set-Cookie"]
    assert cookie.startswith("__Host-console=")
    for flag in ("Secure", "HttpOnly", "Path=/", "SameSite=Strict"):
        assert flag in cookie
    assert "Domain" not in cookie
    session = {"Cookie": cookie.partition(";")[0]}
    page = client.get(f"/team/{TEAM}", headers={**told, **session})
    assert page.status_code == 200
    assert client.get("/", headers={"Host": "127.0.0.1:8090"}).status_code == 400
    assert "Strict-Transport-Security" not in site.stranger().get("/").headers
    visitor = site.access.visitor(cookie.partition("=")[2].partition(";")[0])
    assert visitor
    left = client.post("/leave", data={"form": visitor.form}, headers={**told, **session})
    for flag in ("Secure", "Path=/", "Max-Age=0"):
        assert flag in left.headers["Set-Cookie"], "else browsers do not believe it"


def test_a_proxy_on_this_machine_tells_which_device_asks() -> None:
    assert device("127.0.0.1", "203.0.113.9", proxied=True) == "203.0.113.9"
    assert device("127.0.0.1", "198.51.100.1, 203.0.113.9", proxied=True) == "203.0.113.9"
    assert device("::1", "[2001:db8::9]", proxied=True) == "2001:db8::9"
    assert device("127.0.0.1", "", proxied=True) == "127.0.0.1"
    assert device("127.0.0.1", "who knows", proxied=True) == "127.0.0.1"
    assert device("192.0.2.9", "203.0.113.9", proxied=True) == "192.0.2.9"
    assert device("127.0.0.1", "203.0.113.9", proxied=False) == "127.0.0.1"
