"""A socket between us and the daemon: counts the calls that go over it, and does one wrong.

A call is one request, or one message on the line to the den: state, locks and the gateway's maps
go there, and a crash between two of them is as good a crash as any other. Framing is the standard
library's: `http.server` towards us, `http.client` towards the daemon. What is upgraded, and what
is streamed, passes through.
"""

from __future__ import annotations

import contextlib
import http.client
import http.server
import json
import os
import re
import signal
import socket
import socketserver
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

How = Literal[
    "cut",  # before it reaches the daemon
    "lost",  # the daemon did it, and the answer does not come
    "refused",  # the daemon did it, and the answer is an error
    "torn",  # half of the answer comes
    "hung",  # neither an answer nor an end
    "late",  # it comes, after LATE seconds
    "twice",  # the daemon is asked two times
    "killed before",  # who asks is killed, and the daemon never hears of it
    "killed after",  # who asks is killed, and the daemon has done it
    "beside",  # something else happens, and the call goes on
    "away",  # every connection ends, and for AWAY seconds nobody answers
]
LATE, AWAY = 2.0, 2.0
_ASKS = {f"line {op}" for op in ("hello", "read", "kept", "wait", "fetch", "approvals", "part")}
LINE = b'{"id":'
"""How the first message on a line to the den begins; anything else that is upgraded is no line."""

_WORDS = {
    "archive", "attach", "commit", "connect", "create", "disconnect", "exec", "export", "get",
    "history", "json", "kill", "load", "logs", "pause", "prune", "push", "rename", "resize",
    "restart", "start", "stats", "stop", "tag", "top", "unpause", "update", "wait",
}  # fmt: skip
_FRAME = struct.Struct(">BxxxL")
_STDOUT = 1


@dataclass(frozen=True, order=True)
class Call:
    """The ``nth`` of its ``kind``, such as `POST /containers/{}/start` or `line record`: the order
    of calls that are made side by side changes from run to run, their kinds do not."""

    kind: str
    nth: int

    def __str__(self) -> str:
        return f"{self.kind} #{self.nth}"

    @property
    def only_asks(self) -> bool:
        """Whether the daemon is afterwards what it was before."""
        return self.kind.startswith(("GET ", "HEAD ")) or self.kind in _ASKS


@dataclass
class Fault:
    """What is done at a call. ``act`` is what kills, or what happens beside it; ``struck`` says
    that it came to the call."""

    call: Call
    how: How
    act: Callable[[], None] = lambda: None
    struck: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Made:
    """Something the daemon said it made."""

    kind: Literal["container", "network", "volume", "image"]
    id: str


_MAKES: dict[str, Literal["container", "network", "volume", "image"]] = {
    "POST /containers/create": "container",
    "POST /networks/create": "network",
    "POST /volumes/create": "volume",
    "POST /commit": "image",
}


class Proxy:
    """Between ``path``, a unix socket of its own, and ``daemon``, that of the real engine."""

    def __init__(self, path: Path, daemon: str) -> None:
        self.url, self.daemon = f"unix://{path}", daemon
        self._guard = threading.Lock()
        self._counts: Counter[str] = Counter()
        self.calls: list[Call] = []
        self.made: list[Made] = []
        self._fault: Fault | None = None
        self._ends: set[socket.socket] = set()
        self._back = 0.0
        self._over = threading.Event()
        self._server = _Server(str(path), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def begin(self, fault: Fault | None = None) -> None:
        """Count anew, and do ``fault`` when its call comes."""
        with self._guard:
            self._counts.clear()
            self.calls, self.made, self._fault = [], [], fault

    def counted(self, kind: str) -> Fault | None:
        """One more call; the fault if it is its turn."""
        with self._guard:
            self._counts[kind] += 1
            call = Call(kind, self._counts[kind])
            self.calls.append(call)
            fault = self._fault
            if fault is None or fault.call != call:
                return None
            self._fault = None
        fault.struck.set()
        return fault

    def note(self, kind: str, answer: bytes) -> None:
        """Keep what the daemon made, whether or not anybody hears of it."""
        if kind in _MAKES:
            with contextlib.suppress(ValueError, KeyError, TypeError):
                told = json.loads(answer)
                self.made.append(Made(_MAKES[kind], told.get("Id") or told["Name"]))

    @property
    def is_away(self) -> bool:
        return time.monotonic() < self._back

    def until_back(self) -> None:
        """Waits while nobody answers."""
        time.sleep(max(0.0, self._back - time.monotonic()))

    def go_away(self, seconds: float) -> None:
        """As a daemon that is started again: all that is open ends."""
        self._back = time.monotonic() + seconds
        self.cut()

    def cut(self) -> None:
        """End every connection, and take new ones at once."""
        with self._guard:
            ends, self._ends = self._ends, set()
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def know(self, *ends: socket.socket) -> None:
        with self._guard:
            self._ends.update(ends)

    def hang(self) -> None:
        self._over.wait()

    def close(self) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self.cut()
        self._server.server_close()


@contextlib.contextmanager
def proxy(path: Path, daemon: str) -> Iterator[Proxy]:
    """A proxy at ``path`` before the unix socket ``daemon``, gone afterwards."""
    one = Proxy(path, daemon)
    try:
        yield one
    finally:
        one.close()


def kill(pid: Callable[[], int]) -> Callable[[], None]:
    """What ends a process as no process can prevent."""

    def done() -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid(), signal.SIGKILL)

    return done


