"""Where this controller keeps what it can make or fetch again."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandboxctl.errors import EngineError


def folder(name: str) -> Path:
    """A folder of the cache, made if missing (XDG Base Directory Specification)."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    path = Path(home) / "sandboxctl" / name
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise EngineError(
            f"{path} cannot be made: {problem.strerror}",
            hint="Set XDG_CACHE_HOME to a folder that you may write to.",
        ) from problem
    return path


@contextmanager
def alone(what: str) -> Iterator[None]:
    """One at a time on this machine; the others wait. Free the moment its holder dies."""
    path = folder("locks") / what.replace("/", "-").replace(":", "-")
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
