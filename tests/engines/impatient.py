"""A visitor who asks again and again, and writes down when nobody answered."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Impatient:
    """Asks every 10 ms, each time over a connection of its own."""

    ask: Callable[[], int]
    seen: list[tuple[float, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Impatient:
        self._going = threading.Thread(target=self._go)
        self._going.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._going.join()

    def _go(self) -> None:
        while not self.over.wait(0.01):
            begun = time.monotonic()
            try:
                answer = str(self.ask())
            except (OSError, http.client.HTTPException) as problem:
                answer = type(problem).__name__
            self.seen.append((begun, answer))

    @property
    def refused(self) -> list[tuple[float, str]]:
        return [one for one in self.seen if one[1] != "200"]

    @property
    def interrupted(self) -> float:
        """Seconds from the first question without an answer to the next with one."""
        if not self.refused:
            return 0.0
        first, last = self.refused[0][0], self.refused[-1][0]
        return min(at for at, _ in self.seen if at > last) - first
