"""Values where they stand in a text, so that they can be read, and written over."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from sandboxctl.data.scan import kinds
from sandboxctl.data.scan.cells import Cells, Work, listed
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
        return seen < MOST_NAMES or (seen < MOST_TELLING and bool(kinds.hinted(name)))


def read(path: Path, spotter: Spotter, cut: Cut) -> Iterator[Work]:
    """A file by its spots; pieces follow each other, so nothing is left to do at the same time."""
    names = Names()
    for piece in pieces(path, cut):
        found = grouped(spotter.spots(piece.data.decode(), piece.line), names)
        yield partial(list, found)
    spotter.end()


def few(cells: list[Cells]) -> list[Cells]:
    """The columns of a table, those together that `Names` does not keep apart."""
    if len(cells) <= MOST_NAMES:
        return cells
    names = Names()
    apart = [one for one in cells if names.of(one.column) != OTHERS]
    others = [one for one in cells if names.of(one.column) == OTHERS]
    values = pa.concat_arrays([one.values.cast(pa.string()) for one in others])
    return [*apart, Cells(OTHERS, values, partial(_of_several, others))] if others else apart


def _of_several(cells: list[Cells], places: Sequence[int]) -> list[int]:
    """The lines of values that stand one column after the other."""
    ends = list(accumulate(len(one.values) for one in cells))
    found: list[int] = []
    for place in places:
        which = bisect_right(ends, place)
        before = ends[which - 1] if which else 0
        found += cells[which].rows([place - before])
    return found


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
