"""HAProxy's admin sockets: each gateway of the den has one, called after it, on the volume.

While one gateway takes the place of another there are two, and each relay speaks to both.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from .refused import Refused

_BATCH = 8_000  # characters; HAProxy reads one line of commands into a buffer of 16 KiB
_NAME = re.compile(r"[a-z0-9]{1,32}")
_SESSION = re.compile(r"^(0x[0-9a-f]+):.*?(?=^0x|\Z)", re.MULTILINE | re.DOTALL)
_SERVER = re.compile(r"^\s+server=\S+ \(id=\d+\) addr=([0-9.]+):(\d+)", re.MULTILINE)
_LOOK, _PATIENCE = 0.05, 3.0
_Done = TypeVar("_Done")


class Away(Refused):
    """An HAProxy that takes no orders: not yet, or not any more."""


@dataclass(frozen=True)
class Admins:
    """``folder``  where they are."""

    folder: Path

    def socket(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise Refused(f"{name!r} cannot be the name of a gateway")
        return self.folder / f"{name}.sock"

    def each(self, act: Callable[[Path], _Done]) -> list[_Done]:
        """Does it with every HAProxy that takes orders; Away where none does."""

        def all_of_them() -> list[_Done]:
            done: list[_Done] = []
            why = Away("the gateway does not take orders: it does not run")
            for admin in sorted(self.folder.glob("*.sock")):
                try:
                    done.append(act(admin))
                except Away as away:
                    why = away
            if not done:
                raise why
            return done

        return patiently(all_of_them)


def sessions(admin: Path, addresses: set[str] | None = None) -> list[tuple[Path, str]]:
    """The sessions of an HAProxy with these addresses; None: with any."""
    return [
        (admin, session[1])
        for session in _SESSION.finditer(ask(admin, "show sess all"))
        if (server := _SERVER.search(session[0])) and (addresses is None or server[1] in addresses)
    ]


def tell(admin: Path, steps: Iterable[str]) -> None:
    for line in batches(steps):
        complaint = ask(admin, line).strip()
        if complaint:
            raise Refused(f"the gateway refused a change of its routes: {complaint}")


def ask(admin: Path, line: str) -> str:
    heard = []
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(admin))
            connection.sendall(line.encode() + b"\n")
            while part := connection.recv(65_536):
                heard.append(part)
    except OSError as problem:
        raise Away(f"the gateway does not take orders: {problem}") from None
    return b"".join(heard).decode("utf-8", "replace")


def patiently(act: Callable[[], _Done]) -> _Done:
    """A gateway that has just been started opens its socket a moment later."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            return act()
        except Away:
            if time.monotonic() > end:
                raise
            time.sleep(_LOOK)


def batches(steps: Iterable[str]) -> list[str]:
    """Commands joined into lines that HAProxy can read whole."""
    lines: list[str] = []
    for step in steps:
        if lines and len(lines[-1]) + len(step) < _BATCH:
            lines[-1] += f"; {step}"
        else:
            lines.append(step)
    return lines
