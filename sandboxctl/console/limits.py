"""How often somebody may ask: so many at once, and so many a second after that."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST = 10_000
"""Who is remembered at most: who has not asked for the longest time is forgotten first."""


@dataclass(frozen=True, slots=True)
class Rate:
    """``burst`` at once, ``every`` so many seconds one more."""

    burst: int
    every: float


PAGES = Rate(120, 0.05)
"""A device with several tabs that ask once a second is far from it."""
CHANGES = Rate(20, 3.0)
GUESSES = Rate(20, 6.0)
"""Links and keys that open nothing."""


class Limit:
    """One bucket for each name that asks (a token bucket)."""

    def __init__(self, rate: Rate, now: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._now = rate, now
        self._guard = threading.Lock()
        self._seen: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> bool:
        """Whether ``name`` may have one now."""
        with self._guard:
            left, now = self._left(name), self._now()
            if left < 1:
                return False
            self._seen[name] = left - 1, now
            self._seen.move_to_end(name)
            while len(self._seen) > MOST:
                self._seen.popitem(last=False)
            return True

    def empty(self, name: str) -> bool:
        """Whether there is none left; takes none."""
        with self._guard:
            return self._left(name) < 1

    def _left(self, name: str) -> float:
        left, at = self._seen.get(name, (float(self._rate.burst), self._now()))
        return min(float(self._rate.burst), left + (self._now() - at) / self._rate.every)
