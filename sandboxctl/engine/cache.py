"""Where this controller keeps what it can make or fetch again."""

from __future__ import annotations

import os
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
