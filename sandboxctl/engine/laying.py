"""Generations that are put aside: asked to stop, while nobody waits."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sandboxctl.engine.look import is_ours
from sandboxctl.sandbox import names

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.sandbox.den import Den

CALLED = 0.05
"""Seconds in which calls reach the engine whose end nobody waits for."""
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
        with contextlib.suppress(Exception):  # who looks next sees what still runs, and asks again
            try:
                seen = self._api.inspect_container(name)
                mine = is_ours(seen["Config"]["Labels"], install)
            finally:
                self._called = time.monotonic()
                begun.set()
            if mine:
                self._api.stop(seen["Id"], timeout=grace)
