"""The gateway is told where the console is: from ``/_den`` it leads a team to its page."""

from __future__ import annotations

import contextlib

from sandboxctl.console.errand import Errand
from sandboxctl.console.reach import Reach
from sandboxctl.errors import SandboxError

EVERY = 20.0
"""Seconds: a gateway believes it for a minute, so that a console which is gone leads nobody on."""
AGAIN = 2.0
"""Seconds until it is tried again where it could not be told: there may be no den yet."""


class Signpost(Errand):
    """``url``  how browsers reach the console. ``secret`` is what the gateway signs tickets with,
    empty until it was told."""

    def __init__(self, reach: Reach, url: str) -> None:
        super().__init__("signpost")
        self._reach, self._url = reach, url
        self.secret = ""

    def end(self) -> None:
        """Nobody is led to a console that is not there."""
        super().end()
        with contextlib.suppress(SandboxError):
            self._tell("")
        self._reach.close()

    def _run(self) -> None:
        while not self._over.is_set():
            pause = EVERY
            try:
                self._tell(self._url)
            except SandboxError:
                pause = AGAIN
            self._over.wait(pause)

    def _tell(self, url: str) -> None:
        with self._reach.engine() as engine:
            self.secret = engine.console(url)
