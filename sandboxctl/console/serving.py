"""The console runs: pages, the work that they ask for, and what `watch` looks after."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sandboxctl.console import access, store, work
from sandboxctl.console.access import Access
from sandboxctl.console.console import Console
from sandboxctl.console.origins import hosts, is_loopback
from sandboxctl.console.reach import Reach
from sandboxctl.console.signpost import Signpost
from sandboxctl.console.web import made
from sandboxctl.console.words import read
from sandboxctl.console.work import Work
from sandboxctl.errors import PolicyError, SandboxError

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.sandbox.den import Den

THREADS = 8
"""Requests at once. None of them waits for an engine, but one that checks what would fit: a room of
browsers needs no more."""
CONNECTIONS = 500
SLOW = 15
"""Seconds after which a client that says nothing is cut."""
LARGEST_HEAD = 16 * 1024
PORT = 8090


@dataclass(frozen=True, slots=True)
class Where:
    """``bind`` an address, ``names`` others that it is reached by; ``insecure_room``: over plain
    HTTP in a room, and somebody said so."""

    bind: str = "127.0.0.1"
    port: int = PORT
    names: tuple[str, ...] = ()
    insecure_room: bool = False

    @property
    def url(self) -> str:
        host = self.names[0] if self.names else self.bind
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def check(self) -> None:
        """PolicyError for a room in which everybody could read everybody's links."""
        if not is_loopback(self.bind) and not self.insecure_room:
            raise PolicyError(
                f"{self.bind} is not this machine alone, and without TLS everybody in the room "
                "can read what is sent",
                hint="Put a proxy with a certificate before it, or say that you want it so: "
                "--insecure-room.",
                code="DEN961",
            )


@dataclass
class Serving:
    """One console of one den. ``connect`` opens an engine; ``folders`` have blueprints that a
    workshop can be opened from, beside those that are shipped."""

    den: Den
    connect: Callable[[], Engine]
    where: Where
    folders: tuple[Path, ...] = ()
    _over: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        from waitress.server import create_server

        self.where.check()
        schema = work.SCHEMA + access.SCHEMA
        self.store = store.File(store.path(self.den.name), schema)
        self.work = Work(self.store, self.connect, self.den, self.folders)
        self.access = Access(self.store)
        zone = datetime.now().astimezone().tzinfo
        assert zone is not None
        known = hosts(self.where.bind, self.where.port, self.where.names)
        self._signpost = Signpost(Reach(self.connect), self.where.url)
        self.console = Console(
            self.work,
            self.access,
            read("en", zone),
            known,
            tickets=lambda: self._signpost.secret,
        )
        logging.getLogger("waitress").setLevel(logging.ERROR)
        try:
            self._server = create_server(
                made(self.console),
                host=self.where.bind,
                port=self.where.port,
                threads=THREADS,
                connection_limit=CONNECTIONS,
                channel_timeout=SLOW,
                cleanup_interval=5,
                max_request_header_size=LARGEST_HEAD,
                max_request_body_size=32 * 1024**2,
                ident=None,
                clear_untrusted_proxy_headers=True,
            )
        except OSError as error:
            raise SandboxError(
                f"{self.where.bind}:{self.where.port} cannot be used: {error.strerror}",
                hint="Another console, or another program, may have it; --port takes another one.",
                code="DEN962",
            ) from None

    def begin(self) -> None:
        """Pages are there when this returns. EngineError where the engine is away."""
        self.work.begin()
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)
        self._thread.start()
        self._signpost.begin()

    def link(self, role: access.Role = "facilitator") -> str:
        """A link that works once."""
        return f"{self.where.url}/enter/{self.access.invite(role)}"

    def end(self) -> None:
        """No more pages; what is under way is finished."""
        self._over = True
        self._signpost.end()
        self._server.task_dispatcher.shutdown()  # first: what answers still needs the sockets
        self._server.close()
        self.work.end()

    def _run(self) -> None:
        try:
            self._server.run()
        except OSError:  # its sockets are closed under it at the end, from another thread
            if not self._over:
                raise
