"""The den's end of the line, without an engine: where the console is, and what was counted."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandboxctl.engine.relay import changes, console, store
from sandboxctl.engine.relay.admin import Admins
from sandboxctl.engine.relay.maps import Maps
from sandboxctl.engine.relay.refused import Refused

URL = "http://192.0.2.10:8090"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A den in which nothing is decided yet."""
    for folder in ("locks", "recipes", "run", "maps"):
        (tmp_path / folder).mkdir()
    (tmp_path / "den.json").write_text('{"format": 1, "sandboxes": {}}')
    (tmp_path / "maps" / "console.map").touch()
    return tmp_path


@contextmanager
def haproxy(path: Path, answers: Callable[[str], str]) -> Iterator[list[str]]:
    """An admin socket that says what ``answers`` gives; what it was told."""
    heard: list[str] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                visitor, _ = door.accept()
                with visitor:
                    heard.append(visitor.recv(1000).decode().strip())
                    visitor.sendall(answers(heard[-1]).encode())

    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))
        door.listen()
        server = threading.Thread(target=serve)
        server.start()
        yield heard
        door.shutdown(socket.SHUT_RDWR)
        server.join()


def test_a_secret_stays_while_it_is_renewed_and_ends_with_its_lease(state: Path) -> None:
    assert console.claim(state, "") == {"secret": ""}
    assert console.told(state) == {}
    store.record(state, "a", {"live": 1})
    secret = console.claim(state, f"{URL}/")["secret"]
    assert len(secret) == 64
    assert console.claim(state, URL)["secret"] == secret
    until, shown, url = console.told(state)["console"].split("|")
    assert (base64.b64decode(shown).decode(), url) == (secret, URL)
    whole = json.loads((state / "den.json").read_text())
    assert whole["console"] == {"url": URL, "secret": secret, "until": int(until)}
    assert whole["sandboxes"] == {"a": {"live": 1}}
    whole["console"]["until"] = 1
    (state / "den.json").write_text(json.dumps(whole))
    assert console.claim(state, URL)["secret"] not in ("", secret)
    assert console.claim(state, "") == {"secret": ""}
    assert console.told(state) == {}
    assert store.read(state) == {"a": {"live": 1}}


@pytest.mark.parametrize(
    "url",
    ["x", "ftp://x", "http://", "http://X", "http://x y", "http://x;y", "http://x|", f"{URL}\n"],
)
def test_only_an_address_that_haproxy_can_be_told_is_one(state: Path, url: str) -> None:
    with pytest.raises(Refused, match="cannot be the address of a console"):
        console.claim(state, url)
    assert console.told(state) == {}


def test_a_gateway_of_an_earlier_version_is_not_told_of_a_console(state: Path) -> None:
    maps = Maps(state / "maps", state / "guard", Admins(state / "run"))
    console.claim(state, URL)
    old, new = state / "run" / "old.sock", state / "run" / "new.sock"
    with (
        haproxy(old, lambda _: "Unknown map identifier. Please use #<id> or <file>.\n") as first,
        haproxy(new, lambda _: "\n") as second,
    ):
        assert maps.announce(state) == 1
    assert first == [f"show map {state}/maps/console.map"]
    line = f"console {console.told(state)['console']}"
    assert second[1:] == [f"add map {state}/maps/console.map {line}"]
    assert (state / "maps" / "console.map").read_text() == f"{line}\n"


ROWS = (
    "# table: changes, type: string, size:8192, used:2\n"
    "0x7f: key=a/3 use=0 exp=2073599000 shard=0 gpc0={}\n"
    "0x8f: key=gone/1 use=0 exp=2073599000 shard=0 gpc0=2\n"
)


def test_what_gateways_counted_is_added_up_and_kept_once(state: Path) -> None:
    admins = Admins(state / "run")
    store.record(state, "a", {"live": 3})
    old, new = state / "run" / "old.sock", state / "run" / "new.sock"
    with haproxy(new, lambda _: ROWS.format(4)):
        with haproxy(old, lambda _: ROWS.format(10)):
            for _ in "12":
                assert changes.counted(state, admins) == {"changes": {"a/3": 14, "gone/1": 4}}
                changes.keep(state, admins, "old")
        assert changes.counted(state, admins) == {"changes": {"a/3": 14, "gone/1": 2}}
        changes.keep(state, admins, "old")  # it does not answer any more: nothing is lost
        changes.keep(state, admins, "another")
        assert changes.counted(state, admins) == {"changes": {"a/3": 14, "gone/1": 2}}


def test_what_a_sandbox_that_is_gone_was_sent_is_forgotten(state: Path) -> None:
    admins = Admins(state / "run")
    for name in ("a", "gone"):
        store.record(state, name, {"live": 1})
    old, new = state / "run" / "old.sock", state / "run" / "new.sock"
    with haproxy(old, lambda _: ROWS.format(10)):
        changes.keep(state, admins, "old")
    with haproxy(new, lambda told: ROWS.format(1) if told.startswith("show") else "\n") as heard:
        changes.forget(state, admins, "gone")
    assert heard == ["show table changes", "clear table changes key gone/1"]
    assert json.loads((state / "den.json").read_text())["counted"] == {"old": {"a/3": 10}}
    with haproxy(state / "run" / "next.sock", lambda _: "Unknown table\n"):
        changes.forget(state, admins, "a")
        assert changes.counted(state, admins) == {"changes": {}}