def kind_of(method: str, path: str) -> str:
    """Which call it is, whatever it is about: `DELETE /containers/{}`."""
    plain = re.sub(r"^/v\d+\.\d+(?=/)", "", path.partition("?")[0])
    first, *rest = plain.strip("/").split("/")
    if not rest:
        return f"{method} /{first}"
    verb = [rest[-1]] if rest[-1] in _WORDS else []
    about = ["{}"] if len(rest) > len(verb) else []
    return f"{method} /{'/'.join([first, *about, *verb])}"


class _Cut(Exception):
    """This connection is over."""


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads, block_on_close, request_queue_size = False, True, 64

    def __init__(self, path: str, owner: Proxy) -> None:
        self.owner = owner
        super().__init__(path, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that was cut is no news."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.owner = cast("_Server", self.server).owner
        self.owner.know(self.connection)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""

    def handle_one_request(self) -> None:
        if self.owner.is_away:
            self.close_connection = True
            return
        try:
            super().handle_one_request()
        except (_Cut, OSError, http.client.HTTPException):
            self.close_connection = True

    def handle_expect_100(self) -> bool:
        return True

    def _pass(self) -> None:
        body = self._body()
        kind = kind_of(self.command, self.path)
        fault = self.owner.counted(kind)
        how = fault.how if fault else None
        if fault and how in ("cut", "killed before", "away", "hung"):
            _strike(self.owner, fault)
            raise _Cut
        if fault and how in ("late", "beside"):
            _strike(self.owner, fault)
        if how == "twice":
            with contextlib.closing(self._asked(body)) as first:
                self.owner.note(kind, first.answer.read())
        with contextlib.closing(self._asked(body)) as far:
            if far.is_upgraded:
                self._through(far, fault)
                return
            if kind in _MAKES or how in ("lost", "refused", "torn", "killed after"):
                self._whole(far, kind, fault)
                return
            self._stream(far)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _pass

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)

    def _asked(self, body: bytes) -> _Far:
        upgrade = "upgrade" in self.headers.get("Connection", "").lower()
        own = {"content-length", "transfer-encoding", *(() if upgrade else ("connection",))}
        lines = [f"{self.command} {self.path} HTTP/1.1"]
        lines += [f"{k}: {v}" for k, v in self.headers.items() if k.lower() not in own]
        lines += [f"Content-Length: {len(body)}", *(() if upgrade else ("Connection: close",))]
        return _Far(self.owner, "\r\n".join([*lines, "", ""]).encode() + body, self.command)

    def _head(self, far: _Far, length: int | None) -> None:
        self.send_response_only(far.answer.status, far.answer.reason)
        framing = {"content-length", "transfer-encoding", "connection"}
        for name, value in far.answer.getheaders():
            if name.lower() not in framing:
                self.send_header(name, value)
        if length is None:
            self.send_header("Transfer-Encoding", "chunked")
        elif far.answer.status not in (204, 304):
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _whole(self, far: _Far, kind: str, fault: Fault | None) -> None:
        text = far.answer.read()
        if far.answer.status < 300:
            self.owner.note(kind, text)
        how = fault.how if fault else None
        if fault and how in ("lost", "killed after"):
            _strike(self.owner, fault)
            raise _Cut
        if how == "refused":
            said = json.dumps({"message": "a fault that a test made"}).encode()
            self.send_response_only(500, "Internal Server Error")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)
            return
        self._head(far, len(text))
        if how == "torn":
            self.wfile.write(text[: len(text) // 2])
            raise _Cut
        self.wfile.write(text)

    def _stream(self, far: _Far) -> None:
        bodiless = self.command == "HEAD" or far.answer.status in (204, 304)
        length = 0 if bodiless else far.answer.length
        if self.command == "HEAD":
            length = int(far.answer.headers.get("Content-Length") or 0)
        self._head(far, length)
        while not bodiless and (part := far.answer.read1(65_536)):
            chunk = part if length is not None else b"%x\r\n%b\r\n" % (len(part), part)
            self.wfile.write(chunk)
        if length is None:
            self.wfile.write(b"0\r\n\r\n")

    def _through(self, far: _Far, fault: Fault | None) -> None:
        """Both ways, until both are over. The line of a den is looked into."""
        self.close_connection = True
        if fault and fault.how in ("lost", "killed after", "refused", "torn"):
            _strike(self.owner, fault)
            raise _Cut
        self.send_response_only(far.answer.status, far.answer.reason)
        for name, value in far.answer.getheaders():
            self.send_header(name, value)
        self.end_headers()
        line = _Line(self.owner, far, self.connection)
        told = threading.Thread(target=line.tell, args=(self.rfile,), daemon=True)
        told.start()
        with contextlib.suppress(OSError):
            line.hear()
        for end in (self.connection, far.socket):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        told.join()


class _Far:
    """One call at the daemon, on a connection of its own, and the head of its answer."""

    def __init__(self, owner: Proxy, request: bytes, method: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        try:
            self.socket.connect(owner.daemon)
            owner.know(self.socket)
            self.socket.sendall(request)
            self.answer = http.client.HTTPResponse(self.socket, method=method)
            self.answer.begin()
        except BaseException:
            self.socket.close()
            raise
        self.content: Any = self.answer.fp

    @property
    def is_upgraded(self) -> bool:
        raw = "raw-stream" in self.answer.headers.get("Content-Type", "")
        unframed = not self.answer.chunked and self.answer.length is None
        return self.answer.status == 101 or (raw and unframed)

    def close(self) -> None:
        self.answer.close()
        self.socket.close()


class _Line:
    """What goes over an upgraded connection: messages, each a call, if it is a den's line."""

    def __init__(self, owner: Proxy, far: _Far, near: socket.socket) -> None:
        self._owner, self._far, self._near = owner, far, near
        self._faults: dict[int, Fault] = {}
        self._is_line = False

    def tell(self, source: Any) -> None:
        """From us to the daemon."""
        rest = b""
        try:
            while part := source.read1(65_536):
                self._is_line = self._is_line or (not rest and part.startswith(LINE))
                if not self._is_line:
                    self._far.socket.sendall(part)
                    continue
                *messages, rest = (rest + part).split(b"\n")
                for message in messages:
                    self._one(message)
        except (_Cut, OSError):
            self._end()
        with contextlib.suppress(OSError):
            self._far.socket.shutdown(socket.SHUT_WR)

    def _one(self, message: bytes) -> None:
        asked = json.loads(message)
        fault = self._owner.counted(f"line {asked['op']}")
        match fault.how if fault else None:
            case "cut" | "killed before" | "away":
                assert fault
                _strike(self._owner, fault)
                raise _Cut
            case "hung":
                return
            case "late" | "beside":
                assert fault
                _strike(self._owner, fault)
            case "twice":
                again = json.dumps({**asked, "id": 10**9 + int(asked["id"])}).encode()
                self._far.socket.sendall(again + b"\n")
            case "lost" | "killed after" | "refused" | "torn":
                assert fault
                self._faults[int(asked["id"])] = fault
            case _:
                pass
        self._far.socket.sendall(message + b"\n")

    def hear(self) -> None:
        """From the daemon to us: whole answers, for an answer may be what goes wrong."""
        rest = b""
        while True:
            if not self._far.content.peek(1):
                return
            if not self._is_line:
                self._near.sendall(self._far.content.read1(65_536))
                continue
            header = self._far.content.read(_FRAME.size)
            payload = self._far.content.read(_FRAME.unpack(header)[1])
            if header[0] != _STDOUT:
                self._near.sendall(header + payload)
                continue
            *answers, rest = (rest + payload).split(b"\n")
            for answer in answers:
                self._answered(answer)

    def _answered(self, answer: bytes) -> None:
        number = json.loads(answer)["id"]
        fault = self._faults.pop(number, None)
        if fault and fault.how in ("lost", "killed after"):
            _strike(self._owner, fault)
            self._end()
            return
        if fault and fault.how == "refused":
            said = {"id": number, "ok": False, "error": "a fault that a test made"}
            answer = json.dumps(said).encode()
        framed = _FRAME.pack(_STDOUT, len(answer) + 1) + answer + b"\n"
        if fault and fault.how == "torn":
            self._near.sendall(framed[: len(framed) // 2])
            self._end()
            return
        self._near.sendall(framed)

    def _end(self) -> None:
        for end in (self._near, self._far.socket):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def _strike(owner: Proxy, fault: Fault) -> None:
    match fault.how:
        case "killed before" | "killed after" | "beside":
            fault.act()
        case "late":
            time.sleep(LATE)
        case "away":
            owner.go_away(AWAY)
        case "hung":
            owner.hang()
        case _:
            pass
