"""What stands in the way for a moment: another controller that makes or removes the same."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import TypeVar

from sandboxctl.errors import EngineError

_PATIENCE = 2.0
_Made = TypeVar("_Made")


class NotYet(EngineError):
    """The engine gives a container's name away some time before it knows the container."""


_PASSING = ("is ambiguous", "marked for removal", "removal of container")
"""What an engine says of an object that another controller is just taking away or has twice."""


def despite_others(make: Callable[[], _Made]) -> _Made:
    """Tries again while another controller that makes the same things is in the way."""
    from docker.errors import APIError, NotFound

    end, tries = time.monotonic() + _PATIENCE, itertools.count(1)
    while True:
        try:
            return make()
        except (APIError, NotYet) as problem:
            passing = isinstance(problem, (NotFound, NotYet)) or any(
                sign in str(problem) for sign in _PASSING
            )
            # At least once more, however slow: one that could not start was taken away by that.
            if not passing or (next(tries) > 1 and time.monotonic() > end):
                raise
            time.sleep(0.05)
