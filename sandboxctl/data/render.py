"""Values become bytes: a matrix of one line for each row, where byte 0 means "nothing here".

Everything is laid into fixed slots and squeezed once at the end, so no Python runs for a row.
No value contains a NUL (the blueprint refuses it), which is why it can mark the gaps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sandboxctl.data.mix import Index
from sandboxctl.data.values import (
    Cells,
    Codes,
    Days,
    Joined,
    Numbers,
    Optional,
    Seconds,
    Uuids,
    Values,
)

Matrix = NDArray[np.uint8]


@dataclass(frozen=True)
class Dialect:
    """How a format writes one cell: what it escapes, when it quotes, what stands for nothing."""

    missing: bytes
    escape: Callable[[str], str]
    quotes: Callable[[str], bool]


def _csv_quotes(text: str) -> bool:
    # an empty text is quoted, so that it differs from no value at all
    return not text or any(mark in text for mark in '",\r\n')


_COPY_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})

PLAIN = Dialect(b"", str, lambda _: False)
CSV = Dialect(b"", lambda text: text.replace('"', '""'), _csv_quotes)
COPY = Dialect(rb"\N", lambda text: text.translate(_COPY_ESCAPES), lambda _: False)


def lines(columns: Iterable[Cells], count: int, dialect: Dialect, between: str, end: str) -> bytes:
    """These columns side by side as text: ``count`` rows, encoded in UTF-8."""
    slots: list[Matrix] = []
    for cells in columns:
        slots += [cell(cells, count, dialect), _text(between, count)]
    return squeeze(np.hstack([*slots[:-1], _text(end, count)]))


def squeeze(matrix: Matrix) -> bytes:
    """The matrix without its gaps."""
    flat = matrix.ravel()
    return flat.compress(flat != 0).tobytes()


def cell(cells: Cells, count: int, dialect: Dialect) -> Matrix:
    """One column as a matrix, quoted and escaped, with the dialect's mark where it is missing."""
    matrix = _quoted(cells.values, count, dialect)
    if cells.missing is None:
        return matrix
    mark = np.frombuffer(dialect.missing, np.uint8)
    matrix = np.pad(matrix, ((0, 0), (0, max(0, mark.size - matrix.shape[1]))))
    matrix[cells.missing] = 0
    matrix[cells.missing, : mark.size] = mark
    return matrix


def _quoted(values: Values, count: int, dialect: Dialect) -> Matrix:
    if isinstance(values, Codes):
        return _pool(values.entries, dialect, True)[values.index]
    matrix = _matrix(values, count, dialect)
    if not any(dialect.quotes(text) for text in _texts(values)):
        return matrix
    return np.hstack([_text('"', count), matrix, _text('"', count)])


def _texts(values: Values | str) -> Iterable[str]:
    match values:
        case str():
            yield values
        case Joined(parts=parts):
            for part in parts:
                yield from _texts(part)
        case Optional(values=inner):
            yield from _texts(inner)
        case _:
            return


def _matrix(values: Values | str, count: int, dialect: Dialect) -> Matrix:
    match values:
        case str():
            return _text(dialect.escape(values), count)
        case Numbers():
            return _numbers(values)
        case Codes(entries=entries, index=index):
            return _pool(entries, dialect, False)[index]
        case Days(values=days):
            return _days(days)
        case Seconds(values=seconds):
            return _seconds(seconds, count)
        case Uuids():
            return _uuids(values, count)
        case Joined(parts=parts):
            return np.hstack([_matrix(part, count, dialect) for part in parts])
        case _:
            return _matrix(values.values, count, dialect) * values.present[:, None]


def _text(text: str, count: int) -> Matrix:
    return np.broadcast_to(np.frombuffer(text.encode(), np.uint8), (count, len(text.encode())))


@lru_cache(maxsize=512)
def _pool(entries: tuple[str, ...], dialect: Dialect, whole: bool) -> Matrix:
    """Every entry once, as a row of bytes; quoted where the cell is nothing but this entry."""
    texts = [dialect.escape(entry) for entry in entries]
    if whole:
        pairs = zip(entries, texts, strict=True)
        texts = [f'"{text}"' if dialect.quotes(entry) else text for entry, text in pairs]
    encoded = [text.encode() for text in texts]
    width = max(map(len, encoded), default=0)
    padded = b"".join(text.ljust(width, b"\0") for text in encoded)
    return np.frombuffer(padded, np.uint8).reshape(len(encoded), width)


@lru_cache(maxsize=1)
def _four_digits() -> Matrix:
    return np.frombuffer(b"".join(b"%04d" % n for n in range(10_000)), np.uint8).reshape(-1, 4)


def _digits(values: Index, width: int) -> Matrix:
    """Numbers of 0 or more with leading zeros."""
    groups = -(-width // 4)
    parts = []
    for _ in range(groups):
        values, last = np.divmod(values, 10_000)
        parts.append(_four_digits()[last])
    return np.hstack(parts[::-1])[:, groups * 4 - width :]


def _numbers(numbers: Numbers) -> Matrix:
    values, places = numbers.values, numbers.places
    size = np.abs(values)
    shown = max(numbers.width, places + 1)
    width = max(shown, len(str(size.max(initial=0))))
    digits = _digits(size, width)
    for column in range(width - shown):
        digits[size < 10 ** (width - 1 - column), column] = 0
    parts = [digits[:, : width - places]]
    if (values < 0).any():
        parts.insert(0, ((values < 0) * np.uint8(ord("-")))[:, None])
    if places:
        parts += [_text(".", len(values)), digits[:, width - places :]]
    return np.hstack(parts)


def _days(days: Index) -> Matrix:
    day = days.astype("M8[D]")
    month, year = day.astype("M8[M]"), day.astype("M8[Y]")
    dash = _text("-", len(days))
    return np.hstack(
        [
            _digits(year.astype(np.int64) + 1970, 4),
            dash,
            _digits((month - year.astype("M8[M]")).astype(np.int64) + 1, 2),
            dash,
            _digits((day - month.astype("M8[D]")).astype(np.int64) + 1, 2),
        ]
    )


def _seconds(seconds: Index, count: int) -> Matrix:
    days, rest = np.divmod(seconds, 86_400)
    hours, rest = np.divmod(rest, 3_600)
    colon = _text(":", count)
    clock = [_digits(hours, 2), colon, _digits(rest // 60, 2), colon, _digits(rest % 60, 2)]
    return np.hstack([_days(days), _text("T", count), *clock, _text("Z", count)])


@lru_cache(maxsize=1)
def _hex_pairs() -> Matrix:
    return np.frombuffer(bytes(range(256)).hex().encode(), np.uint8).reshape(256, 2)


def _uuids(uuids: Uuids, count: int) -> Matrix:
    halves = np.stack([uuids.high, uuids.low], axis=1).astype(">u8")
    text = _hex_pairs()[halves.view(np.uint8)].reshape(count, 32)
    dash = _text("-", count)
    edges = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)]
    parts = [part for start, stop in edges for part in (text[:, start:stop], dash)]
    return np.hstack(parts[:-1])
