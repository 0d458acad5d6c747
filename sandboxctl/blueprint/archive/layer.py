"""One layer of an archive, unpacked only to be counted and hashed: nothing is written anywhere."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from sandboxctl.blueprint.archive import tape
from sandboxctl.blueprint.archive.flaw import BadArchive

MOST_FILES = 500_000
"""Files, folders and links of all layers: each takes an inode of the engine's disk."""
GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True, slots=True)
class Part:
    """Where a file stands in the archive, and how long it is, in bytes."""

    begin: int
    size: int


def pieces(file: IO[bytes], part: Part) -> Iterator[bytes]:
    """The content of a part, a MiB at a time."""
    file.seek(part.begin)
    left = part.size
    while left > 0:
        piece = file.read(min(left, tape.PIECE))
        if not piece:
            raise BadArchive("became shorter while it was read")
        left -= len(piece)
        yield piece


@dataclass
class Count:
    """What may still be unpacked."""

    largest: int
    files: int = MOST_FILES
    size: int = 0

    def add(self, size: int) -> None:
        self.size += size
        if self.size > self.largest:
            mib = f"{self.largest // 1024**2:,} MiB"
            raise BadArchive(f"is larger than {mib} when it is unpacked", "DEN531")

    def file(self) -> None:
        self.files -= 1
        if self.files < 0:
            raise BadArchive(f"has more than {MOST_FILES:,} files in its layers", "DEN531")


class _Unpacked(io.RawIOBase):
    """A layer's own tar while it is read: counted and hashed, and never more than a piece held."""

    def __init__(self, content: IO[bytes], count: Count) -> None:
        self._content, self._count, self._at = content, count, 0
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found = bytearray()
        while len(found) < size and (more := self._content.read(size - len(found))):
            found += more
        self._count.add(len(found))
        self.digest.update(found)
        self._at += len(found)
        return bytes(found)

    def tell(self) -> int:
        return self._at


def unpack(file: IO[bytes], part: Part, digest: str, count: Count) -> None:
    """Raises BadArchive for content that is too much, or that does not hash to ``digest``."""
    whole = io.BufferedReader(_Section(file, part), tape.PIECE)
    begins = whole.peek(4)[:4]
    if begins == ZSTD:
        raise BadArchive("has a layer in zstd, which engines before 23 cannot load", "DEN534")
    content = gzip.GzipFile(fileobj=whole) if begins[:2] == GZIP else whole
    unpacked = _Unpacked(content, count)  # type: ignore[arg-type]  # all that is needed is read()
    try:
        for _ in tape.entries(unpacked):  # type: ignore[arg-type]  # read() and tell() are all it asks
            count.file()
        while unpacked.read(tape.PIECE):
            pass
    except (OSError, EOFError, zlib.error):
        raise BadArchive("has a layer that cannot be unpacked") from None
    if f"sha256:{unpacked.digest.hexdigest()}" != digest:
        raise BadArchive("has a layer that is not what its configuration says", "DEN533")


class _Section(io.RawIOBase):
    """A part of a file as a file."""

    def __init__(self, file: IO[bytes], part: Part) -> None:
        self._pieces, self._rest = pieces(file, part), b""

    def readable(self) -> bool:
        return True

    def readinto(self, to: Any) -> int:
        self._rest = self._rest or next(self._pieces, b"")
        size = min(len(to), len(self._rest))
        to[:size], self._rest = self._rest[:size], self._rest[size:]
        return size
