"""The den's end of the line, without an engine: its files, its locks, its questions."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandboxctl.engine.relay import admin, going, keys, locks, maps, probe, store, times
from sandboxctl.engine.relay.admin import Admins
from sandboxctl.engine.relay.maps import Maps
from sandboxctl.engine.relay.refused import Refused

NEVER = threading.Event()
KEYS = st.dictionaries(st.text("abc", min_size=1), st.sampled_from("xyz"))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A den in which nothing is decided yet."""
    (tmp_path / "locks").mkdir()
    (tmp_path / "recipes").mkdir()
    (tmp_path / "den.json").write_text('{"format": 1, "sandboxes": {}}')
    return tmp_path


def test_a_record_is_written_whole_and_leaves_the_others_alone(state: Path) -> None:
    store.record(state, "a", {"live": 1})
    store.record(state, "b", {"live": 2})
    assert store.record(state, "a", {"live": 3}) == {"changed": True}
    assert store.record(state, "a", {"live": 3}) == {"changed": False}
    assert store.read(state) == {"a": {"live": 3}, "b": {"live": 2}}
    assert store.record(state, "b", None) == {"changed": True}
    assert store.read(state) == {"a": {"live": 3}}
    assert sorted(p.name for p in state.iterdir()) == ["den.json", "locks", "recipes"]
    assert (state / "den.json").stat().st_mode & 0o777 == 0o600


def test_what_was_granted_stays_beside_the_records(state: Path) -> None:
    assert store.approvals(state) == {}
    store.record(state, "a", {"live": 1})
    assert store.approve(state, "f" * 64, {"by": "kim"}) == {"changed": True}
    store.record(state, "a", {"live": 2})
    assert store.approvals(state) == {"f" * 64: {"by": "kim"}}
    assert store.read(state) == {"a": {"live": 2}}
    assert store.approve(state, "f" * 64, None) == {"changed": True}
    assert store.approve(state, "f" * 64, None) == {"changed": False}
    assert store.approvals(state) == {}
    assert json.loads((state / "den.json").read_text())["format"] == 1


def test_approvals_in_another_form_grant_nothing(state: Path) -> None:
    (state / "den.json").write_text('{"format": 1, "sandboxes": {}, "approvals": ["all"]}')
    assert store.approvals(state) == {}
    store.approve(state, "f" * 64, {"by": "kim"})
    assert store.approvals(state) == {"f" * 64: {"by": "kim"}}
    with pytest.raises(Refused, match="cannot be the name"):
        store.approve(state, "../x", {})


def test_open_parts_take_any_entry_and_the_others_none(state: Path) -> None:
    assert store.part(state, "spares") == store.part(state, "workshops") == {}
    assert store.decide(state, "spares", "spare.0a.1", {"live": 1}) == {"changed": True}
    assert store.decide(state, "workshops", "summer", {"teams": 3}) == {"changed": True}
    assert store.decide(state, "workshops", "summer", {"teams": 3}) == {"changed": False}
    store.record(state, "a", {"live": 1})
    assert store.part(state, "spares") == {"spare.0a.1": {"live": 1}}
    assert store.part(state, "workshops") == {"summer": {"teams": 3}}
    assert store.part(state, "sandboxes") == {"a": {"live": 1}}
    assert store.decide(state, "spares", "spare.0a.1", None) == {"changed": True}
    assert store.part(state, "spares") == {}
    for part in ("sandboxes", "approvals", "format", "other"):
        with pytest.raises(Refused, match="has no part"):
            store.decide(state, part, "a", {})
    with pytest.raises(Refused, match="has no part 'format'"):
        store.part(state, "format")
    with pytest.raises(Refused, match="cannot be the name"):
        store.decide(state, "spares", "../x", {})


