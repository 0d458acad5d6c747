"""Many 64-bit numbers in little memory: beyond a limit they wait on disk, in order of size.

A part holds the numbers of one of 64 equal ranges, so two stores compare part by part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Self

import numpy as np

from sandboxctl.data.chance.mix import U64

PARTS = 64
_BOUNDS = np.arange(1, PARTS, dtype=np.uint64) << np.uint64(58)

IN_MEMORY = 2_000_000
"""Numbers that one store keeps in memory: 16 MB."""


class Store:
    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._limit, self._count = in_memory, 0
        self._waiting: list[U64] = []
        self._chunks: list[list[int]] = []
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._file:
            self._file.close()

    def add(self, numbers: U64) -> None:
        self._waiting.append(numbers)
        self._count += len(numbers)
        if self._count >= self._limit:
            self._put_away()

    def parts(self) -> Iterator[U64]:
        """The numbers of each part, ascending."""
        memory = _sorted(self._waiting)
        bounds = _split(memory)
        for part in range(PARTS):
            found = [memory[bounds[part] : bounds[part + 1]]]
            found += [self._read(chunk, part) for chunk in self._chunks]
            yield _sorted(found)

    def _put_away(self) -> None:
        self._file = self._file or TemporaryFile()  # noqa: SIM115 - closed on exit
        numbers = _sorted(self._waiting)
        start = self._file.seek(0, 2)
        self._file.write(numbers.tobytes())
        self._chunks.append([start + 8 * bound for bound in _split(numbers)])
        self._waiting, self._count = [], 0

    def _read(self, chunk: list[int], part: int) -> U64:
        assert self._file
        self._file.seek(chunk[part])
        return np.frombuffer(self._file.read(chunk[part + 1] - chunk[part]), np.uint64)


def _sorted(numbers: list[U64]) -> U64:
    return np.sort(np.concatenate(numbers)) if numbers else np.empty(0, np.uint64)


def _split(numbers: U64) -> list[int]:
    return [0, *np.searchsorted(numbers, _BOUNDS).tolist(), len(numbers)]


def repeats(store: Store) -> int:
    """How many numbers came before already."""
    return sum(int((part[1:] == part[:-1]).sum()) for part in store.parts())


def strangers(store: Store, known: Store) -> int:
    """How many of its numbers the other store does not hold."""
    total = 0
    for mine, theirs in zip(store.parts(), known.parts(), strict=True):
        if not len(theirs):
            total += len(mine)
            continue
        nearest = np.minimum(np.searchsorted(theirs, mine), len(theirs) - 1)
        total += int((theirs[nearest] != mine).sum())
    return total


def multitudes(store: Store) -> Counter[int]:
    """How many different numbers came once, twice and so on."""
    found: Counter[int] = Counter()
    for part in store.parts():
        times, numbers = np.unique(np.unique(part, return_counts=True)[1], return_counts=True)
        found.update(dict(zip(times.tolist(), numbers.tolist(), strict=True)))
    return found
