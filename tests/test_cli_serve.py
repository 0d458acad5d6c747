"""`serve` as somebody starts it: a link, pages behind it, a clean end."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

LONG = 60


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@contextmanager
def served(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    places = {"XDG_STATE_HOME": str(folder / "state"), "XDG_CONFIG_HOME": str(folder / "config")}
    argv = [sys.executable, "-m", "sandboxctl", "-H", "memory", "serve", "--json", *words]
    with subprocess.Popen(
        argv,
        env={**os.environ, **places},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def first(running: subprocess.Popen[str]) -> dict[str, str]:
    assert running.stdout
    told = ""
    late = threading.Timer(LONG, running.kill)
    late.start()
    while not told.rstrip().endswith("}"):
        line = running.stdout.readline()
        assert line, f"it ended, and said {told!r}"
        told += line
    late.cancel()
    found: dict[str, str] = json.loads(told)
    return found


def answer(port: int, path: str, **headers: str) -> tuple[int, str]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=LONG)
    try:
        line.request("GET", path, headers=headers)
        found = line.getresponse()
        return found.status, found.read().decode()
    finally:
        line.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_a_link_serves_pages_and_ends_cleanly(
    tmp_path: Path, how: signal.Signals
) -> None:
    port = free()
    with served(tmp_path, "--port", str(port), "--observer") as running:
        told = first(running)
        assert told["console"] == f"http://127.0.0.1:{port}"
        assert answer(port, "/")[0] == 200
        for role in ("facilitator", "observer"):
            path = told[role].removeprefix(told["console"])
            assert answer(port, path)[0] == 200
        assert answer(port, "/", Host="evil.example")[0] == 400
        running.send_signal(how)
        _, said = running.communicate(timeout=LONG)
    assert running.returncode in (0, 128 + how)
    assert "Traceback" not in said
    with pytest.raises(ConnectionRefusedError):
        answer(port, "/")
    kept = tmp_path / "state" / "sandboxctl" / "console-den.sqlite3"
    assert kept.stat().st_mode & 0o077 == 0


def test_a_port_that_somebody_has_and_a_room_without_tls_are_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with served(tmp_path, "--port", port) as running:
            _, said = running.communicate(timeout=LONG)
        assert (running.returncode, "DEN962" in said) == (1, True), said
    with served(tmp_path, "--bind", "0.0.0.0", "--port", str(free())) as running:
        _, said = running.communicate(timeout=LONG)
    assert (running.returncode, "--insecure-room" in said) == (3, True), said


def test_who_sends_half_a_request_and_one_that_is_too_large_holds_nobody_up(
    tmp_path: Path,
) -> None:
    port = free()
    with served(tmp_path, "--port", str(port)) as running:
        first(running)
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
        for line in slow:
            line.sendall(b"GET / HTTP/1.1\r\nHost: 127")
        assert answer(port, "/", Host=f"127.0.0.1:{port}")[0] == 200
        large = socket.create_connection(("127.0.0.1", port), timeout=LONG)
        large.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n")
        assert b" 431 " in large.recv(4096).split(b"\r\n")[0]
        for line in (*slow, large):
            line.close()
