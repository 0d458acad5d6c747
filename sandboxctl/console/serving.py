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
from sandboxctl.console.reach import Reach
from sandboxctl.console.signpost import Signpost
from sandboxctl.console.web import headers, made
from sandboxctl.console.where import PORT, Where
from sandboxctl.console.words import read
from sandboxctl.console.work import Work
from sandboxctl.errors import SandboxError

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.sandbox.den import Den

__all__ = ["PORT", "Serving", "Where"]


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
        from sandboxctl.console.listening import OF_AN_ADDRESS, Listener

        self.where = self.where.settled()
        schema = work.SCHEMA + access.SCHEMA
        self.store = store.File(store.path(self.den.name), schema)
        self.work = Work(self.store, self.connect, self.den, self.folders)
        self.access = Access(self.store)
        zone = datetime.now().astimezone().tzinfo
        assert zone is not None
        self._signpost = Signpost(Reach(self.connect), self.where.url)
        self.console = Console(
            self.work,
            self.access,
            read("en", zone),
            self.where.hosts,
            tls=self.where.tls,
            url=self.where.url,
            tickets=lambda: self._signpost.secret,
        )
        logging.getLogger("waitress").setLevel(logging.ERROR)
        try:
            self._server = Listener(
                made(self.console),
                self.where.address,
                self.where.port,
                headers=headers(tls=self.where.tls),
                known=self.console.may_upload,
                each=None if self.where.tls else OF_AN_ADDRESS,
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
