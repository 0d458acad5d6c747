"""Teams at work while something is done to a sandbox: what they ask for, and what they notice.

Every client speaks HTTP/1.1 over a socket of its own, as a browser does, and counts strictly: a
request that gets no whole answer below 500 has failed, however soon the same would have worked.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.names import cookie

EVERY = 0.02
"""Seconds between two requests of one client."""
PATIENCE = 20.0
APP = Path(__file__).parent / "engines" / "steady" / "app.py"
BLUEPRINT: dict[str, Any] = {
    "blueprint": 1,
    "name": "steady",
    "opens": "web",
    "services": {
        "web": {
            "source": "./web",
            "runtime": "python",
            "command": ["python3", "app.py"],
            "expose": [8000],
            "healthcheck": {"http": "/health", "start_period": "30s"},
            "mem_limit": "96m",
            "stop_grace_period": "3s",
        }
    },
}


def written(folder: Path) -> Path:
    """The blueprint that is asked: pages, slow pages, and WebSockets."""
    (folder / "web").mkdir(parents=True, exist_ok=True)
    shutil.copy(APP, folder / "web")
    (folder / "blueprint.yaml").write_text(yaml.safe_dump(BLUEPRINT))
    return folder


@dataclass
class Noticed:
    """What the clients of one sandbox have seen. ``closed`` counts connections that ended while
    nobody had asked on them; ``failed`` says why, and how often."""

    answered: int = 0
    closed: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    generations: set[str] = field(default_factory=set)


@dataclass
class Seen:
    """``moved`` is the sandbox that something is done to, ``still`` its neighbour; ``slow`` are
    the requests at ``moved`` that take half a second; ``sockets`` the neighbour's WebSockets."""

    moved: Noticed = field(default_factory=Noticed)
    slow: Noticed = field(default_factory=Noticed)
    still: Noticed = field(default_factory=Noticed)
    sockets: Noticed = field(default_factory=Noticed)


@dataclass(frozen=True)
class Door:
    """Where one sandbox is asked, and the key that opens it."""

    den: Den
    sandbox: str
    key: str

    def head(self, path: str, *more: str) -> bytes:
        host = f"{self.den.host(self.sandbox)}:{self.den.gateway.port}"
        lines = (
            f"GET {path} HTTP/1.1",
            f"Host: {host}",
            f"Cookie: {cookie(self.sandbox, self.key)}",
            *more,
        )
        return "".join(f"{line}\r\n" for line in (*lines, "")).encode()

    async def opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        gate = self.den.gateway
        return await asyncio.open_connection(str(gate.bind), gate.port)


class Client:
    """One browser tab; ``keep`` keeps its connection for the next request."""

    def __init__(self, door: Door, noticed: Noticed, path: str = "/", *, keep: bool = True) -> None:
        self._door, self._noticed, self._path, self._keep = door, noticed, path, keep
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self) -> None:
        """Once; what goes wrong is counted, and the next one begins anew."""
        if self._streams and self._streams[0].at_eof():
            self._noticed.closed += 1
            await self.close()
        try:
            status, body, last = await asyncio.wait_for(self._answer(), PATIENCE)
        except (OSError, EOFError, TimeoutError) as problem:
            self._noticed.failed[type(problem).__name__] += 1
            await self.close()
            return
        if status >= 500:
            self._noticed.failed[f"status {status}"] += 1
        else:
            self._noticed.answered += 1
            self._noticed.generations.add(body)
        if last or not self._keep:
            self._noticed.closed += self._keep
            await self.close()

    async def _answer(self) -> tuple[int, str, bool]:
        if self._streams is None:
            self._streams = await self._door.opened()
        reader, writer = self._streams
        more = () if self._keep else ("Connection: close",)
        writer.write(self._door.head(self._path, *more))
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = head.partition("content-length:")[2].partition("\r\n")[0].strip()
        body = await (reader.readexactly(int(length)) if length else reader.read())
        last = not length or "\r\nconnection: close" in head
        return int(head.split(" ", 2)[1]), body.decode(errors="replace"), last

    async def close(self) -> None:
        streams, self._streams = self._streams, None
        await _closed(streams)


class Socket:
    """One open WebSocket, as far as a proxy can tell: upgraded, and bytes go both ways."""

    def __init__(self, door: Door, noticed: Noticed) -> None:
        self._door, self._noticed = door, noticed
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self) -> None:
        try:
            await asyncio.wait_for(self._echo(), PATIENCE)
        except (OSError, EOFError, TimeoutError) as problem:
            self._noticed.closed += self._streams is not None
            self._noticed.failed[type(problem).__name__] += 1
            await self.close()

    async def close(self) -> None:
        streams, self._streams = self._streams, None
        await _closed(streams)

    async def _echo(self) -> None:
        if self._streams is None:
            reader, writer = self._streams = await self._door.opened()
            upgrade = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
            writer.write(
                self._door.head("/live", *upgrade, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
            )
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 101 " not in head.partition(b"\r\n")[0]:
                raise EOFError
        reader, writer = self._streams
        writer.write(b"hello")
        if await reader.readexactly(5) != b"hello":
            raise EOFError
        self._noticed.answered += 1


async def _closed(streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None) -> None:
    if streams:
        streams[1].close()
        with contextlib.suppress(OSError):
            await streams[1].wait_closed()


@contextlib.contextmanager
def under_load(moved: Door, still: Door, *, clients: int = 3) -> Iterator[Seen]:
    """While in here, both sandboxes are asked without a pause: ``clients`` of each kind."""
    seen, over = Seen(), threading.Event()
    asking: list[Client | Socket] = []
    for _ in range(clients):
        asking += [
            Client(moved, seen.moved),
            Client(moved, seen.moved, keep=False),
            Client(moved, seen.slow, "/slow"),
            Client(still, seen.still),
            Socket(still, seen.sockets),
        ]
    thread = threading.Thread(target=lambda: asyncio.run(_all(asking, over)), daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join(PATIENCE + 10)


async def _all(asking: list[Client | Socket], over: threading.Event) -> None:
    try:
        await asyncio.gather(*(_again(one.ask, over) for one in asking))
    finally:
        await asyncio.gather(*(one.close() for one in asking))


async def _again(ask: Callable[[], Awaitable[None]], over: threading.Event) -> None:
    while not over.is_set():
        await ask()
        await asyncio.sleep(EVERY)
