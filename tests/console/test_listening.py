"""Who is listened to, on real sockets: slow ones are cut, a room stays in."""

from __future__ import annotations

import contextlib
import http.client
import logging
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from sandboxctl.console import listening, sizes
from sandboxctl.console.listening import Channel, Hushed, Listener, share
from sandboxctl.console.web import headers
from tests.console.rig import until

POLICY = b"content-security-policy: default-src 'none'"
LONG = 60


@dataclass
class Clock:
    at: float = 0.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Listened:
    """A listener over an application that answers what it is told to."""

    listener: Listener
    gate: threading.Event
    clock: Clock

    def later(self, seconds: float) -> None:
        """Time goes by, and somebody looks."""
        self.clock.at += seconds
        self.listener.pull_trigger()

    @property
    def port(self) -> int:
        return int(self.listener.effective_port)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=LONG)

    def said(self, sent: bytes) -> bytes:
        """All that is answered, until the connection is closed."""
        with self.connect() as line:
            with contextlib.suppress(OSError):  # it may be closed before all was sent
                line.sendall(sent)
            return rest(line)

    def ask(self, path: str = "/", body: bytes | None = None, cookie: str = "") -> tuple[int, str]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONG)
        try:
            line.request("POST" if body else "GET", path, body, {"Cookie": cookie})
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        finally:
            line.close()

    @property
    def there(self) -> list[Channel]:
        return [one for one in list(self.listener.active_channels.values()) if not one.will_close]


def rest(line: socket.socket) -> bytes:
    found = b""
    with contextlib.suppress(ConnectionError):
        while more := line.recv(65536):
            found += more
    return found


class Make:
    """Listeners over an application that does what its path says; all end with the test."""

    def __init__(self) -> None:
        self._made: list[tuple[Listened, threading.Thread]] = []

    def __call__(self, **bounds: Any) -> Listened:
        gate, clock = threading.Event(), Clock()
        found = Listener(
            application(gate),
            socket.create_server(("127.0.0.1", 0)),
            headers=headers(tls=True),
            known=lambda cookies: cookies == "console=good",
            now=clock,
            every=0,
            **bounds,
        )
        thread = threading.Thread(target=run, args=(found,), daemon=True)
        thread.start()
        self._made.append((Listened(found, gate, clock), thread))
        return self._made[-1][0]

    def end(self) -> None:
        for one, thread in self._made:
            one.gate.set()
            one.listener.task_dispatcher.shutdown()
            one.later(10_000)
            until(lambda one=one: not one.listener.active_channels)  # type: ignore[misc]
            one.listener.close()
            thread.join(LONG)


@pytest.fixture
def make() -> Iterator[Make]:
    found = Make()
    yield found
    found.end()


@pytest.fixture
def listened(make: Make) -> Listened:
    return make()


