"""Whether an engine's disk has room for an image: known only where it is on this machine."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sandboxctl.errors import EngineError

if TYPE_CHECKING:
    from docker import APIClient

RESERVE = 512 * 1024**2
"""Bytes that stay free, whatever an image needs."""
PAUSE = 0.5
"""Seconds between two looks at the disk."""
SHARED = 8 * 1024**3
"""Bytes that others may write onto the same disk meanwhile, without one image being blamed."""


class Disk:
    """The disk of one engine while something comes onto it."""

    def __init__(self, api: APIClient, largest: int) -> None:
        self._folder = _folder(api)
        self._begin, self._next = self._free(), 0.0
        self._largest = largest

    def needs(self, size: int, what: str) -> None:
        """Raises EngineError where ``size`` bytes more would not fit."""
        if self._begin is not None and size + RESERVE > self._begin:
            mib, free = (f"{n // 1024**2:,} MiB" for n in (size, self._begin))
            raise _short(f"{what}: it needs about {mib} of the engine's disk; {free} are free")

    def look(self, what: str) -> None:
        """Raises EngineError where more came than an image may have, or little is left."""
        if self._begin is None or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + PAUSE
        free = self._free() or 0
        if free < RESERVE:
            raise _short(
                f"{what}: the engine's disk is nearly full; {free // 1024**2:,} MiB are free"
            )
        if self._begin - free > max(2 * self._largest, SHARED):
            raise _short(f"{what}: the engine's disk fills faster than an image may")

    def _free(self) -> int | None:
        return shutil.disk_usage(self._folder).free if self._folder else None


def _folder(api: APIClient) -> Path | None:
    """The engine's own folder; None where it is on another machine, or in another one's view."""
    if not str(api.base_url).startswith("http+docker://localhost"):
        return None
    found = Path(str(api.info().get("DockerRootDir") or "-"))
    return found if found.is_dir() else None


def _short(why: str) -> EngineError:
    return EngineError(
        why,
        hint="`sandboxctl image prune` makes room; images.largest of the den limits images.",
        code="DEN547",
    )
