"""What services write to disk, and how much of that they may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sandboxctl.blueprint.forms import Frozen

KIBIBYTE, GIBIBYTE = 1024, 1024**3
USUAL = 2 * GIBIBYTE
FILE = 8 * KIBIBYTE
"""A limit holds one file or folder for each so many bytes of it: what runs out of inodes first
fills a disk as well."""
FEWEST = 4096


def most_files(limit: int) -> int:
    """How many files and folders a service may make whose limit is ``limit`` bytes."""
    return max(FEWEST, limit // FILE)


class Overfull(Frozen):
    """A service that wrote more than it may; kept in the den, so that every controller knows.

    ``stopped``  its sandbox was stopped for it; False once somebody let it go on all the same.
    """

    service: str
    size: int
    files: int | None
    limit: int
    at: datetime
    stopped: bool = True

    def __str__(self) -> str:
        most = most_files(self.limit)
        if self.size <= self.limit and self.files and self.files > most:
            return f"{self.service} made {self.files:,} files, its limit is {most:,}"
        return f"{self.service} wrote {words(self.size)}, its limit is {words(self.limit)}"


@dataclass(frozen=True, slots=True)
class Wrote:
    """What one running service wrote beyond what its image holds: bytes on disk, and files and
    folders; those are None where nobody could count them. ``home`` is whose labels it carries,
    where it was a spare, and ``generation`` the number on them."""

    sandbox: str
    generation: int
    service: str
    size: int
    files: int | None
    limit: int
    home: str = ""

    def is_over(self, before: Overfull | None) -> bool:
        """Whether it is above its limit. Whoever let it go on after it was stopped gave it a
        tenth of its limit beyond what it had written then."""
        size, files = self.limit, most_files(self.limit)
        if before and before.service == self.service and not before.stopped:
            size = max(size, before.size + size // 10)
            files = max(files, (before.files or 0) + files // 10)
        return self.size > size or (self.files or 0) > files

    def overfull(self, at: datetime) -> Overfull:
        return Overfull(
            service=self.service, size=self.size, files=self.files, limit=self.limit, at=at
        )


@dataclass(frozen=True, slots=True)
class WriteDown:
    """Keep in the den's state why a sandbox was stopped, or that it was let go on."""

    over: Overfull

    def __str__(self) -> str:
        return "write down why it is stopped" if self.over.stopped else "let it go on"


def words(size: int) -> str:
    """``2.3 GiB``, ``512 MiB``, ``2 GiB``."""
    for name, unit in (("GiB", GIBIBYTE), ("MiB", KIBIBYTE**2)):
        if size >= unit:
            return f"{size / unit:.1f}".removesuffix(".0") + f" {name}"
    return f"{size // KIBIBYTE} KiB"
