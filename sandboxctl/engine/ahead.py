"""What every command needs of its den, begun before the rest of us is imported.

To open the line takes the engine as long as it takes Python to import what will use it. So a
command begins with a client and a thread, and the thread opens the line meanwhile. It only looks,
and what goes wrong in it is left to whoever needs the line: there it goes wrong again, in words.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from sandboxctl.engine.client import both
from sandboxctl.engine.line import Line, greeted
from sandboxctl.errors import SandboxError
from sandboxctl.sandbox import labels

if TYPE_CHECKING:
    from docker import APIClient
    from docker.tls import TLSConfig

    from sandboxctl.sandbox.den import Den


class Ahead:
    """Clients, and soon a line to the gateway, where the den has one that runs."""

    def __init__(self, den: Den, url: str | None = None, tls: TLSConfig | None = None) -> None:
        self.clients = both(url, tls)
        self._guard = threading.Lock()
        self._line: tuple[Line, int] | None = None
        self._unwanted = False
        self._opening = threading.Thread(
            target=self._open, args=(f"{den.name}-gateway", den.name), name="ahead", daemon=True
        )
        self._opening.start()

    def taken(self) -> tuple[Line, int] | None:
        """The line and the version of its other end, once; None where there is none to have."""
        self._opening.join()
        with self._guard:
            line, self._line = self._line, None
        return line

    def there(self) -> bool:
        """Whether there is a line to take, once that is known."""
        self._opening.join()
        return self._line is not None

    def close(self) -> None:
        """Nobody needs the line any more; it is not waited for."""
        with self._guard:
            self._unwanted = True
            line, self._line = self._line, None
        if line:
            line[0].close()

    def _open(self, container: str, den: str) -> None:
        with contextlib.suppress(Exception):  # whatever it was, it is met again
            line = _opened(self.clients[0], container, den)
            with self._guard:
                if self._unwanted and line:
                    line[0].close()
                else:
                    self._line = line


def _opened(api: APIClient, container: str, den: str) -> tuple[Line, int] | None:
    seen = api.inspect_container(container)
    owner = labels.owner(seen["Config"]["Labels"] or {})
    ours = owner is not None and (owner.den, owner.kind) == (den, "gateway")
    if not ours or not seen["State"]["Running"]:
        return None
    with contextlib.suppress(SandboxError):
        return greeted(api, container)
    return None
