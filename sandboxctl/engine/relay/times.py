"""What the clocks say here, where the engine is: one that is set, and one that is not."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

_FIRST = Path("/proc/1/stat")
_START = 19
"""Words after the name in proc(5), pid/stat, until when a process was started."""


def times(first: Path = _FIRST) -> dict[str, Any]:
    """``wall`` seconds since 1970; ``up`` seconds since the gateway's first process was started,
    sleep and all, on a clock that nobody sets."""
    words = first.read_text(encoding="latin-1").rpartition(")")[2].split()
    started = int(words[_START]) / os.sysconf("SC_CLK_TCK")
    return {"wall": time.time(), "up": time.clock_gettime(time.CLOCK_BOOTTIME) - started}