def application(gate: threading.Event) -> Callable[..., Iterable[bytes]]:
    def app(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/enter/bug":
            raise RuntimeError("a bug")
        if path in ("/wait", "/desk/wait"):
            assert gate.wait(LONG)
        text = str(len(environ["wsgi.input"].read())).encode()
        if path == "/large":
            text = b"x" * 8 * 1024**2
        start("200 OK", [("Content-Length", str(len(text)))])
        return [text]

    return app


def run(listener: Listener) -> None:
    with contextlib.suppress(OSError):
        listener.run()


@pytest.mark.parametrize(
    "half",
    [
        b"GET / HTTP/1.1\r\nHost: a",
        b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT",
    ],
)
def test_who_sends_a_byte_now_and_then_is_cut_all_the_same(listened: Listened, half: bytes) -> None:
    with listened.connect() as line:
        line.sendall(half)
        until(lambda: listened.there)
        channel = listened.there[0]
        for _ in range(6):
            last = channel.last_activity
            with contextlib.suppress(ConnectionError):
                line.sendall(b"x")
            until(lambda last=last: channel.last_activity > last or channel.will_close)  # type: ignore[misc]
            listened.later(listening.WHOLE / 4)
        until(lambda: not listened.listener.active_channels)


def test_who_says_nothing_at_all_is_cut(listened: Listened) -> None:
    line = listened.connect()
    until(lambda: listened.there)
    listened.later(listening.WHOLE - 1)
    assert listened.there
    listened.later(2)
    assert rest(line) == b""
    line.close()


def test_who_is_being_answered_owes_nothing(listened: Listened) -> None:
    with listened.connect() as line:
        line.sendall(b"GET /wait HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        until(lambda: listened.there and listened.there[0].requests)
        listened.later(10_000)
        assert len(listened.there) == 1
        listened.gate.set()
        assert rest(line).endswith(b"0")


def test_who_does_not_take_an_answer_is_cut(listened: Listened) -> None:
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(LONG)
    line.connect(("127.0.0.1", listened.port))
    line.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
    until(lambda: listened.there and listened.there[0].total_outbufs_len)
    until(lambda: not listened.there[0].requests)
    until(lambda: listened.there[0].since < float("inf"))
    listened.later(listening.WHOLE + 1)
    until(lambda: not listened.listener.active_channels)
    line.close()


def test_a_connection_that_is_kept_serves_many(listened: Listened) -> None:
    line = http.client.HTTPConnection("127.0.0.1", listened.port, timeout=LONG)
    for _ in range(5):
        line.request("GET", "/")
        assert line.getresponse().read() == b"0"
        (channel,) = listened.there
        until(lambda channel=channel: channel.since < float("inf"))  # type: ignore[misc]
        listened.later(listening.WHOLE - 5)
    line.close()


def test_two_at_once_on_one_connection(listened: Listened) -> None:
    one = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    last = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert listened.said(one + one + last).count(b"200 OK") == 3


def test_an_address_that_holds_its_share_loses_the_oldest_and_a_room_stays_in(make: Make) -> None:
    listened = make(each=10)
    slow = []
    for n in range(30):
        line = listened.connect()
        line.sendall(b"GET / HTTP/1.1\r\nHost: 127")
        slow.append(line)
        if n < 10:
            until(lambda n=n: len(listened.there) == n + 1)  # type: ignore[misc]
    until(lambda: len(listened.listener.active_channels) <= 10)
    for _ in range(5):
        assert listened.ask() == (200, "0")
    assert len(listened.there) <= 10
    slow[0].settimeout(LONG)
    assert rest(slow[0]) == b"", "the first to come was the first to go"
    for line in slow:
        line.close()


def test_where_all_of_a_share_is_being_answered_one_more_is_refused(make: Make) -> None:
    listened = make(each=3)
    busy = [listened.connect() for _ in range(3)]
    for line in busy:
        line.sendall(b"GET /wait HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    until(lambda: sum(bool(one.requests) for one in listened.there) == 3)
    with listened.connect() as line:
        assert rest(line) == b""
    listened.gate.set()
    assert [rest(line)[-1:] for line in busy] == [b"0"] * 3
    for line in busy:
        line.close()


def test_where_all_together_are_too_many_it_is_who_has_most_that_gives_way(make: Make) -> None:
    listened = make(most=6)
    few = [listened.connect() for _ in range(2)]
    until(lambda: len(listened.there) == 2)
    for one in listened.there:
        one.addr = ("192.0.2.7", 1)
    many = [listened.connect() for _ in range(10)]
    until(lambda: len(listened.listener.active_channels) <= 6 and not waiting(listened, many))
    assert sum(one.addr[0] == "192.0.2.7" for one in listened.there) == 2
    assert len(listened.there) == 6
    for line in (*few, *many):
        line.close()


def waiting(listened: Listened, lines: list[socket.socket]) -> bool:
    """Whether some of them were not accepted yet."""
    ports = {one.addr[1] for one in list(listened.listener.active_channels.values())}
    return lines[-1].getsockname()[1] not in ports


def test_behind_one_proxy_there_are_no_shares(make: Make) -> None:
    listened = make(each=None)
    lines = [listened.connect() for _ in range(5)]
    until(lambda: len(listened.there) == 5)
    for line in lines:
        line.close()


def test_an_ipv6_network_has_one_share() -> None:
    assert share("2001:db8::1") == share("2001:db8::ffff:1") == "2001:db8::/64"
    assert share("2001:db8:0:1::1") != share("2001:db8::1")
    assert share("fe80::1%eth0") == "fe80::/64"
    assert share("192.0.2.1") == "192.0.2.1"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"NONSENSE\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", b"431"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 33554432\r\n\r\n", b"413"),
        (b"POST /desk HTTP/1.1\r\nHost: a\r\nContent-Length: 33554432\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", b"501"),
        (b"GET /enter/bug HTTP/1.1\r\nHost: a\r\n\r\n", b"500"),
    ],
)
def test_what_no_page_answers_carries_what_every_page_does(
    listened: Listened, sent: bytes, status: bytes
) -> None:
    answer = listened.said(sent)
    assert answer.split(b"\r\n")[0].split(b" ")[1] == status
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert POLICY in head
    for header in (b"x-content-type-options: nosniff", b"cache-control: no-store"):
        assert header in head
    assert b"strict-transport-security: max-age=" in head
    assert b"waitress" not in answer
    assert b"Traceback" not in answer


def test_a_body_in_pieces_is_bounded_as_well(listened: Listened) -> None:
    piece = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = listened.said(head + piece * 5)
    assert b" 413 " in answer.split(b"\r\n")[0]


def test_a_file_is_taken_of_who_came_in_and_where_files_are_handed_in(listened: Listened) -> None:
    large = b"x" * (sizes.HELD + 1)
    assert listened.ask("/desk", large, "console=good") == (200, str(len(large)))
    assert listened.ask("/desk/more", large, "console=good")[0] == 200
    for path, cookie in (("/desk", ""), ("/desk", "console=x"), ("/desks", "console=good")):
        asked = f"POST {path} HTTP/1.1\r\nHost: a\r\nCookie: {cookie}\r\n"
        answer = listened.said(f"{asked}Content-Length: {len(large)}\r\n\r\n".encode())
        assert b" 413 " in answer.split(b"\r\n")[0], (path, cookie)
    head = b"POST /desk HTTP/1.1\r\nHost: a\r\nCookie: console=good\r\nContent-Length: "
    answer = listened.said(head + b"%d\r\n\r\n" % (sizes.UPLOAD + sizes.FORM))
    assert b" 413 " in answer.split(b"\r\n")[0]


def test_two_files_are_on_their_way_at_once_and_have_more_time(listened: Listened) -> None:
    head = b"POST /desk/wait HTTP/1.1\r\nHost: a\r\nCookie: console=good\r\nContent-Length: 300000"
    one, two = listened.connect(), listened.connect()
    for line in (one, two):
        line.sendall(head + b"\r\n\r\n" + b"x" * 1000)
    until(lambda: listened.listener.uploads == 2)
    answer = listened.said(head + b"\r\n\r\n")
    assert b" 503 " in answer.split(b"\r\n")[0]
    assert POLICY in answer.lower()
    assert listened.ask("/") == (200, "0")
    listened.later(listening.WHOLE + 1)
    assert listened.listener.uploads == 2
    two.sendall(b"x" * 299_000)
    until(lambda: any(channel.requests for channel in listened.there))
    assert listened.listener.uploads == 2, "also while a page looks at it"
    listened.later(listening.WHOLE_UPLOAD)
    assert rest(one) == b""
    until(lambda: listened.listener.uploads == 1)
    listened.gate.set()
    two.shutdown(socket.SHUT_WR)
    assert b"300000" in rest(two)
    until(lambda: listened.listener.uploads == 0)
    for line in (one, two):
        line.close()


def test_no_line_of_the_log_has_what_opens_something(
    listened: Listened, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    listened.said(b"GET /enter/bug HTTP/1.1\r\nHost: a\r\n\r\n")
    until(lambda: re.search(r"serving /enter/…", caplog.text))
    assert "/enter/bug" not in caplog.text
    before = len(logging.getLogger("waitress").filters)
    listening.hush(("waitress",))
    assert len(logging.getLogger("waitress").filters) == before
    record = logging.LogRecord("x", 1, "f", 1, "%s and %s", ("/team/a/from/1/2/3", "/b"), None)
    assert Hushed().filter(record)
    assert record.getMessage() == "/team/a/from/… and /b"
