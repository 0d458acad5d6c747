"""How much a folder of a stranger holds beyond what lies below it; counted from the host.

Whoever owns the folder changes it meanwhile, and may put links anywhere: no path is opened but
a name in a folder that is open already, and never through a link.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

BLOCK = 512
DEEPEST = 48
SLACK = 64 * 1024
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
OPAQUE = "trusted.overlay.opaque"


class Unfinished(Exception):
    """It takes too long, is too deep, or may not be read."""


@dataclass(slots=True)
class Count:
    """Bytes on disk and entries so far. ``end`` is when to give up, ``most`` how many entries
    are enough to know that they are too many."""

    end: float
    most: int
    size: int = 0
    files: int = 0
    _linked: set[tuple[int, int]] = field(default_factory=set)

    def add(self, found: os.stat_result, below: os.stat_result | None) -> None:
        """One entry; of what was there before only what it grew. A copy of a file that only a
        look made is nobody's doing."""
        if found.st_nlink > 1 and not stat.S_ISDIR(found.st_mode):
            if (found.st_dev, found.st_ino) in self._linked:
                return
            self._linked.add((found.st_dev, found.st_ino))
        if below is None:
            self.files += 1
            self.size += allocated(found)
        else:
            self.size += max(0, allocated(found) - allocated(below))


def allocated(found: os.stat_result) -> int:
    """Bytes that a file takes on disk. XFS keeps up to as much again ready for one that grows,
    and gives that back: what lies beyond its end counts only where it is more than that."""
    blocks = found.st_blocks * BLOCK
    beyond = blocks - found.st_size
    usual = stat.S_ISREG(found.st_mode) and 0 < beyond <= found.st_size + SLACK
    return found.st_size if usual else blocks


def grown(upper: Path, lowers: Sequence[Path], *, most: int, seconds: float) -> tuple[int, int]:
    """(bytes, files and folders) of ``upper`` that are not in ``lowers``, nearest first.

    Stops counting above ``most`` files. Raises Unfinished."""
    count = Count(time.monotonic() + seconds, most)
    try:
        with contextlib.ExitStack() as held:
            top = held.enter_context(_opened(str(upper)))
            below = [held.enter_context(_opened(str(path))) for path in lowers]
            _walk(top, below, count, 0)
    except OSError as problem:
        raise Unfinished(str(problem)) from None
    return count.size, count.files


@contextlib.contextmanager
def _opened(name: str, beside: int | None = None) -> Iterator[int]:
    handle = os.open(name, _FOLDER, dir_fd=beside)
    try:
        yield handle
    finally:
        os.close(handle)


def _walk(folder: int, below: Sequence[int], count: Count, depth: int) -> None:
    if depth > DEEPEST:
        raise Unfinished("too deep")
    inner: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if time.monotonic() > count.end:
                raise Unfinished("too many files")
            try:
                found = os.stat(entry.name, dir_fd=folder, follow_symlinks=False)
            except FileNotFoundError:  # gone meanwhile
                continue
            if _is_whiteout(found):
                continue
            count.add(found, _below(entry.name, below))
            if stat.S_ISDIR(found.st_mode):
                inner.append(entry.name)
            if count.files > count.most:
                return
    for name in inner:
        _into(name, folder, below, count, depth)
        if count.files > count.most:
            return


def _into(name: str, folder: int, below: Sequence[int], count: Count, depth: int) -> None:
    with contextlib.ExitStack() as held:
        try:
            inner = held.enter_context(_opened(name, folder))
        except (FileNotFoundError, NotADirectoryError):  # gone, or a link by now
            return
        under: list[int] = []
        for one in () if _is_new(inner) else below:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                under.append(held.enter_context(_opened(name, one)))
        _walk(inner, under, count, depth + 1)


def _below(name: str, below: Sequence[int]) -> os.stat_result | None:
    for one in below:
        with contextlib.suppress(FileNotFoundError):
            return os.stat(name, dir_fd=one, follow_symlinks=False)
    return None


def _is_whiteout(found: os.stat_result) -> bool:
    """How overlayfs marks what was deleted."""
    return stat.S_ISCHR(found.st_mode) and found.st_rdev == 0


def _is_new(folder: int) -> bool:
    """A folder that hides the one below it: it was deleted and made again."""
    try:
        return os.getxattr(folder, OPAQUE) == b"y"
    except OSError:
        return False
