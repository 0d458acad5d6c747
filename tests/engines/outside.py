"""A world outside, for a test: a network namespace with names, a web server and traps in it.

Its addresses are those that RFC 5737 keeps for documents, so a mistake reaches nobody.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Workers of one run have a world each, so each has a part of those addresses.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 16
HERE, THERE = f"198.51.100.{16 * WORKER + 1}", f"198.51.100.{16 * WORKER + 10}"

SERVER = """
import json, socket, socketserver, struct, sys, threading

NAMES, SEEN = json.loads(sys.argv[1]), open(sys.argv[2], "a", buffering=1)
turns = {}

def named(data):
    at, parts = 12, []
    while data[at]:
        parts.append(data[at + 1 : at + 1 + data[at]].decode())
        at += data[at] + 1
    return ".".join(parts), at + 5

class Names(socketserver.BaseRequestHandler):
    def handle(self):
        data, back = self.request
        name, end = named(data)
        SEEN.write(f"asked {name}\\n")
        kind = struct.unpack(">H", data[end - 4 : end - 2])[0]
        places = NAMES.get(name, []) if kind == 1 else []
        if places and isinstance(places[0], list):  # another answer each time
            turns[name] = turns.get(name, -1) + 1
            places = places[min(turns[name], len(places) - 1)]
        head = b"\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\0\\0\\4"  # TTL 0
        answer = b"".join(head + socket.inet_aton(place) for place in places)
        flags = b"\\x81\\x80" if places else b"\\x81\\x83"
        head = data[:2] + flags + b"\\0\\1" + struct.pack(">H", len(places)) + b"\\0\\0\\0\\0"
        back.sendto(head + data[12:end] + answer, self.client_address)

class Web(socketserver.StreamRequestHandler):
    def handle(self):
        line = self.rfile.readline().decode(errors="replace").strip()
        SEEN.write(f"{self.server.server_address[1]} {line}\\n")
        self.wfile.write(b"HTTP/1.0 200 OK\\r\\nContent-Length: 7\\r\\n\\r\\noutside")

socketserver.ThreadingTCPServer.allow_reuse_address = True
servers = [socketserver.ThreadingUDPServer(("0.0.0.0", 53), Names)]
servers += [socketserver.ThreadingTCPServer(("0.0.0.0", port), Web) for port in (80, 443, 8443)]
for server in servers:
    threading.Thread(target=server.serve_forever, daemon=True).start()
print("ready", flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Outside:
    """``resolver`` knows the names; ``seen`` has a line for each that was asked or came in."""

    resolver: str
    log: Path

    @property
    def seen(self) -> list[str]:
        return self.log.read_text().splitlines()


@contextlib.contextmanager
def outside(folder: Path, names: dict[str, list[str] | list[list[str]]]) -> Iterator[Outside]:
    """The world as long as the block lasts. Needs root."""
    space = f"out{folder.stat().st_ino % 10_000_000}"
    near, far = f"{space}a"[-15:], f"{space}b"[-15:]
    log = folder / "seen"
    log.touch()
    _run("ip", "netns", "add", space)
    try:
        _run("ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", space)
        _run("ip", "addr", "add", f"{HERE}/28", "dev", near)
        _run("ip", "link", "set", near, "up")
        inside = ("ip", "-n", space)
        _run(*inside, "addr", "add", f"{THERE}/28", "dev", far)
        _run(*inside, "link", "set", far, "up")
        _run(*inside, "link", "set", "lo", "up")
        _run(*inside, "route", "add", "default", "via", HERE)
        code = [sys.executable, "-c", SERVER, json.dumps(names), str(log)]
        with subprocess.Popen(
            ["ip", "netns", "exec", space, *code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as server:
            assert server.stdout
            assert server.stdout.readline() == "ready\n"
            yield Outside(THERE, log)
            server.terminate()
    finally:
        _run("ip", "netns", "del", space)


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True, capture_output=True, text=True)
