"""A tar as a row of headers: what stands where, without the readings of any one program.

An extended header may give an entry another name or size than its plain one: two programs could
read two different archives. Those that say so are refused.

Source  https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from sandboxctl.blueprint.archive.flaw import BadArchive

BLOCK = 512
PIECE = 1024 * 1024
EXTENDED = 64 * 1024
"""Bytes of an extended header."""

_EXTENSIONS = (b"x", b"g", b"L", b"K")
_SPARSE = b"S"
_SAYS = {
    b"size=": "gives an entry another size in an extended header",
    b"GNU.sparse.": "has a sparse file, which grows when it is unpacked",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """``kind`` is tar's letter for it; ``extended`` the header before it, empty where there is
    none."""

    name: str
    kind: bytes
    size: int
    extended: bytes = b""


def entries(tape: IO[bytes]) -> Iterator[Entry]:
    """Every entry, with ``tape`` standing where its content begins; what is not read of it is
    passed over. Raises BadArchive."""
    extended = b""
    while (block := _read(tape, BLOCK)) != bytes(BLOCK):
        entry = _header(block, extended)
        end = tape.tell() + entry.size
        if entry.kind in _EXTENSIONS:
            extended += _extension(tape, entry)
        else:
            yield entry
            extended = b""
        _forward(tape, end + -entry.size % BLOCK)


def _forward(tape: IO[bytes], to: int) -> None:
    if tape.seekable():
        tape.seek(to)
    while (left := to - tape.tell()) > 0:
        _read(tape, min(left, PIECE))


def _header(block: bytes, extended: bytes) -> Entry:
    try:
        found = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        raise BadArchive("is not a tar, or is damaged") from None
    if found.size < 0:
        raise BadArchive("has an entry of a size below nothing")
    if found.type == _SPARSE:
        raise BadArchive(_SAYS[b"GNU.sparse."], "DEN531")
    has_content = found.type in tarfile.REGULAR_TYPES or found.type in _EXTENSIONS
    return Entry(found.name, found.type, found.size if has_content else 0, extended)


def _extension(tape: IO[bytes], entry: Entry) -> bytes:
    if len(entry.extended) + entry.size > EXTENDED:
        raise BadArchive("has extended headers larger than an image needs")
    found = _read(tape, entry.size)
    for sign, why in _SAYS.items():
        if sign in found:
            raise BadArchive(why, "DEN531")
    return found if entry.kind in b"xg" else b"path=" + found


def _read(tape: IO[bytes], size: int) -> bytes:
    found = tape.read(size)
    if len(found) < size:
        raise BadArchive("ends too soon")
    return found
