"""Generations that are put aside: asked to stop, while nobody waits."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sandboxctl.engine.look import inspect, is_ours
from sandboxctl.sandbox import names

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.sandbox.den import Den

CALLED = 0.05
"""Seconds in which calls reach the engine whose end nobody waits for."""
TRIES = 3
"""So often one is asked, where an answer gets lost."""
PATIENCE = 2.0
"""Seconds that a command which is over waits at most until all of them were begun."""


class Laying:
    """``install`` gives the den's id."""

    def __init__(self, api: APIClient, den: Den, install: Callable[[], str]) -> None:
        self._api, self._den, self._install = api, den, install
        self._begun: list[threading.Event] = []
        self._called = 0.0

    def aside(self, sandbox: str, generation: int, services: Mapping[str, float]) -> None:
        """Every service is asked to stop, and nobody waits: the engine goes on when we are gone.

        ``services``  the seconds that each may take to end by itself."""
        install = self._install()
        self._begun = [one for one in self._begun if not one.is_set()]
        for service, grace in services.items():
            name = names.container(self._den.name, sandbox, generation, service)
            self._begun.append(begun := threading.Event())
            asked = name, round(grace), install, begun
            threading.Thread(target=self._stop, args=asked, daemon=True).start()

    def close(self) -> None:
        """Whatever was asked without waiting has been heard."""
        end = time.monotonic() + PATIENCE
        for begun in self._begun:
            begun.wait(max(0.0, end - time.monotonic()))
        time.sleep(max(0.0, self._called + CALLED - time.monotonic()))

    def _stop(self, name: str, grace: int, install: str, begun: threading.Event) -> None:
        """Who looks next sees what still runs, and asks again; but an answer that got lost is no
        reason to leave it to them."""
        for _ in range(TRIES):
            with contextlib.suppress(Exception):
                if container := self._mine(name, install):
                    self._called = time.monotonic()
                    begun.set()
                    self._api.stop(container, timeout=grace)
                break
        begun.set()

    def _mine(self, name: str, install: str) -> str:
        """Its id; empty where there is none, or it is somebody else's."""
        seen = inspect(self._api, "container", name)
        return str(seen["Id"]) if seen and is_ours(seen["Config"]["Labels"], install) else ""
