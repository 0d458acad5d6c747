"""A Docker Engine for this machine: the one that is there, or one that we install and start.

python -m sandboxctl.engine.install find | start | stop [--remove]
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sandboxctl.engine import daemon
from sandboxctl.engine.daemon import Place, answers
from sandboxctl.engine.named import Named as Named
from sandboxctl.engine.named import named as named
from sandboxctl.engine.root import as_root, packages, program, rights
from sandboxctl.errors import BlueprintError, EngineError, SandboxError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandboxctl.engine.protocol import Note

HERE = Place()
PROGRAMS = {
    "dockerd": "docker.io",
    "iptables": "iptables",
    "mmdebstrap": "mmdebstrap",
    "mkfs.xfs": "xfsprogs",
    "mount": "mount",
}
APPARMOR = Path("/sys/module/apparmor/parameters/enabled")
BY_HAND = "Install Docker Engine as your distribution says, or name one that runs: DOCKER_HOST."


def find(url: str = "", *, place: Place = HERE) -> str | None:
    """URL of the engine that answers: the one that was asked for, else the usual socket's."""
    if chosen := named(url):
        return chosen.url if answers(chosen.url, chosen.tls) else None
    return place.url if answers(place.url) else None


def provide(note: Note, *, url: str = "", place: Place = HERE) -> str:
    """URL of an engine that answers; where there is none, one is installed and started.

    EngineError where one was asked for and is away, or where we have no right to install.
    """
    if found := find(url, place=place):
        return found
    if chosen := named(url):
        raise EngineError(
            f"no Docker Engine answers at {chosen.url}, which {chosen.by} names",
            hint=f"Start it, or take away {chosen.by} to use one on this machine.",
        )
    _must_be_allowed(place)
    note(describe(place))
    packages(needs(), note)
    return _by_systemd(place, note) or daemon.start(place, note)


def _must_be_allowed(place: Place) -> None:
    if place.socket.exists() and not os.access(place.socket, os.W_OK):
        raise EngineError(
            f"this user may not use {place.socket}",
            hint="Run `sudo usermod -aG docker $USER` and log in anew, or use sudo.",
        )
    if sys.platform != "linux":
        raise EngineError(
            "no Docker Engine answers", hint="Start Docker Desktop, or a VM's Docker."
        )
    if rights() is None:
        raise EngineError(
            "no Docker Engine answers, and only root can start one", hint=f"Use sudo. {BY_HAND}"
        )
    if needs() and not program("apt-get"):
        raise EngineError("no Docker Engine answers, and apt-get is not here", hint=BY_HAND)


def needs(programs: Mapping[str, str] = PROGRAMS) -> list[str]:
    """The Debian packages, of ``programs`` (program → package), that are missing here."""
    missing = [package for name, package in programs.items() if not program(name)]
    confined = APPARMOR.exists() and APPARMOR.read_text().startswith("Y")
    if "docker.io" in missing and confined and not program("apparmor_parser"):
        missing.append("apparmor")  # without it such a kernel refuses to start any container
    return missing


def describe(place: Place = HERE) -> str:
    """What ``provide`` is about to do, in words."""
    missing = ", ".join(needs())
    install = [f"install {missing} from the distribution's packages"] if missing else []
    start = [
        "start Docker Engine with systemctl"
        if place.systemd.is_dir()
        else f"start dockerd; its data in {place.data}, its log in {place.log}"
    ]
    steps = "\n".join(f"  - {step}" for step in install + start)
    return f"No Docker Engine answers on this machine. Going to:\n{steps}"


def _by_systemd(place: Place, note: Note) -> str | None:
    """The URL, where systemd runs here and Docker starts; a mark says that it was us."""
    if not place.systemd.is_dir():
        return None
    note("Starting Docker Engine with systemctl")
    try:
        as_root("systemctl", "start", "docker.service")
    except EngineError as error:
        note(f"{error}\nStarting dockerd without systemctl.")
        return None
    if os.getuid():
        note("The engine is this user's until it restarts; for good: sudo usermod -aG docker $USER")
        as_root("chgrp", str(os.getgid()), str(place.socket))
    if not answers(place.url):
        return None
    as_root("mkdir", "-p", str(place.root))
    as_root("touch", str(_mark(place)))
    return place.url


def _mark(place: Place) -> Path:
    return place.root / "by-systemd"


def stop(note: Note, *, place: Place = HERE, remove: bool = False) -> bool:
    """Stop the engine that ``provide`` started and no other; whether there was one."""
    if _mark(place).exists():
        note("Stopping Docker Engine with systemctl")
        as_root("systemctl", "stop", "docker.socket", "docker.service")
        as_root("rm", "-f", str(_mark(place)))
        return True
    return daemon.stop(place, note, remove=remove)


def main(arguments: list[str]) -> int:
    """The three commands for scripts; the exit code."""
    match arguments:
        case ["find"]:
            found = find()
            sys.stdout.write(f"{found}\n" if found else "")
            return 0 if found else EngineError.exit_code
        case ["start"]:
            sys.stdout.write(f"{provide(_say)}\n")
        case ["stop", *rest] if set(rest) <= {"--remove"}:
            if not stop(_say, remove=bool(rest)):
                _say("No engine runs that sandboxctl started.")
        case ["packages", *names] if names:
            packages(names, _say)
        case _:
            raise BlueprintError(
                f"not a command: {' '.join(arguments)}", hint=(__doc__ or "").strip()
            )
    return 0


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
    except SandboxError as error:
        _say(f"{error}\n  → {error.hint}")
        code = error.exit_code
    sys.exit(code)
