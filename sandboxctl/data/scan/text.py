"""A file as text, piece by piece, whatever encoding it was written in."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from sandboxctl.data.scan.cells import Nothing, Unreadable

PIECE = 8 * 1024 * 1024
LONGEST = 32 * 1024 * 1024
"""Bytes of one line; also what is in memory at most of a file without any."""

_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"))
_PACKED = {b"PK\x03\x04": "a ZIP archive or office document", b"\x1f\x8b": "compressed with gzip"}
_CONTROLS = bytes(sorted({*range(32)} - set(b"\t\n\r\f\x1b")))


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole lines as UTF-8, the number of the first one, and how they are encoded in the file."""

    data: bytes
    line: int
    encoding: str


Cut = Callable[[bytes], int]
"""How many bytes of a piece to give out; the rest waits for what follows. 0 to wait for more."""


def at_line_end(data: bytes) -> int:
    """After the last complete line."""
    return data.rfind(b"\n") + 1


def occurrences(data: bytes, sign: bytes, end: int = -1) -> int:
    """How often one byte occurs; where it does so often, many times faster than `bytes.count`."""
    return int(np.count_nonzero(np.frombuffer(data, np.uint8, end) == sign[0]))


def bom(path: Path) -> tuple[bytes, str]:
    """The mark at the start of a file and the encoding it stands for; none for most."""
    with path.open("rb") as file:
        head = file.read(4)
    return next(((mark, name) for mark, name in _BOMS if head.startswith(mark)), (b"", ""))


def pieces(path: Path, cut: Cut = at_line_end, size: int = PIECE) -> Iterator[Piece]:
    """The text of a file without its byte order mark, cut at ends of lines.

    Raises Unreadable for what is no text, is empty, or has a line longer than 32 MB.
    """
    mark, named = bom(path)
    rest, line = b"", 1
    with path.open("rb") as file:
        file.seek(len(mark))
        for data in _utf8(file, named, size):
            _refuse_binary(data, line)
            data = rest + data
            end = cut(data)
            rest = data[end:]
            if end:
                yield _piece(data[:end], line, named)
                line += occurrences(data, b"\n", end)
            if len(rest) > LONGEST:
                raise Unreadable(
                    f"line {line} is longer than {LONGEST // 1024**2} MB",
                    hint="Is it a table with one row on each line?",
                )
    if rest:
        yield _piece(rest, line, named)
    elif line == 1:
        raise Nothing("is empty", hint="Leave it out, or look at how it was made.")


def _utf8(file: BinaryIO, named: str, size: int) -> Iterator[bytes]:
    if not named.startswith("utf-16"):
        while data := file.read(size):
            yield data
        return
    decoder = codecs.getincrementaldecoder(named)()
    try:
        while data := file.read(size):
            yield decoder.decode(data).encode()
        decoder.decode(b"", final=True)
    except UnicodeError:
        raise Unreadable(
            "starts like UTF-16 and is not", hint="Save it as UTF-8 and try again."
        ) from None


def _piece(data: bytes, line: int, named: str) -> Piece:
    if named or data.isascii():
        return Piece(data, line, named or "utf-8")
    try:
        data.decode()
    except UnicodeDecodeError:
        return Piece(data.decode("latin-1").encode(), line, "latin-1")
    return Piece(data, line, "utf-8")


def _refuse_binary(data: bytes, line: int) -> None:
    packed = next((words for magic, words in _PACKED.items() if data.startswith(magic)), "")
    if packed and line == 1:
        raise Unreadable(f"is {packed}", hint="Unpack it, or save it as CSV, and scan that.")
    if b"\0" in data:
        raise Unreadable("has NUL bytes in it: it is no text", hint="Save it as CSV in UTF-8.")
    head = data[:65_536]
    if len(head) - len(head.translate(None, _CONTROLS)) > len(head) // 50:
        raise Unreadable("is no text", hint="Save it as CSV in UTF-8, and scan that.")