def test_records_written_at_once_are_all_there(state: Path) -> None:
    writers = [
        threading.Thread(target=store.record, args=(state, f"s{n}", {"live": n})) for n in range(20)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert store.read(state) == {f"s{n}": {"live": n} for n in range(20)}


@pytest.mark.parametrize(
    "text", ["", '{"format": 1, "sandb', "[]", '{"format": 2, "sandboxes": {}}', '{"format": 1}']
)
def test_a_state_that_is_torn_or_of_another_kind_is_not_an_empty_one(
    state: Path, text: str
) -> None:
    (state / "den.json").write_text(text)
    with pytest.raises(Refused, match=r"the den's state \(den\.json\)"):
        store.read(state)
    with pytest.raises(Refused):
        store.record(state, "a", {})
    assert (state / "den.json").read_text() == text


def test_a_recipe_is_kept_once_under_the_name_of_its_content(state: Path) -> None:
    folder = state / "recipes"
    assert store.kept(folder, "abc") is None
    assert store.keep(folder, "abc", "one\n") == {"new": True}
    assert store.keep(folder, "abc", "two\n") == {"new": False}
    assert store.kept(folder, "abc") == "one\n"


def test_a_recipe_that_nothing_decided_speaks_of_is_forgotten(state: Path) -> None:
    folder = state / "recipes"
    store.keep(folder, "abc", "one\n")
    store.keep(folder, "def", "two\n")
    store.record(state, "demo", {"live": 1, "recipe": "def"})
    assert store.sweep(state) == {"forgotten": 0}, "what was just kept is about to be decided on"
    assert store.sweep(state, mine=["def"]) == {"forgotten": 0}, "somebody else needs it"
    assert store.sweep(state, mine=["abc"]) == {"forgotten": 1}
    store.keep(folder, "abc", "one\n")
    assert store.sweep(state, older=-1) == {"forgotten": 1}
    assert store.kept(folder, "abc") is None
    assert store.kept(folder, "def") == "two\n"


def test_a_generation_goes_live_in_one_write(state: Path) -> None:
    ways = {"hosts": {"demo.example": "demo/2"}, "routes": {}}
    store.decide(state, "spares", "spare.abc.1", {"recipe": "abc"})
    record = {"live": 2, "home": "spare.abc.1", "recipe": "abc", "key": "k"}
    recipe = ("abc", "{}")

    def live(sandbox: str, record: object) -> dict[str, Any]:
        return going.live(state, sandbox, record, recipe, "spare.abc.1", ways)

    assert going.glance(state, "demo")["record"] is None
    assert live("demo", record) == {"taken": False, "rekeyed": True}
    assert store.read(state) == {"demo": record}
    assert store.part(state, "spares") == {}
    assert store.ways(state) == {"demo": ways}
    assert store.kept(state / "recipes", "abc") == "{}"
    assert going.glance(state, "demo") == {"record": record, "recipe": "{}", "spares": {}}
    written = (state / "den.json").stat().st_mtime_ns
    again = live("demo", record)
    assert again == {"taken": False, "rekeyed": False}, "the answer was lost, and it is asked again"
    assert (state / "den.json").stat().st_mtime_ns == written
    assert live("other", {"live": 2})["taken"]
    assert store.read(state) == {"demo": record}
    aside = {**record, "live": 3, "home": "", "asides": [{"home": "spare.abc.1"}]}
    store.record(state, "demo", aside)
    assert not live("demo", record)["taken"], "an undo goes back to what was a spare once"


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", ".hidden", "A", "a\n", "a" * 200])
def test_a_name_never_leaves_its_folder(state: Path, name: str) -> None:
    with pytest.raises(Refused, match="cannot be the name of a file"):
        store.keep(state / "recipes", name, "x")
    with pytest.raises(Refused, match="cannot be the name of a file"):
        locks.Locks(state / "locks").take(name, wait_seconds=0, who="me", stop=NEVER)


def test_a_lock_has_one_holder_who_is_named(state: Path) -> None:
    mine, yours = locks.Locks(state / "locks"), locks.Locks(state / "locks")
    assert mine.take("demo", wait_seconds=0, who="me", stop=NEVER)["locked"]
    refused = {"locked": False, "holder": "me"}
    assert yours.take("demo", wait_seconds=0.05, who="you", stop=NEVER) == refused
    assert mine.take("demo", wait_seconds=0, who="me again", stop=NEVER) == refused
    assert yours.take("other", wait_seconds=0, who="you", stop=NEVER)["locked"]
    mine.free("demo")
    with pytest.raises(Refused, match="does not hold"):
        mine.free("demo")
    assert yours.take("demo", wait_seconds=0, who="you", stop=NEVER)["locked"]
    called_back = threading.Event()
    called_back.set()
    assert not mine.take("demo", wait_seconds=60, who="me", stop=called_back)["locked"]
    yours.free("demo")
    yours.free("other")


def test_nobody_takes_a_lock_after_its_controller_has_gone(state: Path) -> None:
    gone, mine = locks.Locks(state / "locks"), locks.Locks(state / "locks")
    assert gone.take("demo", wait_seconds=0, who="it", stop=NEVER)["locked"]
    gone.end()
    assert mine.take("demo", wait_seconds=0, who="me", stop=NEVER)["locked"]
    mine.free("demo")
    with pytest.raises(Refused, match="nobody is there"):
        gone.take("demo", wait_seconds=0, who="it", stop=NEVER)
    assert mine.take("demo", wait_seconds=0, who="me", stop=NEVER)["locked"]
    mine.end()


@contextmanager
def relay_of(state: Path, den: Path) -> Iterator[subprocess.Popen[str]]:
    """A relay as the gateway runs it, on what is decided in ``state``."""
    (den / "maps").mkdir()
    (den / "state").mkdir()
    for part in ("locks", "recipes", "den.json"):
        (state / part).rename(den / "state" / part)
    with subprocess.Popen(
        [sys.executable, "-m", "sandboxctl.engine.relay"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "DEN_FOLDER": str(den)},
    ) as relay:
        yield relay


def test_a_relay_ends_with_its_controller_and_frees_its_locks(state: Path, tmp_path: Path) -> None:
    with relay_of(state, tmp_path) as relay:
        assert relay.stdin is not None
        assert relay.stdout is not None
        relay.stdin.write('{"id":7,"op":"lock","name":"demo","wait_seconds":0,"who":"me"}\n')
        relay.stdin.flush()
        assert json.loads(relay.stdout.readline())["locked"]
        for request in ('{"id":8,"op":"lock"}', '{"id":1,"op":"no"}'):
            relay.stdin.write(request + "\n")
            relay.stdin.flush()
        answers = {one["id"]: one for one in (json.loads(relay.stdout.readline()) for _ in "12")}
        assert "missing" in answers[8]["error"]
        assert answers[1] == {"id": 1, "ok": False, "error": "this den's relay does not know 'no'"}
        mine = locks.Locks(tmp_path / "state" / "locks")
        assert not mine.take("demo", wait_seconds=0, who="you", stop=NEVER)["locked"]
        relay.stdin.close()
        assert mine.take("demo", wait_seconds=5, who="you", stop=NEVER)["locked"]
        assert relay.wait(5) == 0
    mine.free("demo")


BUSY = b"""0x1: proto=tcpv4
  server=by-route (id=1) addr=10.9.9.9:8000
"""


@contextmanager
def haproxy(path: str, busy: threading.Event) -> Iterator[list[str]]:
    """An admin socket with one visitor at 10.9.9.9 while ``busy``; what it was told."""
    told: list[str] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                visitor, _ = door.accept()
                with visitor:
                    told.append(visitor.recv(1000).decode().strip())
                    visitor.sendall(BUSY if busy.is_set() and "show sess" in told[-1] else b"\n")

    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen()
        server = threading.Thread(target=serve)
        server.start()
        yield told
        door.shutdown(socket.SHUT_RDWR)
        server.join()


def test_what_is_drained_outlives_the_controller_and_its_locks_do_not(
    state: Path, tmp_path: Path
) -> None:
    busy = threading.Event()
    busy.set()
    (tmp_path / "run").mkdir()
    drain = {"id": 2, "op": "drain", "addresses": ["10.9.9.9"], "grace": 60}
    lock = {"id": 1, "op": "lock", "name": "demo", "wait_seconds": 0, "who": "me"}
    with (
        haproxy(str(tmp_path / "run" / "one.sock"), busy) as told,
        relay_of(state, tmp_path) as relay,
    ):
        assert relay.stdin is not None
        assert relay.stdout is not None
        for request in (lock, drain):
            relay.stdin.write(json.dumps(request) + "\n")
        relay.stdin.close()
        mine = locks.Locks(tmp_path / "state" / "locks")
        assert mine.take("demo", wait_seconds=30, who="you", stop=NEVER)["locked"]
        with pytest.raises(subprocess.TimeoutExpired):
            relay.wait(0.5)
        busy.clear()
        assert relay.wait(30) == 0
        assert told[-1] == "show sess all", "nobody was left to be cut off"
        mine.end()


@contextmanager
def answering(answer: bytes | None) -> Iterator[int]:
    """The port of a service that says ``answer`` to whoever comes; None: it says nothing."""
    over = threading.Event()

    def serve() -> None:
        while True:
            try:
                visitor, _ = door.accept()
            except OSError:
                return
            with visitor:
                visitor.recv(1000)
                if answer is None:
                    over.wait(5)
                else:
                    visitor.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as door:
        server = threading.Thread(target=serve)
        server.start()
        yield door.getsockname()[1]
        over.set()
        door.shutdown(socket.SHUT_RDWR)
        server.join()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", None),
        (b"HTTP/1.0 302 Found\r\nLocation: /x\r\n\r\n", None),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "answered 404"),
        (b"HTTP/1.1 500 Oh\r\n\r\n", "answered 500"),
        (b"+PONG\r\n", "does not speak HTTP"),
        (b"", "closed the connection before it answered"),
        (None, "timed out"),
    ],
)
def test_a_service_is_ready_when_it_answers_200_to_399(
    answer: bytes | None, why: str | None
) -> None:
    with answering(answer) as port:
        found = probe.wait("http", "127.0.0.1", port, deadline=0.0, patience=0.2, stop=NEVER)
    assert found["ready"] is (why is None)
    assert (why or "") in found.get("reason", "")


