"""Values where they stand in a text, so that they can be read, and written over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from sandboxctl.data.scan.cells import Cells, Work, listed
from sandboxctl.data.scan.kinds import hinted
from sandboxctl.data.scan.text import Cut, pieces

MOST_NAMES, MOST_TELLING = 200, 2_000
"""Columns of one file that are looked at one by one, and how many more are, if their names tell of
a kind: each costs milliseconds, and a stranger's file may name a new one for every value."""

OTHERS = "further names"


@dataclass(frozen=True, slots=True)
class Spot:
    """``text`` is what stands between ``start`` and ``end``, unquoted; ``write`` quotes it."""

    column: str
    line: int
    start: int
    end: int
    text: str
    write: Callable[[str], str]


class Spotter(Protocol):
    """Reads a file piece by piece, and remembers between two pieces where it is."""

    def spots(self, text: str, line: int) -> Iterator[Spot]:
        """The values of the next piece; ``line`` is the number of its first line."""

    def end(self) -> None:
        """Raises Unreadable if the file may not end here."""


class Names:
    """Which column the values of a name count to, for one file: beyond the first ones all together,
    where they are still looked through for whatever is sure of itself."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, name: str) -> str:
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = name if self._is_apart(name) else OTHERS
        return known

    def _is_apart(self, name: str) -> bool:
        seen = len(self._known)
        return seen < MOST_NAMES or (seen < MOST_TELLING and bool(hinted(name)))


def read(path: Path, spotter: Spotter, cut: Cut) -> Iterator[Work]:
    """A file by its spots; pieces follow each other, so nothing is left to do at the same time."""
    names = Names()
    for piece in pieces(path, cut):
        found = grouped(spotter.spots(piece.data.decode(), piece.line), names)
        yield partial(list, found)
    spotter.end()


def grouped(spots: Iterable[Spot], names: Names) -> list[Cells]:
    """Spots by column."""
    columns: dict[str, tuple[list[str], list[int]]] = {}
    for spot in spots:
        texts, lines = columns.setdefault(names.of(spot.column), ([], []))
        texts.append(spot.text)
        lines.append(spot.line)
    return [
        Cells(column, pa.array(texts, pa.string()), listed(lines))
        for column, (texts, lines) in columns.items()
    ]
