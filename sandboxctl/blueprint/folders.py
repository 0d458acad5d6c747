"""A supplier's folder: which files of it count, and what nobody takes from it."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from sandboxctl.errors import BlueprintError

LARGEST = 200 * 1024 * 1024
"""Bytes of all files together."""
MOST_FILES = 20_000
DEEPEST = 40
IGNORED = frozenset({".git", "__pycache__", "node_modules", ".venv"})
IGNORED_FILES = "*.pyc"
_BLOCK = 1024 * 1024


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Each file as (path below the folder with slashes, path), in an order that never changes.

    A link to a file of the folder is given as a file of its own; what the link leads to is read.
    Raises BlueprintError for a link that leaves the folder or leads nowhere or to a folder, for
    sockets, pipes and devices, for names that are not UTF-8, and for more than 20,000 files or
    200 MB.
    """
    root = Path(os.path.realpath(folder))
    size = 0
    for count, path in enumerate(_walk(folder), start=1):
        name = path.relative_to(folder).as_posix()
        size += _size(path, root, f"{folder}/{_printable(name)}")
        if count > MOST_FILES or size > LARGEST:
            raise BlueprintError(
                f"{folder}: has more than {MOST_FILES:,} files or {LARGEST // 1024**2} MB",
                hint="Take out what the service does not need to run; data belongs into `data`.",
            )
        yield name, path


def digest(folder: Path) -> str:
    """SHA-256 over names, executable bits and contents, in hex; raises what `files` raises."""
    whole = hashlib.sha256()
    for name, path in files(folder):
        runs = "x" if path.stat().st_mode & stat.S_IXUSR else "-"
        content = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                content.update(block)
        whole.update(f"{len(name.encode())}:{name}{runs}{content.hexdigest()}".encode())
    return whole.hexdigest()


def _walk(folder: Path, depth: int = 1) -> Iterator[Path]:
    if depth > DEEPEST:
        raise _refused(str(folder), f"lies more than {DEEPEST} folders deep")
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise _refused(str(folder), f"cannot be read: {error.strerror}") from None
    for entry in entries:
        if entry.name in IGNORED or fnmatch(entry.name, IGNORED_FILES):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), depth + 1)
        else:
            yield Path(entry.path)


def _size(path: Path, root: Path, shown: str) -> int:
    """Bytes of one file that may be taken."""
    if _printable(path.name) != path.name:
        raise _refused(shown, "has a name that is not plain text; rename it")
    if path.is_symlink():
        target = Path(os.path.realpath(path))
        if not target.is_relative_to(root):
            raise _refused(shown, "is a link that leads out of its folder; put a copy there")
        if not target.is_file():
            raise _refused(shown, "is a link that does not lead to a file; put a copy there")
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise _refused(shown, "is a socket, pipe or device; take it out")
    if not os.access(path, os.R_OK, effective_ids=True):
        raise _refused(shown, "cannot be read; give yourself the right to")
    return found.st_size


def _printable(name: str) -> str:
    """Without line breaks, escapes and bytes that are not UTF-8: names end up on a terminal."""
    return "".join(c if c.isprintable() else "?" for c in name)


def _refused(shown: str, why: str) -> BlueprintError:
    return BlueprintError(
        f"{shown}: {why}",
        hint="A blueprint's folder holds plain files, so that it is the same for everybody.",
    )