def test_tcp_is_ready_when_a_connection_is_taken() -> None:
    with answering(b"") as port:
        assert probe.wait("tcp", "127.0.0.1", port, deadline=1, stop=NEVER)["ready"]
    late = probe.wait("tcp", "127.0.0.1", port, deadline=0.1, stop=NEVER)
    assert late["reason"] == f"nothing listens on port {port}: connection refused"
    assert 0.1 <= late["after"] < 1


def test_an_endless_drip_is_not_waited_for() -> None:
    begun = time.monotonic()
    with answering(b"x" * 5000) as port:
        found = probe.wait("http", "127.0.0.1", port, deadline=0, patience=0.5, stop=NEVER)
    assert found["reason"].endswith("does not speak HTTP")
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(("host", "path"), [("a", "x"), ("a", "/ x"), ("a\r\nb", "/"), ("a", "/ä")])
def test_a_question_cannot_carry_another_one(host: str, path: str) -> None:
    with pytest.raises(Refused, match="cannot be asked for in HTTP"):
        probe.wait("http", "127.0.0.1", 9, host=host, path=path, deadline=0, stop=NEVER)


@pytest.mark.parametrize("cookie", ["a b", "a\r\nX: y", "ä"])
def test_a_cookie_cannot_carry_another_header(cookie: str) -> None:
    with (
        answering(b"") as port,
        pytest.raises(Refused, match="cannot be asked for in HTTP"),
    ):
        probe.Frontend("127.0.0.1", tls=False).fetch("demo", port=port, cookie=cookie)


