"""A supplier's folder: which files of it count, and what nobody takes from it."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import islice
from pathlib import Path

from sandboxctl.blueprint import beneath
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
    sockets, pipes and devices, for names that are not UTF-8, and for more than 20,000 files and
    folders or 200 MB.
    """
    root = beneath.real(folder)
    size = 0
    for count, entry in enumerate(_walk(folder, folder), start=1):
        name = Path(entry.path).relative_to(folder).as_posix()
        is_file = not entry.is_dir(follow_symlinks=False)
        shown = f"{folder}/{_printable(name)}"
        try:
            size += _size(entry, root, shown) if is_file else 0
        except OSError as error:
            raise beneath.unread(error, shown) from None
        if count > MOST_FILES or size > LARGEST:
            raise _too_much(folder)
        if is_file:
            yield name, Path(entry.path)


def digest(folder: Path) -> str:
    """SHA-256 over names, executable bits and contents, in hex; raises what `files` raises."""
    whole = hashlib.sha256()
    root = beneath.real(folder)
    for name, _ in files(folder):
        content = hashlib.sha256()
        with beneath.opened(root, name) as file:
            runs = "x" if os.fstat(file.fileno()).st_mode & stat.S_IXUSR else "-"
            while block := file.read(_BLOCK):
                content.update(block)
        whole.update(f"{len(name.encode())}:{name}{runs}{content.hexdigest()}".encode())
    return whole.hexdigest()


def _walk(folder: Path, top: Path, depth: int = 1) -> Iterator[os.DirEntry[str]]:
    """Folders before what is in them."""
    if depth > DEEPEST:
        raise _refused(str(folder), f"lies more than {DEEPEST} folders deep", "DEN409")
    try:
        with os.scandir(folder) as scanned:
            entries = list(islice(scanned, 2 * MOST_FILES))
    except OSError as error:
        raise _refused(str(folder), f"cannot be read: {error.strerror}", "DEN408") from None
    if len(entries) == 2 * MOST_FILES:
        raise _too_much(top)
    for entry in sorted(entries, key=lambda entry: entry.name):
        if entry.name in IGNORED or fnmatch(entry.name, IGNORED_FILES):
            continue
        yield entry
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), top, depth + 1)


def _size(entry: os.DirEntry[str], root: Path, shown: str) -> int:
    """Bytes of one file that may be taken."""
    if _printable(entry.name) != entry.name:
        raise _refused(shown, "has a name that is not plain text; rename it", "DEN406")
    if entry.is_symlink():
        target = Path(os.path.realpath(entry.path))
        if not target.is_relative_to(root):
            why = "is a link that leads out of its folder; put a copy there"
            raise _refused(shown, why, "DEN402")
        if not target.is_file():
            why = "is a link that does not lead to a file; put a copy there"
            raise _refused(shown, why, "DEN403")
    found = entry.stat()
    if not stat.S_ISREG(found.st_mode):
        raise _refused(shown, "is a socket, pipe or device; take it out", "DEN405")
    if not os.access(entry.path, os.R_OK, effective_ids=True):
        raise _refused(shown, "cannot be read; give yourself the right to", "DEN408")
    if beneath.is_borrowed(found, root.stat().st_uid):
        raise _refused(shown, "is another name for a file of somebody else", "DEN407")
    return found.st_size


def _printable(name: str) -> str:
    """Without line breaks, escapes and bytes that are not UTF-8: names end up on a terminal."""
    return "".join(c if c.isprintable() else "?" for c in name)


def _too_much(folder: Path) -> BlueprintError:
    return BlueprintError(
        f"{folder}: has more than {MOST_FILES:,} files or {LARGEST // 1024**2} MB",
        hint="Take out what the service does not need to run; data belongs into `data`.",
        code="DEN409",
    )


def _refused(shown: str, why: str, code: str) -> BlueprintError:
    return beneath.refused(f"{shown}: {why}", code)
