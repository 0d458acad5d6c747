"""Memory that many threads take and give back, without a store of it for each of them."""

from __future__ import annotations

import contextlib
import ctypes

_ARENA_MAX, _FEW = -8, 2


def few() -> None:
    """glibc keeps up to eight arenas for each processor, and what a page took stays in that of
    its thread; two are enough for pages that wait for each other anyway. Other libraries have
    none. Source: mallopt(3), M_ARENA_MAX."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, _FEW)