def test_where_no_gateway_is_a_fetch_says_so() -> None:
    with pytest.raises(Refused, match="the gateway does not answer"):
        probe.Frontend("127.0.0.1", tls=False).fetch("demo", port=9)


PAGE = b"HTTP/1.1 200 OK\r\n%s\r\n" + b"x" * 9000


@pytest.mark.parametrize(
    ("answer", "target"),
    [
        (PAGE % b"x-den-target: demo/3\r\n", "demo/3"),
        (PAGE % (b"A: %s\r\nX-Den-Target:demo/3\r\n" % (b"y" * 9000)), "demo/3"),
        (PAGE % b"", None),
        (PAGE % b"B: x-den-target: demo/3\r\n", None),
        (b"HTTP/1.1 103 Early\r\nX-Den-Target: lie/1\r\n\r\n" + PAGE % b"", None),
    ],
)
def test_a_fetch_tells_whom_the_gateway_asked(answer: bytes, target: str | None) -> None:
    with answering(answer) as port:
        page = probe.Frontend("127.0.0.1", tls=False).fetch("demo", port=port)
    assert (page["status"], page["target"], page["body"]) == (200, target, "x" * 4096)


def test_an_answer_that_never_comes_is_not_waited_for() -> None:
    with answering(b"HTTP/1.1 100 Wait\r\n\r\n") as port, pytest.raises(Refused, match="closed"):
        probe.Frontend("127.0.0.1", tls=False).fetch("demo", port=port)


