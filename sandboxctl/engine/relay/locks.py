"""The locks that controllers hold: open files on the volume, freed when their relay ends."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from pathlib import Path
from typing import Any

from .refused import Refused
from .store import checked

_RETRY = 0.02


class Locks:
    """The locks this controller holds: open files, freed by the kernel when the process ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, int] = {}
        self._guard, self._over = threading.Lock(), False

    def take(
        self, name: str, *, wait_seconds: float, who: str, stop: threading.Event
    ) -> dict[str, Any]:
        """Takes ``name``, or says who has held it for all of ``wait_seconds``."""
        begun = time.monotonic()
        file = os.open(self._folder / checked(name), os.O_RDWR | os.O_CREAT, 0o600)
        while not _flock(file):
            waited = time.monotonic() - begun
            if waited >= wait_seconds or stop.wait(_RETRY):
                holder = os.pread(file, 400, 0).decode(errors="replace")
                os.close(file)
                return {"locked": False, "holder": holder or "someone who has just begun"}
        os.ftruncate(file, 0)
        os.pwrite(file, who.encode()[:400], 0)
        with self._guard:
            if self._over:  # the controller went away while it was waited for
                _let_go(file)
                raise Refused("nobody is there to hold the lock")
            self._held[name] = file
        return {"locked": True, "waited": round(time.monotonic() - begun, 4)}

    def free(self, name: str) -> dict[str, Any]:
        """Frees ``name``; Refused if this controller does not hold it."""
        with self._guard:
            file = self._held.pop(name, None)
        if file is None:
            raise Refused(f"this controller does not hold the lock {name!r}")
        _let_go(file)
        return {}

    def end(self) -> None:
        """Frees all of them, and takes none any more."""
        with self._guard:
            self._over = True
            held, self._held = self._held, {}
        for file in held.values():
            _let_go(file)


def held(folder: Path, table: Path = Path("/proc/locks")) -> list[str]:
    """The locks that relays of this container hold: the kernel shows a container no others.

    Source: proc(5), /proc/locks: ``1: FLOCK  ADVISORY  WRITE <pid> <device>:<inode> 0 EOF``."""
    words = [line.split() for line in table.read_text(encoding="ascii").splitlines()]
    inodes = {int(one[5].rpartition(":")[2]) for one in words if one[1:2] == ["FLOCK"]}
    names = (path for path in folder.iterdir() if path.name[:1] != ".")
    return sorted(path.name for path in names if path.stat().st_ino in inodes)


def _let_go(file: int) -> None:
    os.ftruncate(file, 0)
    os.close(file)


def _flock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
