"""What a kernel counts for each user id and not for each container, so that sandboxes share it.

Services run without user namespaces of their own, many of them as user 10001: whoever takes all of
it leaves nothing to the others. A den cannot divide it, only say how much there is.

Source  man 7 inotify, man 7 pipe
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

INOTIFY, PIPES = "fs.inotify.max_user_instances", "fs.pipe-user-pages-soft"
ENOUGH: Mapping[str, int] = {INOTIFY: 8_192, PIPES: 1_048_576}
"""For a room of thirty teams with a dozen programs each that watch files."""

WHAT: Mapping[str, str] = {
    INOTIFY: "programs may watch files",
    PIPES: "pages are there for pipes, beyond them slower",
}


def read(proc: Path = Path("/proc/sys")) -> dict[str, int]:
    """Name of the setting → how much there is for one user; what cannot be read is left out."""
    found: dict[str, int] = {}
    for name in ENOUGH:
        with contextlib.suppress(OSError, ValueError):
            found[name] = int((proc / name.replace(".", "/")).read_text())
    return found


def few(found: Mapping[str, int]) -> dict[str, str]:
    """Setting → what is little of it in all sandboxes together, in words; 0 is no limit."""
    return {
        name: f"{count:,} {WHAT[name]}" for name, count in found.items() if 0 < count < ENOUGH[name]
    }


def mend(few: Mapping[str, str]) -> str:
    """The command that gives enough of all of them, until the machine is started anew."""
    given = " ".join(f"{name}={ENOUGH[name]}" for name in few)
    return f"sudo sysctl -w {given}" if given else ""
