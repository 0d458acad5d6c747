"""Values where they stand in a text, so that they can be read, and written over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from sandboxctl.data.scan.cells import Cells, Work, listed
from sandboxctl.data.scan.text import Cut, pieces


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


def read(path: Path, spotter: Spotter, cut: Cut) -> Iterator[Work]:
    """A file by its spots; pieces follow each other, so nothing is left to do at the same time."""
    for piece in pieces(path, cut):
        found = grouped(spotter.spots(piece.data.decode(), piece.line))
        yield partial(list, found)
    spotter.end()


def grouped(spots: Iterable[Spot]) -> list[Cells]:
    """Spots by column."""
    columns: dict[str, tuple[list[str], list[int]]] = {}
    for spot in spots:
        texts, lines = columns.setdefault(spot.column, ([], []))
        texts.append(spot.text)
        lines.append(spot.line)
    return [
        Cells(column, pa.array(texts, pa.string()), listed(lines))
        for column, (texts, lines) in columns.items()
    ]
