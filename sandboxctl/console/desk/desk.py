"""What a supplier hands in is put into a folder of its own, looked at by a process of its own, and
taken away again. A few at a time: nobody's page waits for it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sandboxctl.console import sizes
from sandboxctl.console.desk.look import TOO_MUCH
from sandboxctl.console.desk.problems import problems
from sandboxctl.console.desk.unpack import unpack
from sandboxctl.errors import BlueprintError, SandboxError

PACKED = sizes.UPLOAD
"""Bytes that may be handed in."""
AT_ONCE = 2
SECONDS = 60.0
"""Until a look that has not come to an end is ended."""
FILE = "blueprint.yaml"
SAID = 4_000
"""Bytes of what a look that broke said last."""


class Busy(SandboxError):
    """Others are looked at by now."""


@dataclass
class Desk:
    """``look``  the module that looks, as a program."""

    seconds: float = SECONDS
    look: str = "sandboxctl.console.desk.look"

    def __post_init__(self) -> None:
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def packed(self, what: IO[bytes]) -> Mapping[str, Any]:
        """As `look.looked_at` tells; Busy where others are looked at."""
        return self._looked(lambda folder: unpack(what, folder))

    def pasted(self, text: str) -> Mapping[str, Any]:
        """The same for a blueprint that has no folder."""

        def put(folder: Path) -> Path:
            (folder / FILE).write_text(text, encoding="utf-8", newline="")
            return folder

        return self._looked(put)

    def _looked(self, put: Callable[[Path], Path]) -> Mapping[str, Any]:
        if not self._room.acquire(blocking=False):
            raise Busy("others are looked at", hint="Try again in a minute.")
        try:
            with tempfile.TemporaryDirectory(prefix="desk-") as made:
                folder = Path(made)
                try:
                    return self._apart(put(folder))
                except BlueprintError as error:
                    return {"problems": problems(error, folder)}
        finally:
            self._room.release()

    def _apart(self, folder: Path) -> Mapping[str, Any]:
        words = [sys.executable, "-P", "-m", self.look, str(folder)]
        plain = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(folder)}
        with subprocess.Popen(
            words,
            cwd=folder,
            env=plain,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as looking:
            try:
                told, said = looking.communicate(timeout=self.seconds)
                ended = looking.returncode
            except subprocess.TimeoutExpired:
                ended = TOO_MUCH
            finally:
                _end(looking.pid)  # with what it has started itself
        if ended == TOO_MUCH or ended < 0:  # a limit was met, or what met it died of that
            raise BlueprintError(
                "Looking at it took more time or memory than a blueprint needs",
                hint="Make it smaller: fewer services, tables and files, shorter texts.",
                code="DEN473",
            )
        if ended:  # a bug of ours: the page says so, and the log has all that is known
            told_last = said[-SAID:].decode(errors="replace")
            raise RuntimeError(f"a look ended with {ended}: {told_last}")
        found: Mapping[str, Any] = json.loads(told)
        return found


def _end(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
