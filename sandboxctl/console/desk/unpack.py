"""A supplier's folder out of a zip or a tar, into an empty folder of ours, or nothing at all.

Every entry is looked at before anything of it is written, and written by us: name by name, byte by
byte, counted. Nothing is a link, a device or a program afterwards.
"""

from __future__ import annotations

import gzip
import os
import stat
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from sandboxctl.blueprint.archive import tape
from sandboxctl.blueprint.archive.flaw import BadArchive
from sandboxctl.console.desk import entry

LARGEST = 128 * 1024**2
"""Bytes of all files together."""
FILES = 2_000
"""Files and folders, each counted."""
LIST = 2 * 1024**2
"""Bytes of a zip's list of its entries."""
PIECE = 64 * 1024
_LAST = 22 + 20 + 65_535
"""Bytes in which a zip's end is found: it may have a comment."""
_ZIP, _GZIP = b"PK", b"\x1f\x8b"
_LINKS = {b"1": "a hard link", b"2": "a link", b"3": "a device", b"4": "a device", b"6": "a pipe"}


@dataclass
class _Into:
    """The folder that is written to, and what it has by now."""

    folder: Path
    size: int = 0
    files: int = 0
    things: int = 0

    def __post_init__(self) -> None:
        self._taken: dict[str, str] = {}

    def folder_of(self, parts: tuple[str, ...]) -> Path:
        """Made as far as it is not there; each of its names was looked at."""
        path = self.folder
        for part in parts:
            path = path / part
            self._once(path, folder=True)
            if not path.is_dir():
                self._count()
                path.mkdir(mode=0o700)
        return path

    def write(self, name: str, read: Callable[[int], bytes]) -> None:
        parts = entry.parts(name)
        self.files += 1
        self._count()
        path = self.folder_of(parts[:-1]) / parts[-1]
        self._once(path, folder=False)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to:
            while piece := read(PIECE):
                self.weigh(piece)
                to.write(piece)

    def weigh(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > LARGEST:
            raise entry.too_large(LARGEST)

    def _count(self) -> None:
        self.things += 1
        if self.things > FILES:
            raise entry.too_many(FILES)

    def _once(self, path: Path, *, folder: bool) -> None:
        """Where letters of any size are one, two such names would be one file."""
        name = str(path.relative_to(self.folder))
        known = self._taken.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if known != name or not (folder or known is name):
            raise entry.refused(
                f"{entry.shown(name)} is in it twice", "Give every file a name of its own."
            )


class _Plain:
    """A tar as it comes, counted: headers that nobody sees cost time, too."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed, self._at = packed, 0

    def read(self, most: int) -> bytes:
        found = self._packed.read(most)
        self._at += len(found)
        if self._at > 2 * LARGEST:
            raise entry.too_large(LARGEST)
        return found

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return False


def unpack(packed: IO[bytes], folder: Path) -> Path:
    """Write what is in it into ``folder``, which is empty; the folder in it that has the blueprint:
    the only one at its top, where there is nothing else.

    Raises BlueprintError: what is no archive, is damaged, is too much, or leads elsewhere. What was
    written until then is the caller's to remove.
    """
    begins = packed.read(2)
    packed.seek(0)
    into = _Into(folder)
    try:
        if begins == _ZIP:
            _unzip(packed, into)
        elif begins == _GZIP:
            with gzip.open(packed) as plain:
                _untar(cast("IO[bytes]", _Plain(cast("IO[bytes]", plain))), into)
        else:
            _untar(cast("IO[bytes]", _Plain(packed)), into)
    except BadArchive as flaw:
        raise entry.refused(f"It {flaw}", "Pack the folder again, as zip or tar.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError):
        raise entry.refused("It is damaged", "Pack the folder again, and send all of it.") from None
    except (OSError, RuntimeError, UnicodeError):
        raise entry.refused(
            "It cannot be unpacked", "Pack the folder again, without a password."
        ) from None
    if not into.files:
        raise entry.refused(
            "There is nothing in it", "Pack the folder that has `blueprint.yaml` in it."
        )
    top = [one for one in folder.iterdir() if one.name != "__MACOSX"]
    return top[0] if len(top) == 1 and top[0].is_dir() else folder


def _list_is_short(packed: IO[bytes]) -> bool:
    """Whether a zip's list of its entries is one that we would read, before anybody reads it.

    Source  https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.14 to 4.3.16
    """
    size = packed.seek(0, os.SEEK_END)
    packed.seek(max(0, size - _LAST))
    last = packed.read(_LAST)
    packed.seek(0)
    at = last.rfind(b"PK\x05\x06")
    if at < 0 or len(last) < at + 22:
        return True  # then it is no zip, and whoever reads it says so
    if last[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        return False  # another end, for what is larger than ours may be
    return int.from_bytes(last[at + 12 : at + 16], "little") <= LIST


def _unzip(packed: IO[bytes], into: _Into) -> None:
    if not _list_is_short(packed):
        raise entry.too_many(FILES)
    with zipfile.ZipFile(packed) as archive:
        found = archive.infolist()
        if len(found) > FILES * 2:
            raise entry.too_many(FILES)
        for one in found:
            kind = stat.S_IFMT(one.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise entry.link(one.filename, "a link" if kind == stat.S_IFLNK else "no file")
            if one.flag_bits & 1:
                raise entry.refused("It has a password", "Pack the folder again, without one.")
            if one.is_dir():
                into.folder_of(entry.parts(one.orig_filename))
                continue
            if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise entry.refused("It is packed in a rare way", "Pack the folder as a plain zip.")
            with archive.open(one) as read:
                into.write(one.orig_filename, read.read)


def _untar(packed: IO[bytes], into: _Into) -> None:
    """By the plain headers and the long names of GNU and pax, as `tape` has them."""
    for one in tape.entries(packed):
        name = _long_name(one) or one.name
        if one.kind in (tarfile.REGTYPE, tarfile.AREGTYPE):
            into.write(name, _only(packed, one.size))
        elif one.kind == tarfile.DIRTYPE:
            if PurePosixPath(name) != PurePosixPath("."):  # as `tar -C FOLDER .` begins
                into.folder_of(entry.parts(name))
        elif one.kind == tarfile.XGLTYPE:
            continue
        else:
            raise entry.link(name, _LINKS.get(one.kind, "no file"))
    while piece := packed.read(PIECE):  # to the sum at its end, which says that all of it came
        into.weigh(piece)


def _long_name(one: tape.Entry) -> str:
    """Out of the extended header before it: GNU's is the name alone, that of pax has rows of
    ``length word=value``. Empty where there is none."""
    if one.extended.startswith(b"path="):
        return one.extended.removeprefix(b"path=").rstrip(b"\0").decode("utf-8", "surrogateescape")
    for row in one.extended.decode("utf-8", "surrogateescape").splitlines():
        word, _, value = row.partition(" ")[2].partition("=")
        if word == "path":
            return value
    return ""


def _only(packed: IO[bytes], size: int) -> Callable[[int], bytes]:
    left = size

    def read(most: int) -> bytes:
        nonlocal left
        piece = packed.read(min(most, left))
        left -= len(piece)
        if left and not piece:
            raise EOFError
        return piece

    return read
