"""Commands on this machine as root, and Debian packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from sandboxctl.errors import EngineError

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Note

PATH = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin"


def program(name: str) -> str | None:
    """Its path, also where a user's PATH leaves out the system's folders."""
    return shutil.which(name, path=PATH)


@cache
def rights() -> tuple[str, ...] | None:
    """What to put before a command to run it as root; None where we may not.

    A password is asked for only on a terminal.
    """
    if os.getuid() == 0:
        return ()
    if not (sudo := program("sudo")):
        return None
    if sys.stdin.isatty():
        return (sudo,)
    free = subprocess.run([sudo, "-n", "true"], check=False, capture_output=True).returncode == 0
    return (sudo, "-n") if free else None


def as_root(*argv: str) -> str:
    """What the command wrote. EngineError quotes the end of it where the command fails."""
    prefix = rights()
    if prefix is None:
        raise EngineError(f"`{argv[0]}` needs root", hint="Run it as root, or with sudo.")
    full = [*prefix, "env", f"PATH={PATH}", *argv]
    done = subprocess.run(full, check=False, text=True, capture_output=True)
    if done.returncode:
        why = tail(done.stdout + done.stderr)
        raise EngineError(f"`{' '.join(argv)}` failed:\n{why}", hint="Run it by hand to see more.")
    return done.stdout


def tail(text: str, lines: int = 8) -> str:
    """The last lines that say something, indented."""
    said = [line for line in text.splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in said[-lines:]) or "    (it said nothing)"


def packages(names: Iterable[str], note: Note) -> None:
    """Install Debian packages; a line of news for each. EngineError quotes apt's last lines."""
    wanted = list(names)
    if not wanted:
        return
    began = time.monotonic()
    note(f"Installing {', '.join(wanted)}")
    _apt(["update"], note)
    if why := _apt(["install", "-y", "--no-install-recommends", *wanted], note):
        command = f"sudo apt-get install {' '.join(wanted)}"
        raise EngineError(f"apt-get could not install:\n{tail(why)}", hint=f"Try: {command}")
    note(f"Installed in {time.monotonic() - began:.0f} s")


def _apt(arguments: list[str], note: Note) -> str:
    """Nothing where it went well, else all that apt said."""
    environment = ("env", "DEBIAN_FRONTEND=noninteractive", f"PATH={PATH}", "LC_ALL=C.UTF-8")
    command = [*(rights() or ()), *environment, "apt-get", "-q", *arguments]
    said: list[str] = []
    with subprocess.Popen(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        for line in process.stdout or ():
            said.append(line)
            if line.startswith("Setting up "):
                note(f"  {line.split()[2].partition(':')[0]}")
    return "".join(said) if process.returncode else ""
