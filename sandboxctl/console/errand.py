"""Something that goes on in a thread of its own until it is told to end."""

from __future__ import annotations

import threading

PATIENCE = 10.0
"""Seconds that who ends it waits for what is under way."""


class Errand:
    """What goes on is `_run` of who inherits from it, for as long as it is not ``_over``."""

    def __init__(self, name: str) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """What is under way is finished, unless it takes long."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=PATIENCE)

    def _run(self) -> None:
        raise NotImplementedError
