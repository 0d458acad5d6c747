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
from sandboxctl.errors import BlueprintError

LARGEST = 128 * 1024**2
"""Bytes of all files together."""
FILES = 2_000
"""Files and folders, each counted."""
NAME = 200
"""Characters of a path in the folder."""
DEEP = 12
PIECE = 64 * 1024
CODE = "DEN473"
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
        parts = _parts(name)
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
            raise _refused(
                f"It is more than {LARGEST // 1024**2} MB when it is unpacked",
                "A prototype needs no data in its folder: `data:` makes as much as wanted.",
            )

    def _count(self) -> None:
        self.things += 1
        if self.things > FILES:
            raise _too_many()

    def _once(self, path: Path, *, folder: bool) -> None:
        """Where letters of any size are one, two such names would be one file."""
        name = str(path.relative_to(self.folder))
        known = self._taken.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if known != name or not (folder or known is name):
            raise _refused(f"{_shown(name)} is in it twice", "Give every file a name of its own.")


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
                _untar(cast("IO[bytes]", plain), into)
        else:
            _untar(packed, into)
    except BadArchive as flaw:
        raise _refused(f"It {flaw}", "Pack the folder again, as zip or tar.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError):
        raise _refused("It is damaged", "Pack the folder again, and send all of it.") from None
    except (OSError, RuntimeError, UnicodeError):
        raise _refused(
            "It cannot be unpacked", "Pack the folder again, without a password."
        ) from None
    if not into.files:
        raise _refused("There is nothing in it", "Pack the folder that has `blueprint.yaml` in it.")
    top = [one for one in folder.iterdir() if one.name != "__MACOSX"]
    return top[0] if len(top) == 1 and top[0].is_dir() else folder


def _unzip(packed: IO[bytes], into: _Into) -> None:
    with zipfile.ZipFile(packed) as archive:
        found = archive.infolist()
        if len(found) > FILES * 2:
            raise _too_many()
        for one in found:
            kind = stat.S_IFMT(one.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise _link(one.filename, "a link" if kind == stat.S_IFLNK else "no file")
            if one.flag_bits & 1:
                raise _refused("It has a password", "Pack the folder again, without one.")
            if one.is_dir():
                into.folder_of(_parts(one.orig_filename))
                continue
            if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise _refused("It is packed in a rare way", "Pack the folder as a plain zip.")
            with archive.open(one) as read:
                into.write(one.orig_filename, read.read)


def _untar(packed: IO[bytes], into: _Into) -> None:
    """By the plain headers and the long names of GNU and pax, as `tape` has them."""
    for entry in tape.entries(packed):
        name = _long_name(entry) or entry.name
        if entry.kind in (tarfile.REGTYPE, tarfile.AREGTYPE):
            into.write(name, _only(packed, entry.size))
        elif entry.kind == tarfile.DIRTYPE:
            if PurePosixPath(name) != PurePosixPath("."):  # as `tar -C FOLDER .` begins
                into.folder_of(_parts(name))
        elif entry.kind == tarfile.XGLTYPE:
            continue
        else:
            raise _link(name, _LINKS.get(entry.kind, "no file"))
    while piece := packed.read(PIECE):  # to the sum at its end, which says that all of it came
        into.weigh(piece)


def _long_name(entry: tape.Entry) -> str:
    """Out of the extended header before it: GNU's is the name alone, that of pax has rows of
    ``length word=value``. Empty where there is none."""
    if entry.extended.startswith(b"path="):
        return (
            entry.extended.removeprefix(b"path=").rstrip(b"\0").decode("utf-8", "surrogateescape")
        )
    for row in entry.extended.decode("utf-8", "surrogateescape").splitlines():
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


def _parts(name: str) -> tuple[str, ...]:
    """Of a path that stays where it is unpacked. Windows takes ``\\`` for a separator and ``:`` for
    a drive, so neither is in a name."""
    shown = _shown(name)
    if len(name) > NAME:
        raise _refused(f"{shown} is longer than {NAME} characters", "Give it a shorter name.")
    path = PurePosixPath(name)
    parts = tuple(part for part in path.parts if part != ".")
    if path.is_absolute() or ".." in parts or "\\" in name or ":" in name or not parts:
        raise _refused(
            f"{shown} leads out of the folder", "Pack the folder by itself, with names under it."
        )
    if not name.isprintable():
        raise _refused(f"{shown} is no name that can be read", "Use letters, digits, - and _.")
    if len(parts) > DEEP:
        raise _refused(f"{shown} is more than {DEEP} folders deep", "Put it higher up.")
    return parts


def _shown(name: str) -> str:
    return ascii(name[:80])


def _too_many() -> BlueprintError:
    return _refused(
        f"It has more than {FILES:,} files and folders", "Leave out what is not needed."
    )


def _link(name: str, what: str) -> BlueprintError:
    return _refused(
        f"{_shown(name)} is {what}", "Put the file itself there: nothing else is taken."
    )


def _refused(why: str, hint: str) -> BlueprintError:
    return BlueprintError(why, hint=hint, code=CODE)
