"""The console runs: pages, the work that they ask for, and what `watch` looks after."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandboxctl.console import access, arenas, store, work
from sandboxctl.console.access import Access
from sandboxctl.console.apart import Apart
from sandboxctl.console.questions import Questions
from sandboxctl.console.reach import Reach
from sandboxctl.console.shown import Shown
from sandboxctl.console.signpost import Signpost
from sandboxctl.console.where import PORT, Where
from sandboxctl.console.work import Work
from sandboxctl.errors import SandboxError

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine
    from sandboxctl.sandbox.den import Den

__all__ = ["PORT", "Serving", "Where"]


@dataclass
class Serving:
    """One console of one den. ``connect`` opens an engine; ``folders`` have blueprints that a
    workshop can be opened from, beside those that are shipped.

    What works is here, and what shows pages is another process, `apart`.
    """

    den: Den
    connect: Callable[[], Engine]
    where: Where
    folders: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        self.where = self.where.settled()
        schema = work.SCHEMA + access.SCHEMA
        self.store = store.File(store.path(self.den.name), schema)
        self.work = Work(self.store, self.connect, self.den, self.folders)
        self.access = Access(self.store)
        self._signpost = Signpost(Reach(self.connect), self.where.url)
        asked = Questions(self.work, lambda: self._signpost.secret)
        self.pages = Apart(self._shown, self._door(), asked.answers)

    def begin(self) -> None:
        """Pages are there when this returns. EngineError where the engine is away."""
        arenas.few()
        with contextlib.ExitStack() as begun:
            begun.callback(self.pages.end)
            self.work.begin()
            begun.callback(self.work.end)
            self.pages.begin()
            begun.pop_all()
        self._signpost.begin()

    def link(self, role: access.Role = "facilitator") -> str:
        """A link that works once."""
        return f"{self.where.url}/enter/{self.access.invite(role)}"

    def end(self) -> None:
        """No more pages; what is under way is finished."""
        self._signpost.end()
        self.pages.end()
        self.work.end()

    @property
    def _shown(self) -> Shown:
        return Shown(
            den=self.den.model_dump_json(),
            folders=tuple(str(one.resolve()) for one in self.folders),
            hosts=tuple(sorted(self.where.hosts)),
            tls=self.where.tls,
            url=self.where.url,
        )

    def _door(self) -> socket.socket:
        """Bound here: who may not have the address hears so at once."""
        address, port = self.where.address, self.where.port
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            return socket.create_server((address, port), family=family, backlog=1024)
        except OSError as error:
            raise SandboxError(
                f"{self.where.bind}:{port} cannot be used: {error.strerror}",
                hint="Another console, or another program, may have it; --port takes another one.",
                code="DEN962",
            ) from None
