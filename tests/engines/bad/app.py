"""A service that misbehaves when it is asked to, and answers meanwhile if it can."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

KEPT: list[object] = []


def forks() -> None:
    while True:
        try:
            if os.fork() == 0:
                time.sleep(600)
        except OSError:
            time.sleep(0.01)


def memory() -> None:
    while True:
        KEPT.append(bytearray(b"x" * 2**20))


def cpu() -> None:
    for _ in range(8):
        if os.fork() == 0:
            while True:
                pass


def descriptors() -> None:
    while True:
        try:
            KEPT.append(os.open("/dev/null", os.O_RDONLY))
        except OSError:
            time.sleep(0.01)


def logs() -> None:
    line = "x" * 1000 + "\n"
    while True:
        sys.stdout.write(line * 100)


def tmpfs() -> None:
    with Path("/tmp/all").open("wb") as file:
        while True:
            file.write(b"x" * 2**20)


def inodes() -> None:
    for number in range(10**7):
        Path(f"/tmp/{number}").touch()


def zombies() -> None:
    while True:
        try:
            subprocess.Popen(["sh", "-c", "(exit 0) & exec sleep 600"])
        except OSError:
            time.sleep(0.01)


def connections() -> None:
    """To the gateway's leg in our own network: .2, on every port it might listen on."""
    host = socket.gethostbyname(socket.gethostname()).rpartition(".")[0] + ".2"
    while True:
        try:
            KEPT.append(socket.create_connection((host, 8080), timeout=1))
            print("the gateway let us in", flush=True)
        except OSError:
            time.sleep(0.001)


def deaf() -> None:
    signal.pause()


WAYS: dict[str, Callable[[], None]] = {
    way.__name__: way
    for way in (forks, memory, cpu, descriptors, logs, tmpfs, inodes, zombies, connections, deaf)
}


async def never() -> None:
    """Takes every request, and answers none."""
    server = await asyncio.start_server(lambda *streams: KEPT.append(streams), "0.0.0.0", 8000)
    await server.serve_forever()


class Bad(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        way = WAYS.get(self.path.strip("/"))
        if self.path == "/huge":
            self._huge()
        if way:
            threading.Thread(target=way, daemon=True).start()
        self._answer(b"as you wish" if way else b"hello")

    def _huge(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x" * 2**16)

    def _answer(self, text: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """It is loud enough."""


if __name__ == "__main__":
    if "slow" in sys.argv:
        asyncio.run(never())
    if "crash" in sys.argv:
        print("crashing", flush=True)
        sys.exit(3)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    KEPT.append(resource.getrlimit(resource.RLIMIT_NOFILE))
    ThreadingHTTPServer.request_queue_size = 128
    ThreadingHTTPServer(("0.0.0.0", 8000), Bad).serve_forever()