def test_what_opens_a_sandbox_is_not_what_haproxy_is_given() -> None:
    records = {"a": {"key": "k"}, "b": {"key": "k"}, "old": {"live": 1}, "none": {"key": ""}}
    found = keys.digests(records)
    assert sorted(found.values()) == ["a", "b"], "without a key nobody comes in"
    assert found[hashlib.sha256(b"den_a=k").hexdigest().upper()] == "a"


def test_a_way_leads_from_the_sandboxs_own_host_over_its_public_services() -> None:
    hosts = {
        "mail--a.den": "a/3/mail--",
        "a.den": "a/3",
        "api--a.den": "a/3/api--",
        ":8081": "a/3",
        "b.den": "b/1",
        "api--a-b.den": "a-b/1/api--",
        "a-b.den": "a-b/1",
    }
    assert keys.ways(hosts) == {
        "a.den": "api--a.den",
        "api--a.den": "mail--a.den",
        "a-b.den": "api--a-b.den",
    }
    assert keys.ways({}) == keys.ways({":8081": "a/3", "a.den": "a/3"}) == {}


@given(KEYS, KEYS)
def test_a_difference_carried_out_is_what_was_wanted(
    runs: dict[str, str], wanted: dict[str, str]
) -> None:
    more, gone = maps.difference(runs, wanted)
    after = dict(runs)
    for verb, key, value in more:
        assert (verb == "set") is (key in after)
        after[key] = value
    for key in gone:
        del after[key]
    assert after == wanted


@given(st.lists(st.text("ab/.: ", min_size=1, max_size=5000), max_size=20))
def test_commands_are_joined_into_lines_that_are_not_too_long(steps: list[str]) -> None:
    lines = admin.batches(steps)
    assert "; ".join(lines) == "; ".join(steps)
    assert all(len(line) <= 8_000 for line in lines)


@pytest.mark.parametrize(
    ("hosts", "routes"),
    [
        ({"a b": "demo/1"}, {}),
        ({"A.example": "demo/1"}, {}),
        ({"a.example": "other/1"}, {}),
        ({"a.example": "demo"}, {}),
        ({}, {"other/1/": "10.0.0.1:80"}),
        ({}, {"demo/1": "10.0.0.1:80"}),
        ({}, {"demo/1/": "example.org:80"}),
        ({}, {"demo/1/\n/": "10.0.0.1:80"}),
        ({}, {"demo/1/;x/": "10.0.0.1:80"}),
    ],
)
def test_only_routes_of_the_sandbox_itself_are_taken(
    tmp_path: Path, hosts: dict[str, str], routes: dict[str, str]
) -> None:
    maps = Maps(tmp_path, tmp_path / "guard", Admins(tmp_path / "run"))
    with pytest.raises(Refused, match="not a route of demo"):
        maps.routes(tmp_path, "demo", hosts, routes)
    assert list(tmp_path.iterdir()) == []


def test_how_long_the_gateway_runs_is_told_by_a_clock_that_nobody_sets(tmp_path: Path) -> None:
    up = time.clock_gettime(time.CLOCK_BOOTTIME)
    ticks = round((up - 100) * os.sysconf("SC_CLK_TCK"))
    first = tmp_path / "stat"
    first.write_text(f"1 (a (strange) name) S {' '.join(str(n) for n in range(4, 22))} {ticks} 0 0")
    told = times.times(first)
    assert 99.9 < told["up"] < 160
    assert abs(told["wall"] - time.time()) < 60
    assert 0 < times.times()["up"] <= time.clock_gettime(time.CLOCK_BOOTTIME)
