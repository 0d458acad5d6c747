"""The one way to what a stranger put into a folder: nothing outside of it is ever opened.

A name is followed to where it really leads, and that has to lie in the folder. Then each folder on
the way is opened in the one before it, without following any link: what is read is what was
looked at, even if somebody changes the folder meanwhile.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from itertools import islice
from pathlib import Path, PurePosixPath

from sandboxctl.blueprint import scalars
from sandboxctl.blueprint.problem import near
from sandboxctl.errors import BlueprintError

_HINT = "A blueprint's folder holds plain files, so that it is the same for everybody."
_MOST_NEIGHBOURS = 200
_STEP = getattr(os, "O_PATH", os.O_RDONLY) | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""Without waiting: a pipe that took the file's place would keep us until somebody writes to it."""


def real(folder: Path) -> Path:
    """Where a folder lies, without any link: what the other functions here want as ``root``."""
    return Path(os.path.realpath(folder))


def located(root: Path, name: str) -> Path:
    """Where ``name`` really leads, which lies below ``root`` and is there.

    Raises BlueprintError for other spellings than a plain relative path, and for links out.
    """
    spelled = PurePosixPath(name)
    if not name or name[0] in "/~" or "\\" in name or ".." in spelled.parts:
        raise refused(f"{name!r} should be a path beside the blueprint, such as ./web", "DEN401")
    if scalars.hidden(name) or "\n" in name or "\t" in name:
        raise refused(f"{name!r} has a character that cannot be seen in a name", "DEN406")
    try:
        path = real(root / name)
        if not path.is_relative_to(root):
            raise refused(f"{name} is a link that leads out of the blueprint's folder", "DEN402")
        if not path.is_symlink() and path.lstat():
            return path
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        raise unread(error, name) from None
    raise refused(f"{name} is not there{_near(root / name)}", "DEN404")  # or leads to itself


@contextmanager
def opened(root: Path, name: str) -> Iterator[BufferedReader]:
    """A file below ``root`` for reading; raises BlueprintError unless it is a plain one."""
    path = located(root, name)
    try:
        owner = root.stat().st_uid
        with _descended(path.parent) as folder:
            _check(os.stat(path.name, dir_fd=folder, follow_symlinks=False), name, owner)
            handle = os.open(path.name, _READ, dir_fd=folder)
        with open(handle, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
            _check(os.fstat(handle), name, owner)
            yield file
    except OSError as error:
        raise unread(error, name) from None


def content(root: Path, name: str, most: int) -> bytes:
    """All of a small file; raises BlueprintError if it has more than ``most`` bytes."""
    with opened(root, name) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise refused(f"{name} is larger than {most // 1024:,} KiB", "DEN409")
    return data


def digest(root: Path, name: str) -> str:
    """SHA-256 of a file's content, in hex."""
    with opened(root, name) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_borrowed(found: os.stat_result, owner: int) -> bool:
    """Whether a file of somebody else has got one more name, in a folder of ``owner``: the way to
    have a file read that one cannot read oneself."""
    return found.st_nlink > 1 and found.st_uid != owner


def _check(found: os.stat_result, name: str, owner: int) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = "a folder" if stat.S_ISDIR(found.st_mode) else "a socket, pipe or device"
        raise refused(f"{name} is {kind}, not a file", "DEN405")
    if is_borrowed(found, owner):
        raise refused(f"{name} is another name for a file of somebody else", "DEN407")


def refused(why: str, code: str) -> BlueprintError:
    """What is said of a file that is not taken."""
    return BlueprintError(why, hint=_HINT, code=code)


def unread(error: OSError, name: str) -> BlueprintError:
    """What is said when the system says no."""
    if error.errno == errno.EACCES:
        return refused(f"{name} cannot be read; give yourself the right to", "DEN408")
    if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENOENT, errno.ENXIO, errno.EINVAL):
        return refused(f"{name} was changed while it was looked at", "DEN410")
    return refused(f"{name} cannot be read: {error.strerror}", "DEN408")


@contextmanager
def _descended(path: Path) -> Iterator[int]:
    """A folder, opened step by step from the top; OSError if a step is a link by now."""
    handle = os.open(path.anchor, _STEP)
    try:
        for part in path.parts[1:]:
            step = os.open(part, _STEP, dir_fd=handle)
            os.close(handle)
            handle = step
        yield handle
    finally:
        os.close(handle)


def _near(path: Path) -> str:
    """The near match among the first of what lies beside it."""
    with suppress(OSError):
        beside = islice(path.parent.iterdir(), _MOST_NEIGHBOURS)
        return near(path.name, [entry.name for entry in beside])
    return ""
