"""A service of the host that no sandbox may reach: it hears who comes."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address


@dataclass
class Listener:
    """Listens on every address the host has. ``port`` 0: there is none."""

    port: int = 0
    heard: list[IPv4Address] = field(default_factory=list)


@contextlib.contextmanager
def listening(here: bool) -> Iterator[Listener]:
    """Nothing where the engine's host is another machine: then its gateway's port is tried."""
    if not here:
        yield Listener()
        return
    with socket.create_server(("0.0.0.0", 0)) as door:
        listener = Listener(door.getsockname()[1])
        over = threading.Event()
        thread = threading.Thread(target=_hear, args=(door, listener, over))
        thread.start()
        try:
            yield listener
        finally:
            over.set()
            thread.join()


def _hear(door: socket.socket, listener: Listener, over: threading.Event) -> None:
    door.settimeout(0.1)
    while not over.is_set():
        with contextlib.suppress(OSError):
            near, (who, *_) = door.accept()
            listener.heard.append(IPv4Address(who))
            near.close()
