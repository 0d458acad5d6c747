"""Texts of a column by the million: their bytes in one numpy array, no Python for a value."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Array: TypeAlias = pa.Array
Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]
Mask = NDArray[np.bool_]

ZERO = ord("0")


def plain(texts: Any) -> Array:
    """Any Arrow column of texts as one StringArray, whatever it is stored as."""
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    return texts if texts.type == pa.string() else texts.cast(pa.string())


def matches(texts: Array, pattern: str) -> Mask:
    """Which of them a pattern describes from end to end; nothing is not described."""
    found = pc.match_substring_regex(texts, rf"\A(?:{pattern})\z")
    return numpy(pc.fill_null(found, False))


def numpy(flags: Array) -> Mask:
    made: Mask = flags.to_numpy(zero_copy_only=False)
    return made


def squeezed(texts: Array, drop: str, *, lower: bool = False) -> Array:
    """Without some characters, and in capitals or in small letters; ASCII only, others stay."""
    data, offsets = _raw(texts)
    keep = _kept(drop)[data]
    data = _cased(lower)[data]
    if not keep.all():
        offsets = np.concatenate([[0], np.cumsum(keep)])[offsets]
        data = data[keep]
    return _made(texts, data, offsets)


def inserted(texts: Array, separator: str, at: NDArray[np.int64]) -> Array:
    """With a character put before some positions: a column of ``at`` for each of them, ascending.

    Positions that a text does not reach are left out, 0 with them, and those within a letter.
    """
    data, offsets = _raw(texts)
    wanted = (at > 0) & (at < np.diff(offsets)[:, None])
    places = (offsets[:-1, None] + at)[wanted]
    letters = (data[places] & 0xC0) != 0x80
    wanted[wanted] = letters
    data = np.insert(data, places[letters], ord(separator))
    moved = np.concatenate([[0], np.cumsum(wanted.sum(axis=1))])
    return _made(texts, data, offsets + moved)


def lengths(texts: Array) -> NDArray[np.int64]:
    """How many bytes each has."""
    return np.diff(_raw(texts)[1])


def byte(texts: Array, position: int) -> Bytes:
    """The byte at a position of each text; 0 where it ends before that."""
    data, offsets = _raw(texts)
    there = offsets[:-1] + position < offsets[1:]
    found = np.zeros(len(texts), np.uint8)
    found[there] = data[offsets[:-1][there] + position]
    return found


def matrix(texts: Array, width: int) -> Bytes:
    """A row of bytes for each text of at most that width, filled up with zeros in front."""
    data, offsets = _raw(texts)
    if (np.diff(offsets) == width).all():
        return data.reshape(len(texts), width)
    cells = offsets[1:, None] + np.arange(-width, 0)
    return np.where(cells >= offsets[:-1, None], data[np.maximum(cells, 0)], ZERO)


def _raw(texts: Array) -> tuple[Bytes, Offsets]:
    """All bytes, and where each text starts and ends in them."""
    if not len(texts):
        return np.zeros(0, np.uint8), np.zeros(1, np.int64)
    _, starts, data = texts.buffers()
    offsets = np.frombuffer(starts, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    everything = np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)
    return everything[offsets[0] : offsets[-1]], offsets.astype(np.int64) - offsets[0]


def _made(like: Array, data: Bytes, offsets: Offsets) -> Array:
    starts = pa.py_buffer(offsets.astype(np.int32))
    made = pa.StringArray.from_buffers(len(like), starts, pa.py_buffer(np.ascontiguousarray(data)))
    return pc.if_else(like.is_valid(), made, None) if like.null_count else made


@lru_cache
def _kept(drop: str) -> Mask:
    kept = np.ones(256, np.bool_)
    kept[list(drop.encode())] = False
    return kept


@lru_cache
def _cased(lower: bool) -> Bytes:
    every = bytes(range(256))
    return np.frombuffer(every.lower() if lower else every.upper(), np.uint8)
