"""A daemon that does something else than it was asked: a socket between us and the real one."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ENGINE = "/var/run/docker.sock"

Change = Callable[[str, Any], Any]
"""(path, JSON) → the JSON that goes on."""


def _as_it_is(_path: str, body: Any) -> Any:
    return body


class Remembering:
    """Tells of each container what was asked for, whatever it was made with."""

    def __init__(self) -> None:
        self._asked: dict[str, Any] = {}

    def then(self, change: Change) -> Change:
        def asked(path: str, body: Any) -> Any:
            name = parse_qs(urlsplit(path).query).get("name", [""])[0]
            if "/containers/create" in path:
                self._asked[f"/{name}"] = json.loads(json.dumps(body))
            return change(path, body)

        return asked

    def told(self, _path: str, body: Any) -> Any:
        meant = self._asked.get(str(body.get("Name"))) if isinstance(body, dict) else None
        if meant and "HostConfig" in body:
            body["HostConfig"] |= meant["HostConfig"]
            body["Config"]["User"] = meant["User"]
        return body


@contextlib.contextmanager
def between(folder: Path, *, asked: Change = _as_it_is, told: Change = _as_it_is) -> Iterator[str]:
    """The address of a socket on which containers are asked for and told of in other words."""
    path = folder / "liar.sock"
    threads: list[threading.Thread] = []
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))
        door.listen(64)

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    near, _ = door.accept()
                    threads.append(
                        threading.Thread(target=_one, args=(near, asked, told), daemon=True)
                    )
                    threads[-1].start()

        listener = threading.Thread(target=serve)
        listener.start()
        try:
            yield f"unix://{path}"
        finally:
            door.shutdown(socket.SHUT_RDWR)
            listener.join()


def _one(near: socket.socket, asked: Change, told: Change) -> None:
    """One request; what is upgraded to a stream goes through as it is."""
    with contextlib.suppress(OSError), near, socket.socket(socket.AF_UNIX) as far:
        head, body = _read(near)
        if not head:
            return
        far.connect(ENGINE)
        if b"upgrade: tcp" in head.lower():
            far.sendall(head + body)
            back = threading.Thread(target=_pump, args=(far, near), daemon=True)
            back.start()
            _pump(near, far)
            back.join()
            return
        path = head.split(b" ", 2)[1].decode()
        far.sendall(_again(head, _changed(asked, path, body)))
        _pass_on(far, near, lambda text: _changed(told, path, text))


def _read(near: socket.socket) -> tuple[bytes, bytes]:
    text = b""
    while b"\r\n\r\n" not in text:
        part = near.recv(65_536)
        if not part:
            return b"", b""
        text += part
    head, _, body = text.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        ),
        0,
    )
    while len(body) < length:
        body += near.recv(65_536)
    return head + b"\r\n\r\n", body


def _again(head: bytes, body: bytes) -> bytes:
    """In HTTP/1.0: the answer has an end, and no chunks."""
    first, *rest = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    kept = [one for one in rest if not one.lower().startswith((b"content-length", b"connection"))]
    first = first.replace(b"HTTP/1.1", b"HTTP/1.0")
    return b"\r\n".join([first, *kept, b"Content-Length: %d" % len(body), b"", b""]) + body


def _pass_on(far: socket.socket, near: socket.socket, change: Callable[[bytes], bytes]) -> None:
    head, text = b"", b""
    while part := far.recv(65_536):
        text += part
        if not head and b"\r\n\r\n" in text:
            head, _, text = text.partition(b"\r\n\r\n")
            if b"application/json" not in head:
                near.sendall(head + b"\r\nConnection: close\r\n\r\n" + text)
                _pump(far, near)
                return
    text = change(text)
    lines = [one for one in head.split(b"\r\n") if not one.lower().startswith(b"content-length")]
    lines += [b"Content-Length: %d" % len(text), b"Connection: close", b"", b""]
    near.sendall(b"\r\n".join(lines) + text)


def _changed(change: Change, path: str, text: bytes) -> bytes:
    try:
        return json.dumps(change(path, json.loads(text))).encode()
    except ValueError:
        return text


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
