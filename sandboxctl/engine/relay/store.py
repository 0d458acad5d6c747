"""What is decided in a den: den.json, the recipes beside it, and the locks around them."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .refused import Refused

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}")
_FORMAT = 1
OPEN = ("spares", "workshops")
"""Parts of den.json of which a controller writes any entry."""
PARTS = ("sandboxes", "approvals", "ways", *OPEN)


def write(path: Path, text: str, *, mode: int = 0o600) -> None:
    """The whole of ``text`` or none of it, on the disk when this returns."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    with draft.open("w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Only one relay of the den is in here at a time; for milliseconds, so nobody gives up."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def read(folder: Path) -> dict[str, Any]:
    """The record of each sandbox. Refused where it cannot be read: an empty den is written down."""
    sandboxes: dict[str, Any] = stored(folder)["sandboxes"]
    return sandboxes


def ways(folder: Path) -> dict[str, Any]:
    """Where the gateway leads, by sandbox: ``{"hosts": {…}, "routes": {…}}``."""
    return as_object(stored(folder).get("ways"))


def lead(folder: Path, sandbox: str, ways: object) -> dict[str, Any]:
    """Writes where the gateway leads for a sandbox; None: nowhere any more."""
    return _decide(folder, "ways", sandbox, ways)


def part(folder: Path, name: str) -> dict[str, Any]:
    """One part of what is decided, such as the approvals; empty where nothing is in it yet."""
    if name not in PARTS:
        raise Refused(f"the den's state has no part {name!r}")
    return as_object(stored(folder).get(name))


def approvals(folder: Path) -> dict[str, Any]:
    """What was granted, by what it was granted for."""
    return part(folder, "approvals")


def as_object(part: object) -> dict[str, Any]:
    return part if isinstance(part, dict) else {}


def stored(folder: Path) -> dict[str, Any]:
    try:
        whole = json.loads((folder / "den.json").read_bytes())
    except (OSError, ValueError) as problem:
        raise Refused(f"the den's state (den.json) cannot be read: {problem}") from None
    if not isinstance(whole, dict) or whole.get("format") != _FORMAT:
        raise Refused("the den's state (den.json) is not in a form that this gateway knows")
    if not isinstance(whole.get("sandboxes"), dict):
        raise Refused("the den's state (den.json) holds no sandboxes: it was not written by us")
    return whole


def record(folder: Path, sandbox: str, record: object) -> dict[str, Any]:
    """Writes what is decided about one sandbox; None: nothing any more."""
    return _decide(folder, "sandboxes", sandbox, record)


def approve(folder: Path, subject: str, approval: object) -> dict[str, Any]:
    """Writes what was granted for ``subject``; None: nothing any more."""
    return _decide(folder, "approvals", subject, approval)


def decide(folder: Path, part: str, name: str, what: object) -> dict[str, Any]:
    """Writes one entry of an open part; None: nothing any more."""
    if part not in OPEN:
        raise Refused(f"the den's state has no part {part!r} that can be written so")
    return _decide(folder, part, name, what)


def _decide(folder: Path, part: str, name: str, what: object) -> dict[str, Any]:
    with alone(folder / "locks" / ".state"):
        whole = stored(folder)
        decided = whole[part] = as_object(whole.get(part))
        before = decided.pop(checked(name), None)
        if what is not None:
            decided[name] = what
        if before != what:
            write(folder / "den.json", json.dumps(whole, indent=1, sort_keys=True))
    return {"changed": before != what}


def keep(folder: Path, name: str, text: str) -> dict[str, Any]:
    """Keeps a text under the name of its content: one that is there already is the same."""
    path = folder / checked(name)
    new = not path.exists()
    if new:
        write(path, text)
    else:
        os.utime(path)  # it is wanted again: `sweep` leaves what is young
    return {"new": new}


def kept(folder: Path, name: str) -> str | None:
    """The text kept under ``name``; None if there is none."""
    try:
        return (folder / checked(name)).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def sweep(state: Path, *, mine: Iterable[str] = (), older: float = 600) -> dict[str, Any]:
    """Forgets the texts that nothing decided speaks of: ``mine``, of what has just gone, and
    those kept more than ``older`` seconds ago. A younger one may be kept for what is about to be
    decided."""
    asked, now = frozenset(mine), time.time()
    with alone(state / "locks" / ".state"):
        said = json.dumps(stored(state))
        gone = [
            path
            for path in (state / "recipes").iterdir()
            if path.name not in said and (path.name in asked or now - path.stat().st_mtime > older)
        ]
        for path in gone:
            path.unlink(missing_ok=True)
    return {"forgotten": len(gone)}


def checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Refused(f"{name!r} cannot be the name of a file of the den")
    return name
