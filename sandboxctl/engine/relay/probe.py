"""Questions asked from inside: does a service answer, and what does a team see?"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from dataclasses import dataclass
from typing import Any

from .refused import Refused

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_INTERIM = re.compile(rb"HTTP/1\.1 1\d\d")
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_TARGET = re.compile(r"^x-den-target: *(\S+)\r?$", re.IGNORECASE | re.MULTILINE)
_HEAD, _HEADS, _SEEN = 1024, 20_480, 4096
"""Bytes read: of a status, of all headers (HAProxy passes on 16 KiB of them), of a page."""


def wait(
    kind: str,
    address: str,
    port: int,
    *,
    deadline: float,
    stop: threading.Event,
    path: str = "/",
    host: str = "",
    every: float = 0.05,
    patience: float = 2.0,
) -> dict[str, Any]:
    """Asks every ``every`` seconds until it is ready, or ``deadline`` seconds are over.

    ``http`` is ready when it answers 200 to 399, and redirects are not followed; ``tcp`` when it
    takes a connection. One question is given ``patience`` seconds.
    """
    question = _request(host or address, path) if kind == "http" else b""
    begun = time.monotonic()
    while True:
        why = why_not(address, port, question, patience)
        after = round(time.monotonic() - begun, 4)
        if why is None:
            return {"ready": True, "after": after}
        if stop.is_set():
            return {"ready": False, "after": after, "reason": "cancelled"}
        if after >= deadline:
            return {"ready": False, "after": after, "reason": why}
        stop.wait(min(every, max(0.0, deadline - after)))


def why_not(address: str, port: int, question: bytes, patience: float) -> str | None:
    """Asks once; None if it is ready, else why not, in words."""
    end = time.monotonic() + patience
    try:
        with socket.create_connection((address, port), timeout=patience) as connection:
            if not question:
                return None
            connection.sendall(question)
            head = _read(connection, end, enough=b"\r\n", most=_HEAD)
    except ConnectionRefusedError:
        return f"nothing listens on port {port}: connection refused"
    except TimeoutError:
        return f"timed out: port {port} said nothing for {patience:g} s"
    except ConnectionError:
        return f"port {port} closed the connection before it answered"
    except OSError as problem:
        return f"{address} cannot be reached: {problem.strerror or problem}"
    return _verdict(head, port)


def _verdict(head: bytes, port: int) -> str | None:
    if not head:
        return f"port {port} closed the connection before it answered"
    status = _STATUS.match(head)
    if not status:
        return f"port {port} does not speak HTTP"
    code = int(status[1])
    return None if 200 <= code < 400 else f"answered {code}"


@dataclass(frozen=True)
class Frontend:
    """The gateway's own door, as a team's browser comes to it."""

    address: str
    tls: bool

    def fetch(
        self,
        host: str,
        path: str = "/",
        port: int = 8080,
        cookie: str = "",
        patience: float = 10.0,
    ) -> dict[str, Any]:
        """GET through the gateway: its status and the first bytes of what it says.

        ``port`` is the one inside the gateway: 8080, or 8080 plus the slot of a sandbox;
        ``cookie`` what a team's browser was given for its key. ``target`` in the answer is whom
        the gateway asked, such as ``demo/3``; None where it does not lead to a sandbox.
        """
        end = time.monotonic() + patience
        try:
            with contextlib.closing(self._connect(host, port, patience)) as connection:
                connection.sendall(_request(host, path, cookie))
                head, body = _final(connection, end)
                body += _read(connection, end, enough=b"", most=_SEEN - len(body))
        except OSError as problem:
            raise Refused(f"the gateway does not answer: {problem}") from None
        status = _STATUS.match(head)
        if not status:
            raise Refused("the gateway closed the connection before it answered")
        told = head.decode("latin-1")
        target = _TARGET.search(told)
        return {
            "status": int(status[1]),
            "head": told,
            "body": body[:_SEEN].decode("utf-8", "replace"),
            "target": target[1] if target else None,
        }

    def _connect(self, host: str, port: int, patience: float) -> socket.socket:
        plain = socket.create_connection((self.address, port), timeout=patience)
        if not self.tls:
            return plain
        import ssl  # 20 ms that a den without TLS need not spend

        # The certificate is for the teams' browsers; this connection never leaves the container.
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        return trusting.wrap_socket(plain, server_hostname=host)


def _request(host: str, path: str, cookie: str = "") -> bytes:
    words = (host, path, cookie or "-")
    if not (all(map(_PRINTABLE.fullmatch, words)) and path.startswith("/")):
        raise Refused(f"{host!r} {path!r} cannot be asked for in HTTP")
    known = f"Cookie: {cookie}\r\n" if cookie else ""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: sandboxctl\r\n"
        f"Accept: */*\r\n{known}Connection: close\r\n\r\n"
    ).encode("ascii")


def _final(connection: socket.socket, end: float) -> tuple[bytes, bytes]:
    """The head of the answer, and the body as far as it came with it. What a prototype sends
    before its answer (103 Early Hints) goes by: HAProxy passes that on as it is."""
    rest = b""
    while True:
        if b"\r\n\r\n" not in rest:
            rest += _read(connection, end, enough=b"\r\n\r\n", most=_HEADS)
        head, _, rest = rest.partition(b"\r\n\r\n")
        if not _INTERIM.match(head):
            return head, rest


def _read(connection: socket.socket, end: float, *, enough: bytes, most: int) -> bytes:
    """Reads until ``enough`` was said, or ``most`` bytes, or the end; never beyond ``end``."""
    heard = b""
    while len(heard) < most and not (enough and enough in heard):
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        part = connection.recv(most - len(heard))
        if not part:
            break
        heard += part
    return heard
